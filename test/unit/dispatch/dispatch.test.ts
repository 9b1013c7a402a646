// What a person gets for a command: an answer, a refusal, or a word about what went wrong; never silence.
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Command, command } from '../../../src/dispatch/command.ts';
import type { Choice } from '../../../src/dispatch/invocation.ts';
import { UserError } from '../../../src/lib/user-error.ts';
import type { Message } from '../../../src/message.ts';
import { type Bot, operator, startBot, stranger, typed, viewer } from './bot.ts';
import { interaction, words } from './discord.ts';

const says = (headline: string): Message => ({ tone: 'info', headline });

const read = command({
  name: 'read',
  summary: 'Reads',
  level: 'viewer',
  options: {
    node: {
      type: 'string',
      description: 'Name of a node',
      required: false,
      schema: z.string().max(20, 'It is too long'),
      complete: (start, { cache }) => {
        if (start === 'boom') throw new Error('broken');
        const many = Array.from({ length: 40 }, (_, index) => `${start}${'x'.repeat(index * 4)}`);
        return [...cache.nodeNames(), '', ...many].map((name) => ({ name, value: name }));
      },
    },
  },
  async *run({ cluster, signal }, { node }) {
    await cluster.nodes(signal);
    yield says(`read ${node ?? 'all'}`);
  },
});

const operate = command({
  name: 'operate',
  summary: 'Operates',
  level: 'operator',
  options: {},
  async *run() {
    yield says('operated');
  },
});

const hello = command({
  name: 'hello',
  summary: 'Greets',
  level: 'everyone',
  personal: true,
  options: {},
  async *run({ cluster, signal, commands }) {
    await cluster.nodes(signal);
    yield says(commands.map((one) => `${one.name} ${one.allowed}`).join(', '));
  },
});

function failing(work: () => Promise<void>): Command {
  return command({
    name: 'fail',
    summary: 'Fails',
    level: 'viewer',
    options: {},
    async *run() {
      await work();
      yield says('it did not fail');
    },
  });
}

let bot: Bot;
afterEach(() => bot.close());

describe('a command', () => {
  test('is acknowledged, run as the person, answered, and written down before and after', async () => {
    bot = await startBot([read]);
    const seen = await bot.type(operator, 'read', { options: { node: 'desktop-1' } });
    expect(seen.steps).toEqual(['defer', 'show']);
    expect(words(seen.shown())).toBe('read desktop-1');
    expect(bot.identities).toEqual([{ level: 'operator', discordUser: `${operator.id} otto` }]);
    expect(await bot.auditTrail()).toEqual([
      { phase: 'asked', action: 'read', username: 'otto', target: 'node=desktop-1', outcome: null },
      { phase: 'done', action: 'read', username: 'otto', target: 'node=desktop-1', outcome: 'answered' },
    ]);
  });

  test('shows what it yields as it comes, and the last with buttons', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = command({
      name: 'slow',
      summary: 'Slow',
      level: 'viewer',
      options: {},
      async *run() {
        yield says('working');
        await gate.promise;
        yield says('done');
      },
    });
    bot = await startBot([slow]);
    const seen = interaction('command', (step) => {
      if (step === 'show') gate.resolve();
    });
    await bot.type(viewer, 'slow', { seen });
    expect(seen.steps).toEqual(['defer', 'show', 'show']);
    expect(words(seen.shown())).toBe('done');
    expect(seen.shown().buttons?.map((one) => one.label)).toEqual(['Share']);
  });

  test('that is personal has no Share button, and is answered to people without a level', async () => {
    bot = await startBot([
      read,
      command({
        ...hello,
        async *run({ commands }) {
          yield says(commands.map((one) => `${one.name} ${one.allowed}`).join(', '));
        },
      }),
    ]);
    const seen = await bot.type(stranger, 'hello');
    expect(seen.shown()).toEqual(says('read false, hello true'));
    expect(bot.identities).toEqual([]);
  });

  test('of a person without a level is given a cluster that refuses', async () => {
    bot = await startBot([hello]);
    const seen = await bot.type(stranger, 'hello');
    expect(words(seen.shown())).toContain('None of your roles gives you a level');
    expect(seen.shown().tone).toBe('warning');
  });
});

describe('a refusal', () => {
  test('is the first response, says what is needed and had, and is written down', async () => {
    bot = await startBot([operate]);
    const seen = await bot.type(viewer, 'operate');
    expect(seen.steps).toEqual(['show']);
    expect(words(seen.shown())).toContain('/operate needs the level operator; you have the level viewer.');
    expect(await bot.auditTrail()).toMatchObject([
      { phase: 'refused', action: 'operate', outcome: 'level too low: needs operator, has viewer' },
    ]);
  });

  test.each([null, '100000000000000009'])('meets whoever asks from elsewhere (%s)', async (guildId) => {
    bot = await startBot([hello]);
    const seen = await bot.type(operator, 'hello', { guildId });
    expect(words(seen.shown())).toContain('another server');
    expect(await bot.auditTrail()).toMatchObject([{ phase: 'refused', outcome: 'wrong guild' }]);
  });

  test('of options names all of them, without a run', async () => {
    bot = await startBot([read]);
    const seen = await bot.type(viewer, 'read', { options: { node: 'x'.repeat(30), other: 1 } });
    expect(seen.steps).toEqual(['show']);
    expect(words(seen.shown())).toContain('2 options cannot be used');
    expect(words(seen.shown())).toContain('node: It is too long. Expected: Name of a node.');
    expect(bot.identities).toEqual([]);
  });

  test('meets a command that does not exist', async () => {
    bot = await startBot([read]);
    expect(words((await bot.type(viewer, 'gone')).shown())).toContain('/gone does not exist');
  });
});

describe('an interaction that is replayed', () => {
  test.each(['the same process', 'a restarted one'])('does nothing twice in %s', async (where) => {
    bot = await startBot([read, operate]);
    await bot.type(viewer, 'read', { id: '600000000000000001' });
    await bot.type(viewer, 'operate', { id: '600000000000000002' });
    const before = await bot.auditTrail();
    if (where === 'a restarted one') bot.restart();
    await bot.type(viewer, 'read', { id: '600000000000000001' });
    await bot.type(viewer, 'operate', { id: '600000000000000002' });
    expect(bot.identities).toHaveLength(1);
    expect(await bot.auditTrail()).toEqual(before);
  });
});

describe('a command that fails', () => {
  test('with a word for the person shows it, line by line', async () => {
    bot = await startBot([failing(async () => Promise.reject(new UserError('Kubernetes is away.\nTry again later.')))]);
    const seen = await bot.type(viewer, 'fail');
    expect(seen.shown()).toEqual({ tone: 'warning', headline: 'Kubernetes is away.', text: ['Try again later.'] });
    expect(await bot.auditTrail()).toMatchObject([{}, { outcome: 'told: Kubernetes is away.\nTry again later.' }]);
  });

  test('in any other way shows a reference, under which the log has the rest', async () => {
    bot = await startBot([failing(async () => Promise.reject(new Error('the inside of it')))]);
    const seen = await bot.type(viewer, 'fail');
    const text = words(seen.shown());
    expect(text).not.toContain('the inside of it');
    const reference = /Reference: (\w{8})/u.exec(text)?.[1];
    expect(reference).toBeDefined();
    const entry = bot.logged.find((one) => one.reference === reference && one.level === 50);
    expect(entry?.err?.message).toBe('the inside of it');
    expect(await bot.auditTrail()).toMatchObject([{}, { phase: 'done', outcome: 'failed' }]);
  });

  test('after it showed something says so in its place', async () => {
    const half: Command = command({
      name: 'half',
      summary: 'Half',
      level: 'viewer',
      options: {},
      async *run() {
        yield says('working');
        throw new Error('half-way');
      },
    });
    bot = await startBot([half]);
    expect(words((await bot.type(viewer, 'half')).shown())).toContain('Something went wrong');
  });

  test('to yield anything is no silence', async () => {
    bot = await startBot([command({ name: 'mute', summary: 'Mute', level: 'viewer', options: {}, async *run() {} })]);
    expect(words((await bot.type(viewer, 'mute')).shown())).toContain('Something went wrong');
  });

  test('to end is ended, and says so', async () => {
    bot = await startBot([failing(() => new Promise(() => {}))], { runLimitMs: 20 });
    expect(words((await bot.type(viewer, 'fail')).shown())).toContain('/fail took longer than 0.02 s');
    expect(await bot.auditTrail()).toHaveLength(2);
  });

  test('because the bot stops says so', async () => {
    const begun = Promise.withResolvers<void>();
    bot = await startBot([
      failing(() => {
        begun.resolve();
        return new Promise(() => {});
      }),
    ]);
    const answer = bot.type(viewer, 'fail');
    await begun.promise;
    await bot.dispatch.stop(AbortSignal.timeout(5000));
    expect(words((await answer).shown())).toContain('restarting');
    expect(words((await bot.type(viewer, 'fail')).shown())).toContain('restarting');
  });
});

describe('Discord', () => {
  test('that does not take the acknowledgement gets nothing run, and the log says so', async () => {
    bot = await startBot([read]);
    const seen = interaction('command');
    seen.refuse('defer');
    await bot.type(viewer, 'read', { seen });
    expect(bot.identities).toEqual([]);
    expect(bot.logged).toContainEqual(expect.objectContaining({ level: 40, msg: 'Discord did not take an answer' }));
  });

  test('that does not take the answer is given the reference instead', async () => {
    bot = await startBot([read]);
    const seen = interaction('command');
    seen.refuse('show');
    await bot.type(viewer, 'read', { seen });
    expect(words(seen.shown())).toContain('Something went wrong');
    expect(await bot.auditTrail()).toMatchObject([{}, { outcome: 'failed' }]);
  });
});

test('a hundred commands at once are all acknowledged before any of them runs', async () => {
  const order: string[] = [];
  const noted = command({
    ...operate,
    async *run() {
      order.push('run');
      yield says('operated');
    },
  });
  bot = await startBot([noted]);
  const all = Array.from({ length: 100 }, (_, index) =>
    interaction('command', (step) => void order.push(step), 1 + (index % 10)),
  );
  await Promise.all(all.map((seen) => bot.dispatch.invoked(typed(operator, 'operate'), seen.answering)));
  expect(order.slice(0, 100)).toEqual(Array(100).fill('defer'));
  expect(order.filter((one) => one === 'run')).toHaveLength(100);
  expect(all.every((seen) => words(seen.shown()) === 'operated')).toBe(true);
  expect(await bot.auditTrail()).toHaveLength(200);
});

test('a store that fails is said once, reads go on, and so is its recovery', async () => {
  bot = await startBot([read]);
  bot.breakStore(true);
  const answers = [await bot.type(viewer, 'read'), await bot.type(viewer, 'read')];
  expect(answers.map((seen) => words(seen.shown()))).toEqual(['read all', 'read all']);
  expect(answers.map((seen) => seen.shown().buttons)).toEqual([undefined, undefined]);
  const failing = [
    '50 The database takes no writes: see that its disk has room and that nothing else holds it',
    '40 Commands cannot be written down: what only reads is answered all the same',
  ];
  const told = () =>
    bot.logged.filter(({ msg }) => /written down|writes/.test(msg)).map(({ level, msg }) => `${level} ${msg}`);
  expect(told()).toEqual(failing);
  bot.breakStore(false);
  await bot.type(viewer, 'read');
  expect(told()).toEqual([...failing, '30 The database takes writes again', '30 Commands are written down again']);
  expect(await bot.auditTrail()).toHaveLength(2);
});

describe('suggestions', () => {
  async function complete(person = viewer, start = 'd', option = 'node') {
    const { options: _, ...asked } = typed(person, 'read');
    const given: Choice[][] = [];
    await bot.dispatch.completing(
      { ...asked, kind: 'completion', option, typed: start, options: {} },
      async (choices) => void given.push([...choices]),
    );
    expect(given).toHaveLength(1);
    return given[0] ?? [];
  }

  test('come from memory, within what Discord takes', async () => {
    bot = await startBot([read]);
    const choices = await complete();
    expect(choices.slice(0, 2).map((choice) => choice.value)).toEqual(['desktop-1', 'desktop-2']);
    expect(choices.length).toBeLessThanOrEqual(25);
    expect(choices.every(({ name }) => name.length >= 1 && name.length <= 100)).toBe(true);
  });

  test('are none for those who may not run the command, for unknown options, and where making them fails', async () => {
    bot = await startBot([read]);
    expect(await complete(stranger)).toEqual([]);
    expect(await complete(viewer, 'd', 'constructor')).toEqual([]);
    expect(await complete(viewer, 'boom')).toEqual([]);
  });

  test('that Discord does not take are logged', async () => {
    bot = await startBot([read]);
    const { options: _, ...asked } = typed(viewer, 'read');
    await bot.dispatch.completing(
      { ...asked, kind: 'completion', option: 'node', typed: '', options: {} },
      async () => {
        throw new Error('10062');
      },
    );
    expect(bot.logged).toContainEqual(expect.objectContaining({ msg: 'Discord did not take suggestions' }));
  });
});
