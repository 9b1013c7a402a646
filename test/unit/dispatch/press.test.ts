// Buttons under an answer: they carry no authority, and say so when they no longer apply.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { command } from '../../../src/dispatch/command.ts';
import type { Person } from '../../../src/dispatch/invocation.ts';
import { UserError } from '../../../src/lib/user-error.ts';
import type { Message } from '../../../src/message.ts';
import { type Bot, operator, startBot, stranger, viewer } from './bot.ts';
import { button, interaction, words } from './discord.ts';

const page = (headline: string): Message => ({ tone: 'info', headline });
const whole = { name: 'all.txt', data: 'one two three' };

const list = command({
  name: 'list',
  summary: 'Lists',
  level: 'viewer',
  options: {},
  async *run() {
    yield { pages: [page('one'), page('two'), page('three')], whole };
  },
});

const huge = command({
  name: 'huge',
  summary: 'Lists much',
  level: 'viewer',
  options: {},
  async *run() {
    yield { pages: [page('one'), page('two')], whole: { name: 'all.txt', data: 'x'.repeat(1100 * 1024) } };
  },
});

const mine = command({
  name: 'mine',
  summary: 'Lists what is mine',
  level: 'everyone',
  personal: true,
  options: {},
  async *run() {
    yield { pages: [page('one'), page('two')], whole };
  },
});

let bot: Bot;
beforeEach(async () => {
  bot = await startBot([list, huge, mine]);
});
afterEach(() => bot.close());

const answer = async (name = 'list', person: Person = viewer) => (await bot.type(person, name)).shown();
const labels = (message: Message) => message.buttons?.map((one) => one.label);

describe('pages', () => {
  test('are leafed through, there and back, with the whole attached', async () => {
    const first = await answer();
    expect(first).toMatchObject({ headline: 'one', footer: 'Page 1 of 3', files: [whole] });
    const second = (await bot.press(viewer, button(first, 'Next'))).shown();
    expect(second).toMatchObject({ headline: 'two', footer: 'Page 2 of 3', files: [whole] });
    const third = (await bot.press(viewer, button(second, 'Next'))).shown();
    expect(() => button(third, 'Next')).toThrow('No button Next');
    expect((await bot.press(viewer, button(third, 'Previous'))).shown().headline).toBe('two');
  });

  test('outlive a restart of the bot', async () => {
    const first = await answer();
    bot.restart();
    const seen = await bot.press(viewer, button(first, 'Next'));
    expect(seen.steps).toEqual(['deferUpdate', 'show']);
    expect(seen.shown().headline).toBe('two');
  });

  test('too large to be kept come without buttons, the first and the whole', async () => {
    const shown = await answer('huge');
    expect(shown.footer).toBe('Page 1 of 2');
    expect(shown.buttons).toBeUndefined();
    expect(shown.files).toHaveLength(1);
  });

  test('of a personal command are not shared', async () => {
    const shown = await answer('mine', stranger);
    expect(labels(shown)).toEqual(['Previous', 'Next']);
    const turned = (await bot.press(stranger, button(shown, 'Next'))).shown();
    expect(labels(turned)).toEqual(['Previous', 'Next']);
    const subject = button(shown, 'Next').subject;
    expect(words((await bot.press(stranger, { action: 'share', subject })).added[0])).toContain('no longer applies');
    expect(bot.shared).toEqual([]);
  });

  test('older than an hour say so, and what to do', async () => {
    const first = await answer();
    bot.pass(60 * 60 * 1000 + 1);
    const seen = await bot.press(viewer, button(first, 'Next'));
    expect(words(seen.added[0])).toMatch(/no longer kept.*\nAsk again with \/list/u);
    await answer();
    const gone = await bot.press(viewer, button(first, 'Next'));
    expect(words(gone.added[0])).toMatch(/no longer kept/u);
  });

  test('are decided anew: a person who lost the role is refused, and that is written down', async () => {
    const first = await answer();
    const seen = await bot.press({ ...viewer, roles: [] }, button(first, 'Next'));
    expect(seen.steps).toEqual(['deferUpdate', 'add']);
    expect(words(seen.added[0])).toContain('/list needs the level viewer');
    expect((await bot.auditTrail()).at(-1)).toMatchObject({ phase: 'refused', action: 'page list' });
  });

  test('are leafed through while the store takes no writes, which is still said once', async () => {
    const first = await answer();
    bot.breakStore(true);
    await answer();
    expect((await bot.press(viewer, button(first, 'Next'))).shown().headline).toBe('two');
    await answer();
    expect(bot.logged.filter((one) => one.level === 50)).toHaveLength(1);
  });

  test('are not leafed through from another server', async () => {
    const seen = await bot.press(viewer, button(await answer(), 'Next'), '100000000000000009');
    expect(words(seen.shown())).toContain('another server');
  });
});

describe('Share', () => {
  test('posts what is shown, says from whom, and is written down before and after', async () => {
    const first = await answer();
    const second = (await bot.press(viewer, button(first, 'Next'))).shown();
    const seen = await bot.press(viewer, button(second, 'Share'));
    expect(bot.shared).toHaveLength(1);
    expect(bot.shared[0]).toMatchObject({
      channelId: '500000000000000001',
      message: { headline: 'two', footer: 'Page 2 of 3 · /list, shared by vera', files: [whole] },
    });
    expect(bot.shared[0]?.message.buttons).toBeUndefined();
    expect(seen.steps).toEqual(['deferUpdate', 'show']);
    expect(labels(seen.shown())).toEqual(['Previous', 'Next', 'Shared']);
    expect((await bot.auditTrail()).slice(-2)).toMatchObject([
      { phase: 'asked', action: 'share list' },
      { phase: 'done', action: 'share list', outcome: 'shared' },
    ]);
  });

  test('of the same page twice asks for the same post', async () => {
    const share = button(await answer(), 'Share');
    await bot.press(viewer, share);
    await bot.press(viewer, share);
    expect(new Set(bot.shared.map((post) => post.id)).size).toBe(1);
  });

  test('is refused to anyone but who asked, and that is written down', async () => {
    const share = button(await answer(), 'Share');
    const seen = await bot.press(operator, share);
    expect(words(seen.added[0])).toContain('Only the person who asked');
    expect(bot.shared).toEqual([]);
    expect((await bot.auditTrail()).at(-1)).toMatchObject({
      phase: 'refused',
      username: 'otto',
      outcome: 'not who asked',
    });
  });

  test('is refused while it cannot be written down', async () => {
    const share = button(await answer(), 'Share');
    bot.breakStore(true);
    const seen = await bot.press(viewer, share);
    expect(words(seen.added[0])).toContain('database of the bot does not work');
    expect(bot.shared).toEqual([]);
  });
});

test('a post that fails is told, and written down as failed', async () => {
  await bot.close();
  bot = await startBot([list], { share: () => Promise.reject(new UserError('The channel takes no messages.')) });
  const seen = await bot.press(viewer, button(await answer(), 'Share'));
  expect(words(seen.added[0])).toBe('The channel takes no messages.');
  expect((await bot.auditTrail()).at(-1)).toMatchObject({ phase: 'done', outcome: 'failed' });
});

test.each([
  { action: 'explode', subject: 'x' },
  { action: 'page', subject: 'x' },
  { action: 'share', subject: '' },
])('a button that nobody knows ($action $subject) no longer applies', async (unknown) => {
  const seen = await bot.press(viewer, unknown);
  expect(seen.steps).toEqual(['show']);
  expect(words(seen.shown())).toContain('no longer applies');
});

test('a press that is replayed does nothing twice', async () => {
  const share = button(await answer(), 'Share');
  const press = {
    kind: 'press',
    id: '600000000000000009',
    askedAt: 0,
    person: viewer,
    guildId: '100000000000000001',
    channelId: '500000000000000001',
    messageId: '1',
    ...share,
  } as const;
  await bot.dispatch.invoked(press, interaction('press').answering);
  await bot.dispatch.invoked(press, interaction('press').answering);
  bot.restart();
  await bot.dispatch.invoked(press, interaction('press').answering);
  expect(bot.shared).toHaveLength(1);
});
