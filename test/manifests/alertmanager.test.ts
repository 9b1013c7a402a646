// Alertmanager's configuration beside the bot that it sends to: its address, its token, its dead man's switch. Who gets what is in test/e2e.
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigFile } from '../../src/config/file-schema.ts';
import { everything } from './everything.ts';
import { alertmanager } from './monitoring.ts';

const {
  config,
  alertmanagerSpec: { secrets },
} = alertmanager();
const bot = config.receivers.find(({ name }) => name === config.route.receiver)?.webhook_configs?.[0];

test('sends to the Service of the bot, at the port and path that it serves', async () => {
  const { hostname, port, pathname } = new URL(bot?.url ?? '');
  const [name, namespace] = hostname.split('.');
  const service = (await everything()).find(
    ({ object: { kind, metadata } }) =>
      kind === 'Service' && metadata.name === name && metadata.namespace === namespace,
  );
  const { spec } = z
    .object({ spec: z.object({ ports: z.array(z.object({ port: z.number() })) }) })
    .parse(service?.object);
  expect(spec.ports.map((one) => `${one.port}`)).toEqual([port]);
  expect(pathname).toBe('/webhooks/alertmanager');
});

test('sends every alert of a group, and its end', () => {
  expect(bot).toMatchObject({ max_alerts: 0, send_resolved: true });
});

test('reads secrets from files of the Secrets that are mounted', () => {
  const files = config.receivers.flatMap((receiver) => [
    ...(receiver.webhook_configs ?? []).map(({ http_config }) => http_config.authorization.credentials_file),
    ...(receiver.discord_configs ?? []).map(({ webhook_url_file }) => webhook_url_file),
  ]);
  expect(files).toEqual([
    '/etc/alertmanager/secrets/alertmanager-bot-token/token',
    '/etc/alertmanager/secrets/alertmanager-discord-webhook/url',
  ]);
  expect(secrets.map((name) => `/etc/alertmanager/secrets/${name}`)).toEqual(
    files.map((file) => file.slice(0, file.lastIndexOf('/'))),
  );
});

test('repeats the Watchdog well within the time after which the bot misses it', () => {
  const route = config.route.routes.find(({ matchers }) => `${matchers}` === 'alertname = "Watchdog"');
  expect(route).toMatchObject({
    receiver: 'discord-bot',
    group_wait: '0s',
    group_interval: '1m',
    repeat_interval: '2m',
  });
  // It is sent at the first look after the repetition is due, so every third minute; two in a row may be lost.
  const { after } = ConfigFile.parse({ alerts: { watchdog: {} } }).alerts?.watchdog ?? {};
  expect(after).toBeGreaterThan(3 * 3 * 60_000);
});
