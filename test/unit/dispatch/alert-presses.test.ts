// Presses on an alert's card as dispatch takes them: decided before anything else, done once, told what is away.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import type { AlertActions } from '../../../src/dispatch/alert-presses.ts';
import type { Person, PressInvocation } from '../../../src/dispatch/invocation.ts';
import { notification } from '../alerts/notifications.ts';
import { type Bot, guild, operator, snowflake, startBot, viewer } from './bot.ts';
import { interaction, type Seen, words } from './discord.ts';
import { noApps } from './no-apps.ts';

const incident = opened();
let acknowledgements: Parameters<AlertActions['acknowledge']>[];
let bot: Bot;

beforeEach(async () => {
  acknowledgements = [];
  const alerts: AlertActions = {
    ...noApps.alerts,
    async acknowledge(...given) {
      acknowledgements.push(given);
      return { incident, changed: true };
    },
  };
  bot = await startBot([], { alerts });
});
afterEach(() => bot.close());

function opened(): Incident {
  const merged = merge(undefined, notification([{ labels: { alertname: 'NodeDown' } }]), 0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  return merged.incident;
}

async function press(person: Person, action: string, more: Partial<PressInvocation> = {}): Promise<Seen> {
  const seen = interaction('press');
  const where = { guildId: guild, channelId: '500000000000000001', messageId: snowflake() };
  const pressed = { kind: 'press', id: snowflake(), person, action, subject: incident.id, ...where, ...more } as const;
  await bot.dispatch.invoked(pressed, seen.answering);
  return seen;
}

test('another time opens a form as the first response, for an operator alone', async () => {
  const other = { values: ['other'] };
  expect((await press(operator, 'silence-for', other)).steps).toEqual(['modal']);
  const refused = await press(viewer, 'silence-for', other);
  expect(refused.steps).toEqual(['show']);
  expect(words(refused.shown())).toContain('Silence needs the level operator; you have the level viewer.');
});

test('a form from another server, or with a choice that was never offered, comes to nothing', async () => {
  const elsewhere = await press(operator, 'silence-other', { guildId: '100000000000000009', fields: { for: '1h' } });
  expect(words(elsewhere.shown())).toContain('another server');
  const forged = await press(operator, 'silence-for', { values: ['100000h'] });
  expect(words(forged.shown())).toContain('There is no such choice (any more).');
});

test('one interaction acknowledges once, also after a restart', async () => {
  const id = snowflake();
  await press(operator, 'ack', { id });
  await press(operator, 'ack', { id });
  bot.restart();
  await press(operator, 'ack', { id });
  expect(acknowledgements).toHaveLength(1);
  expect((await bot.auditTrail()).map(({ phase, action }) => `${phase} ${action}`)).toEqual([
    'asked acknowledge',
    'done acknowledge',
  ]);
});

test('nothing is acknowledged that could not be written down first', async () => {
  bot.breakStore(true);
  const seen = await press(operator, 'ack');
  expect(seen.steps).toEqual(['deferUpdate', 'add']);
  expect(words(seen.added[0])).toContain('the database of the bot does not work');
  expect(acknowledgements).toEqual([]);
});

test('nothing is done for a press that Discord no longer waits for', async () => {
  const seen = interaction('press');
  seen.refuse('deferUpdate');
  const where = { guildId: guild, channelId: '500000000000000001', messageId: snowflake() };
  const pressed = { kind: 'press', id: snowflake(), person: operator, action: 'ack', subject: incident.id } as const;
  await bot.dispatch.invoked({ ...pressed, ...where }, seen.answering);
  expect(acknowledgements).toEqual([]);
});

test.each(['silence', 'unsilence'])(
  '%s without an address of Alertmanager says at once what is missing',
  async (action) => {
    const seen = await press(operator, action);
    expect(words(seen.added[0] ?? seen.shown())).toContain('ALERTMANAGER_URL');
  },
);
