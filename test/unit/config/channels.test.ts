// The channels of a configuration: each once, with all its places and whom it mentions.
import { expect, test } from '@jest/globals';
import { channelsOf } from '../../../src/config/channels.ts';
import type { Config } from '../../../src/config/config.ts';
import { Secret } from '../../../src/lib/secret.ts';

const route = { match: {}, ring: undefined, ringOnResolve: false, escalate: undefined };

function discordOf(alertChannelId: string, auditChannelId: string | null): Config['discord'] {
  return { token: new Secret('t'), guildId: '1', apiUrl: 'http://127.0.0.1/api', alertChannelId, auditChannelId };
}

function alertsOf(routes: Config['alerts']['routes']): Config['alerts'] {
  return { routes, watchdog: { alertname: 'Watchdog', afterMs: 1, armed: false }, keepMs: 1 };
}

test('a channel that several places name is there once, with every role that is mentioned there', () => {
  const alerts = alertsOf([
    { ...route, channel: '20', mention: ['7'] },
    { ...route, channel: '10', mention: ['8', '7'] },
    { ...route, channel: '20', mention: ['7'], escalate: { afterMs: 1, mention: ['9'] } },
  ]);
  expect(channelsOf({ discord: discordOf('10', '30'), alerts })).toEqual([
    { id: '10', places: ['DISCORD_ALERT_CHANNEL_ID', 'alerts.routes[1]'], mention: ['8', '7'] },
    { id: '30', places: ['DISCORD_AUDIT_CHANNEL_ID'], mention: [] },
    { id: '20', places: ['alerts.routes[0]', 'alerts.routes[2]'], mention: ['7', '9'] },
  ]);
});

test('a channel that is not set is not there', () => {
  expect(channelsOf({ discord: discordOf('10', null), alerts: alertsOf([]) })).toHaveLength(1);
});
