// Presses on an alert's card as dispatch takes them: decided before anything else, done once, told what is away.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Incident, KnownSilence } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import type { AlertActions } from '../../../src/dispatch/alert-presses.ts';
import type { Person, PressInvocation } from '../../../src/dispatch/invocation.ts';
import { notification } from '../alerts/notifications.ts';
import { type Bot, guild, operator, snowflake, startBot, viewer } from './bot.ts';
import { interaction, type Seen, words } from './discord.ts';
import { noApps } from './no-apps.ts';

const incident = opened();
/** The bot's clock in these tests. */
const pressedAt = Date.parse('2026-01-01T00:00:00Z');
let acknowledgements: Parameters<AlertActions['acknowledge']>[];
let acknowledging: () => Promise<{ incident: Incident; changed: boolean }>;
let over: KnownSilence[];
let loud: Awaited<ReturnType<AlertActions['silencing']['lift']>>['loud'];
let bot: Bot;

const silenced = (): Incident => ({ ...incident, silences: over });
const byOps = { matchers: ['a="b"'], createdBy: 'ops', comment: '' };

beforeEach(async () => {
  acknowledgements = [];
  acknowledging = async () => ({ incident, changed: true });
  over = [];
  loud = { names: [], count: 0 };
  const alerts: AlertActions = {
    ...noApps.alerts,
    silencing: {
      ...noApps.alerts.silencing,
      over: async (id) =>
        over.length > 0 ? { incident: silenced(), silences: over } : noApps.alerts.silencing.over(id),
      lift: async (_id, silenceId) => {
        over = over.filter(({ id }) => id !== silenceId);
        return { incident: silenced(), loud };
      },
    },
    async acknowledge(...given) {
      acknowledgements.push(given);
      return acknowledging();
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

function pressed(person: Person, action: string): PressInvocation {
  const where = { guildId: guild, channelId: '500000000000000001', messageId: snowflake() };
  return { kind: 'press', id: snowflake(), askedAt: pressedAt, person, action, subject: incident.id, ...where };
}

async function press(person: Person, action: string, more: Partial<PressInvocation> = {}): Promise<Seen> {
  const seen = interaction('press');
  await bot.dispatch.invoked({ ...pressed(person, action), ...more }, seen.answering);
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

test('a question stays while the database does not work, so that it can be confirmed later', async () => {
  bot.breakStore(true);
  const seen = await press(operator, 'silence-yes', { subject: 'a'.repeat(24) });
  expect(seen.steps).toEqual(['deferUpdate', 'add']);
  expect(words(seen.added[0])).toContain('the database of the bot does not work');
});

test('nothing is done for a press that Discord no longer waits for', async () => {
  const seen = interaction('press');
  seen.refuse('deferUpdate');
  await bot.dispatch.invoked({ ...pressed(operator, 'ack'), askedAt: pressedAt - 10_000 }, seen.answering);
  expect(acknowledgements).toEqual([]);
});

test('who takes care of it is written down before Discord is answered, so that a kill in between loses no press', async () => {
  let before = -1;
  const seen = interaction('press', () => {
    before = acknowledgements.length;
  });
  await bot.dispatch.invoked(pressed(operator, 'ack'), seen.answering);
  expect(seen.steps).toEqual(['deferUpdate']);
  expect(before).toBe(1);
});

test('what takes longer than a second does not keep Discord waiting', async () => {
  const answered = Promise.withResolvers<void>();
  const seen = interaction('press', () => answered.resolve());
  acknowledging = async () => {
    await answered.promise;
    return { incident, changed: true };
  };
  await bot.dispatch.invoked(pressed(operator, 'ack'), seen.answering);
  expect((await bot.auditTrail()).map(({ phase }) => phase)).toEqual(['asked', 'done']);
});

test('several silences are told apart by their ends, and the end of one says that another goes on', async () => {
  const [short, long] = [pressedAt + 3_600_000, pressedAt + 86_400_000];
  over = [
    { ...byOps, id: 'a', endsAt: short },
    { ...byOps, id: 'b', endsAt: long },
  ];
  const [select] = (await press(operator, 'unsilence')).shown()?.selects ?? [];
  expect(select?.options.map(({ label }) => label)).toEqual([
    'until 2026-01-02 00:00 by ops',
    'until 2026-01-01 01:00 by ops',
  ]);
  const once = await press(operator, 'unsilence-one', { values: ['a'] });
  expect(words(once.shown())).toContain('One silence over NodeDown is ended, another one goes on.');
  expect(words(once.shown())).toContain(String(new Date(long)));
  const twice = await press(operator, 'unsilence-one', { values: ['b'] });
  expect(words(twice.shown())).toContain('The silence over NodeDown is ended.');
});

test('the end of a silence says what else is loud now, or that this is not known', async () => {
  over = [{ ...byOps, id: 'a', endsAt: pressedAt + 1 }];
  loud = { names: ['critical CritB', 'warning WarnC'], count: 5 };
  expect(words((await press(operator, 'unsilence')).shown())).toContain(
    'It was also over critical CritB; warning WarnC and 3 more, loud now.',
  );
  over = [{ ...byOps, id: 'a', endsAt: pressedAt + 1 }];
  loud = null;
  expect(words((await press(operator, 'unsilence')).shown())).toContain('What else it was over could not be read.');
});

test.each(['silence', 'unsilence'])(
  '%s without an address of Alertmanager says at once what is missing',
  async (action) => {
    const seen = await press(operator, action);
    expect(words(seen.added[0] ?? seen.shown())).toContain('ALERTMANAGER_URL');
  },
);
