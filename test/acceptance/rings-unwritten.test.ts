// Rings while the database takes no writes: what gets worse rings at once, by one reply, which is the same one afterwards.
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import type { SandboxMessage } from '../../sandbox/discord/discord.ts';
import { holdLock } from './lock.ts';
import { newGroup, post } from './posting.ts';
import { critical, homelab, info, over, replies, settle, warning } from './ringing.ts';

async function told(body: unknown, status: 202 | 503): Promise<void> {
  expect((await post(homelab, body)).status).toBe(status);
}

/** A group that is shown, and a database that takes no writes from then on; `free` lets it. */
async function shownBefore(alerts: Parameters<ReturnType<typeof newGroup>['body']>[0] = [warning]) {
  const group = newGroup();
  await told(group.body(alerts), 202);
  const card = await homelab.discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  // What is shown is written down, too.
  await settle();
  const hold = () => {
    const lock = holdLock(homelab);
    return {
      free() {
        lock.exec('ROLLBACK');
        lock.close();
      },
    };
  };
  return { group, card, hold };
}

async function ringOf(cardId: string, says = 'critical firing') {
  return homelab.discord.waitForMessage(
    'alerts',
    ({ replyTo, deleted, content }) => replyTo === cardId && !deleted && content.includes(says),
    { timeoutMs: 20_000 },
  );
}

test('a group that gets worse meanwhile rings at once, and not again once it is written down', async () => {
  const { discord } = homelab;
  const { group, card, hold } = await shownBefore();
  const lock = hold();
  await told(group.body([warning, critical]), 503);
  const reply = await ringOf(card.id);
  expect(reply.content).toMatch(/^🔴 got worse: critical firing: Test\d+/);
  expect(reply.rang).toEqual([discord.roleId('operator')]);
  await discord.waitForMessage('alerts', ({ id, content }) => id === card.id && content.includes('critical firing'));
  // Alertmanager tries again and again.
  await told(group.body([warning, critical]), 503);
  await told(group.body([warning, critical, { ...critical, fingerprint: 'c2' }]), 503);
  await discord.waitForMessage('alerts', ({ text }) => text.includes('3 firing'));
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
  lock.free();
  await told(group.body([warning, critical, { ...critical, fingerprint: 'c2' }]), 202);
  await settle();
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
  // It is known by then: what it had got worse by is over.
  await told(group.body([warning, over(critical), over({ ...critical, fingerprint: 'c2' })]), 202);
  await discord.waitFor(() => replies().length === 0, { what: 'the ring to go away', timeoutMs: 20_000 });
}, 90_000);

test('the ring takes the place of the one before, and what follows takes its place', async () => {
  const { group, card, hold } = await shownBefore([info]);
  await told(group.body([info, warning]), 202);
  const before = await ringOf(card.id, 'warning firing');
  await settle();
  const lock = hold();
  await told(group.body([info, warning, critical]), 503);
  const reply = await ringOf(card.id);
  expect(reply.id).not.toBe(before.id);
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
  lock.free();
  // Written down without another notification.
  await homelab.discord.waitFor(
    () => homelab.bot.output().includes('An incident that was held in memory is written down'),
    { what: 'the incident to be written down', timeoutMs: 20_000 },
  );
  await settle();
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
  await told(group.body([over(info), over(warning), over(critical)]), 202);
  await homelab.discord.waitFor(() => replies().length === 0, { what: 'the ring to go away', timeoutMs: 20_000 });
}, 90_000);

test.each(['drop after acting', 'hang after acting', 'drop before acting'] as const)(
  'it rings once where Discord answers with: %s',
  async (fault) => {
    const { discord } = homelab;
    const { group, card, hold } = await shownBefore();
    const lock = hold();
    discord.faults.next({ method: 'POST', path: /\/messages$/ }, fault);
    await told(group.body([warning, critical]), 503);
    const reply = await ringOf(card.id);
    await discord.waitForMessage('alerts', ({ id, content }) => id === card.id && content.includes('critical firing'), {
      timeoutMs: 20_000,
    });
    lock.free();
    await told(group.body([warning, critical]), 202);
    await settle();
    expect(replies().map(({ id }) => id)).toEqual([reply.id]);
  },
  90_000,
);

test('what gets worse while its message is on the way rings by a reply, once', async () => {
  const { discord } = homelab;
  const { hold } = await shownBefore();
  const lock = hold();
  const group = newGroup();
  const posts = () => discord.requests.of({ method: 'POST', path: /\/messages$/ }).length;
  const before = posts();
  discord.faults.next({ method: 'POST', path: /\/messages$/ }, { delayMs: 2_000 });
  await told(group.body([warning]), 503);
  await discord.waitFor(() => posts() > before, { what: 'the message to leave', timeoutMs: 20_000 });
  await told(group.body([warning, critical]), 503);
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name), { timeoutMs: 20_000 });
  const reply = await ringOf(card.id);
  expect(reply.rang).toEqual([discord.roleId('operator')]);
  lock.free();
  await told(group.body([warning, critical]), 202);
  await settle();
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
}, 60_000);

test('a ring that was written down takes the place of the one before, though the database takes no writes by then', async () => {
  const { discord } = homelab;
  const { group, card, hold } = await shownBefore([info]);
  await told(group.body([info, warning]), 202);
  await ringOf(card.id, 'warning firing');
  await settle();
  const deleting = { method: 'DELETE', path: /\/messages\/\d+$/ };
  discord.faults.next(deleting, { delayMs: 2_000 });
  await told(group.body([info, warning, critical]), 202);
  await discord.waitFor(() => discord.requests.of(deleting).length > 0, { what: 'the ring to go', timeoutMs: 20_000 });
  const lock = hold();
  const reply = await ringOf(card.id);
  lock.free();
  await settle();
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
}, 60_000);

test.each([
  ['can write it down', { isFree: true, isLate: false }],
  ['cannot either', { isFree: false, isLate: false }],
  ['can write it down, and comes when Discord has forgotten all nonces', { isFree: true, isLate: true }],
  ['cannot either, and comes when Discord has forgotten all nonces', { isFree: false, isLate: true }],
])(
  'over a kill it has rung once where the next process %s',
  async (_, { isFree, isLate }) => {
    const { bot, discord } = homelab;
    const { group, card, hold } = await shownBefore();
    let lock = hold();
    await told(group.body([warning, critical]), 503);
    const reply = await ringOf(card.id);
    await bot.end('SIGKILL');
    lock.free();
    if (isLate) discord.forgetNonces();
    bot.start();
    await bot.whenReady();
    if (!isFree) {
      lock = hold();
      const looks = discord.requests.of({ method: 'GET', path: /\/messages$/ }).length;
      await told(group.body([warning, critical]), 503);
      const looked = () => discord.requests.of({ method: 'GET', path: /\/messages$/ }).length > looks;
      await discord.waitFor(looked, { what: 'a look for what the process before has left', timeoutMs: 20_000 });
      lock.free();
    }
    await told(group.body([warning, critical]), 202);
    await settle();
    expect(
      replies()
        .filter(({ replyTo }) => replyTo === card.id)
        .map(({ id }) => id),
    ).toEqual([reply.id]);
  },
  60_000,
);

test('what ends before Discord could be told that it got worse rings for nothing', async () => {
  const { discord } = homelab;
  const { group, card, hold } = await shownBefore();
  const lock = hold();
  await discord.faults.away();
  await told(group.body([warning, critical]), 503);
  await told(group.body([over(warning), over(critical)]), 503);
  await discord.faults.back();
  await discord.waitForMessage('alerts', ({ id, content }) => id === card.id && content.includes('resolved'), {
    timeoutMs: 40_000,
  });
  lock.free();
  await told(group.body([over(warning), over(critical)]), 202);
  await settle();
  expect(discord.messages('alerts').filter(({ replyTo }) => replyTo !== null)).toEqual([]);
}, 90_000);

/** While no bot runs: as if it had become critical earlier, so that it is due so many milliseconds from now. */
function dueSoon({ text }: Pick<SandboxMessage, 'text'>, inMs: number) {
  const [, id = ''] = /ref (\S+)$/m.exec(text) ?? [];
  const earlierMs = 15 * 60_000 - inMs;
  const database = new DatabaseSync(`${homelab.folder}/bot.db`);
  database.exec(`update incidents set escalate_at = escalate_at - ${earlierMs},
    state = json_set(state, '$.criticalSince', state ->> '$.criticalSince' - ${earlierMs}) where id = '${id}'`);
  return { id, database };
}

test('what nobody acknowledges mentions the next role in time, and once', async () => {
  const { bot, discord } = homelab;
  const { group, card, hold } = await shownBefore([critical]);
  await bot.end('SIGKILL');
  const { id, database } = dueSoon(card, 8_000);
  bot.start();
  await bot.whenReady();
  const lock = hold();
  const dueAt = () => database.prepare('select escalate_at as at from incidents where id = ?').get(id)?.['at'];
  expect(Number(dueAt())).toBeGreaterThan(Date.now());
  const reply = await ringOf(card.id, 'still not acknowledged');
  expect(reply.rang).toEqual([discord.roleId('admin')]);
  await told(group.body([critical]), 503);
  lock.free();
  await told(group.body([critical]), 202);
  await settle();
  expect(dueAt()).toBeNull();
  database.close();
  await bot.end('SIGKILL');
  bot.start();
  await bot.whenReady();
  await settle();
  expect(replies().map(({ id }) => id)).toEqual([reply.id]);
}, 120_000);

test('nor is the next role forgotten where a process has rung before and could not write that down', async () => {
  const { bot, discord } = homelab;
  const { group, card, hold } = await shownBefore([critical]);
  await bot.end('SIGKILL');
  const { id, database } = dueSoon(card, 8_000);
  // What is told now is a repetition.
  database.exec(`update incidents set state = json_set(state, '$.notifiedAt', 0) where id = '${id}'`);
  database.close();
  bot.start();
  await bot.whenReady();
  const lock = hold();
  await told(group.body([critical]), 503);
  const before = await ringOf(card.id, '');
  expect(before.rang).toEqual([discord.roleId('operator')]);
  await bot.end('SIGKILL');
  lock.free();
  bot.start();
  await bot.whenReady();
  const reply = await ringOf(card.id, 'still not acknowledged');
  expect(reply.rang).toEqual([discord.roleId('admin')]);
  await settle();
  expect(replies().map((ring) => ring.id)).toEqual([reply.id]);
}, 60_000);
