// Long work over a real store: one an app, written down before each step, taken up after an end of the process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createAudit } from '../../../src/audit/audit.ts';
import { UserError } from '../../../src/lib/user-error.ts';
import { createAccounts } from '../../../src/operations/account.ts';
import type { After, NewOperation, Operation, Procedure, StepContext } from '../../../src/operations/operation.ts';
import { createOperations, type Operations } from '../../../src/operations/operations.ts';
import { auditRows, auditTrail } from '../../../src/store/audit.ts';
import { type OpenedStore, openStore } from '../../../src/store/database.ts';
import { operationStore } from '../../../src/store/operations.ts';
import { postStore } from '../../../src/store/posts.ts';

interface State {
  readonly done: readonly string[];
  readonly why?: string;
}

const log = pino({ level: 'silent' });
let folder: string;
let store: OpenedStore;
let open: Operations[] = [];

const asked: NewOperation<State> = {
  kind: 'walk',
  app: 'shop',
  requester: { id: '1', username: 'otto' },
  level: 'operator',
  channelId: '9',
  reason: null,
  reference: 'R1',
  step: 'one',
  state: { done: [] },
};

type Perform = (operation: Operation<State>, context: StepContext<State>) => Promise<After<State>>;

/** Two steps, `one` and `two`; what interrupts them ends it as `failed` or, where somebody aborted, leads to `back`. */
function walking(perform: Perform): Operations {
  const procedure: Procedure<State> = {
    kind: 'walk',
    perform,
    interrupted: ({ state }, why, aborted) =>
      aborted ? { next: 'back', state: { ...state, why } } : { end: 'failed', state: { ...state, why } },
    message: () => ({ headline: 'walking', tone: 'info' }),
  };
  const operations = createOperations({
    store: operationStore(store),
    procedures: [procedure],
    wake: () => undefined,
    account: createAccounts({ audit: audit(), auditChannelId: '8' }),
    log,
    now: () => new Date(),
  });
  open.push(operations);
  return operations;
}

function audit() {
  return createAudit({ rows: auditRows(store), redact: (text) => text, keepMs: 1e12, now: () => new Date(), log });
}

function did(operation: Operation<State>): State {
  return { ...operation.state, done: [...operation.state.done, operation.step] };
}

const straight: Perform = async (operation) =>
  operation.step === 'one' ? { next: 'two', state: did(operation) } : { end: 'done', state: did(operation) };

async function endOf(operations: Operations, id: string): Promise<Operation> {
  for (;;) {
    const operation = await operations.read(id);
    if (operation !== undefined && operation.ending !== null) return operation;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-bot-operations-'));
  store = await openStore({ path: join(folder, 'bot.db'), log, now: () => new Date() });
});

afterEach(async () => {
  for (const operations of open) await operations.stop();
  open = [];
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('an operation', () => {
  test('does its steps in order and ends', async () => {
    const operations = walking(straight);
    const { id } = await operations.start(asked);
    expect(await endOf(operations, id)).toMatchObject({ ending: 'done', state: { done: ['one', 'two'] } });
    expect(await operations.running('shop')).toBeUndefined();
  });

  test('leaves one row in the audit trail and one post in the audit channel, stored with its end', async () => {
    const operations = walking(straight);
    const { id } = await operations.start({ ...asked, reason: 'new prices' });
    await endOf(operations, id);
    const rows = await auditTrail(store).find({ since: new Date(0) }, 10);
    expect(rows).toMatchObject([
      { phase: 'done', action: 'walk', target: `app=shop operation=${id}`, reason: 'new prices', outcome: 'done' },
    ]);
    const post = await postStore(store).read(`audit-${id}`);
    expect(post?.headline).toBe('walk of shop by otto: done');
  });

  test('is the only one of its app: another one is told who is running what', async () => {
    const gate = Promise.withResolvers<void>();
    const operations = walking(async (operation, context) => {
      await gate.promise;
      return straight(operation, context);
    });
    const { id } = await operations.start(asked);
    await expect(operations.start(asked)).rejects.toThrow(/A walk of shop is running: otto started it/);
    await operations.start({ ...asked, app: 'blog' });
    gate.resolve();
    await endOf(operations, id);
    await operations.start(asked);
  });

  test('ends in the words of what went wrong', async () => {
    const operations = walking(async () => {
      throw new UserError('The registry is away.');
    });
    const { id } = await operations.start(asked);
    expect(await endOf(operations, id)).toMatchObject({ ending: 'failed', state: { why: 'The registry is away.' } });
  });

  test('ends with a reference where the words would mean nothing to a person', async () => {
    const operations = walking(async () => {
      throw new TypeError('x is undefined');
    });
    const { id } = await operations.start(asked);
    expect(await endOf(operations, id)).toMatchObject({ state: { why: 'Something went wrong. Reference: R1' } });
  });
});

describe('an abort', () => {
  test('interrupts the step, and what undoes it runs on', async () => {
    const begun = Promise.withResolvers<void>();
    const operations = walking(async (operation, { signal }) => {
      if (operation.step === 'back') return { end: 'undone', state: did(operation) };
      begun.resolve();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      throw new Error('never');
    });
    const { id } = await operations.start(asked);
    await begun.promise;
    await operations.abort(id, { id: '2', username: 'ada' });
    expect(await endOf(operations, id)).toMatchObject({
      ending: 'undone',
      abortedBy: { username: 'ada' },
      state: { done: ['back'], why: 'Aborted by ada' },
    });
    await expect(operations.abort(id, { id: '2', username: 'ada' })).rejects.toThrow('not running any more');
  });

  test('during a step that must not be interrupted takes effect after it', async () => {
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const operations = walking(async (operation, context) => {
      if (operation.step === 'back') return { end: 'undone', state: did(operation) };
      begun.resolve();
      await gate.promise;
      return straight(operation, context);
    });
    const { id } = await operations.start(asked);
    await begun.promise;
    await operations.abort(id, { id: '2', username: 'ada' });
    gate.resolve();
    expect(await endOf(operations, id)).toMatchObject({ ending: 'undone', state: { done: ['one', 'back'] } });
  });
});

describe('an end of the process', () => {
  test('forgets no Abort that was pressed before it', async () => {
    const begun = Promise.withResolvers<void>();
    const first = walking(async (_operation, { stopping }) => {
      begun.resolve();
      // As a push: an Abort does not interrupt it.
      await new Promise((_, reject) => stopping.addEventListener('abort', () => reject(stopping.reason)));
      throw new Error('never');
    });
    const { id } = await first.start(asked);
    await begun.promise;
    await first.abort(id, { id: '2', username: 'ada' });
    await first.stop();
    expect(await first.read(id)).toMatchObject({ ending: null, step: 'one', abortedBy: null });
    const second = walking(async (operation) => ({ end: 'undone', state: did(operation) }));
    await second.resume();
    expect(await endOf(second, id)).toMatchObject({
      ending: 'undone',
      abortedBy: { username: 'ada' },
      state: { done: ['back'], why: 'Aborted by ada' },
    });
  });

  test('leaves it where it is, and the next process goes on from there', async () => {
    const begun = Promise.withResolvers<void>();
    const first = walking(async (operation, context) => {
      const { signal } = context;
      if (operation.step === 'one') return straight(operation, context);
      begun.resolve();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      throw new Error('never');
    });
    const { id } = await first.start(asked);
    await begun.promise;
    await first.stop();
    expect(await first.read(id)).toMatchObject({ ending: null, step: 'two' });
    const second = walking(straight);
    // Another process that holds the write lock does to the bot what a full disk does: the start goes on without it.
    const lock = new DatabaseSync(join(folder, 'bot.db'));
    lock.exec('BEGIN IMMEDIATE');
    await second.resume();
    expect(await second.read(id)).toMatchObject({ resumed: 0 });
    lock.exec('ROLLBACK');
    lock.close();
    expect(await endOf(second, id)).toMatchObject({ ending: 'done', resumed: 1, state: { done: ['one', 'two'] } });
  });
});

test('progress is written down, and the newest counts', async () => {
  const gate = Promise.withResolvers<void>();
  const operations = walking(async (operation, context) => {
    if (operation.step === 'two') return straight(operation, context);
    for (const word of ['a', 'b', 'c']) context.progress({ done: [word] });
    await gate.promise;
    return straight(operation, context);
  });
  const { id } = await operations.start(asked);
  for (;;) {
    const state = (await operations.read(id))?.state as State;
    if (state.done[0] === 'c') break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  gate.resolve();
  await endOf(operations, id);
});
