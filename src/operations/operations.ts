// Runs operations: each step is written down before it is taken, and one that a kill interrupted is taken up at the next start.
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { priorities, type WantedCard } from '../cards/card.ts';
import { backoff } from '../lib/backoff.ts';
import { UserError } from '../lib/user-error.ts';
import type { Message } from '../message.ts';
import {
  Aborted,
  type After,
  type NewOperation,
  type Operation,
  type Procedure,
  type Requester,
  Stopping,
} from './operation.ts';
import type { Account, OperationStore } from './store.ts';

export interface Operations {
  /**
   * Writes it down and runs it in the background.
   * @throws UserError when another operation of the app is running: who, what, since when.
   */
  start<S>(operation: NewOperation<S>): Promise<Operation<S>>;
  /** @throws UserError when it is not running (any more). */
  abort(id: string, by: Requester): Promise<void>;
  /** Takes up what the last end of the process interrupted. */
  resume(): Promise<void>;
  running(app: string): Promise<Operation | undefined>;
  recent(app: string, limit: number): Promise<readonly Operation[]>;
  read(id: string): Promise<Operation | undefined>;
  /** What the card of an operation says now. */
  show(cardId: string): Promise<Message | undefined>;
  /** Interrupts what runs, without ending it: the next start goes on. */
  stop(): Promise<void>;
}

/** The kind of these cards in the ledger. */
export const operationCard = 'operation';

/** Progress is shown at most this often, in milliseconds: Discord takes five edits in five seconds, and alerts go first. */
const progressMs = 1000;

export interface OperationsOptions {
  readonly store: OperationStore;
  readonly procedures: readonly Procedure[];
  /** Its card wants to be shown. */
  readonly wake: (channelId: string) => void;
  /** What the end of an operation leaves behind, stored with it. */
  readonly account: (operation: Operation) => Account;
  /** Told of each end, for counting. */
  readonly ended?: (operation: Operation) => void;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The card of an operation as it stands. */
function cardOf({ id, channelId, ending }: Operation, now: number): WantedCard {
  const open = ending === null;
  return {
    id,
    kind: operationCard,
    channelId,
    priority: open ? priorities.progress : priorities.end,
    mentionRoles: [],
    ring: true,
    open,
    wantedAt: now,
    begun: false,
    lookSince: null,
    messageId: null,
  };
}

interface Taken {
  readonly after: After<unknown>;
  /** Set where the step was aborted. */
  readonly abortedBy: Requester | null;
}

interface Running {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export function createOperations(options: OperationsOptions): Operations {
  const { store, log, now } = options;
  const procedures = new Map(options.procedures.map((procedure) => [procedure.kind, procedure]));
  const running = new Map<string, Running>();
  const stop = new AbortController();

  function save(operation: Operation): Promise<void> {
    return store.save(operation, cardOf(operation, now().getTime()));
  }

  function procedureOf(operation: Operation): Procedure {
    const procedure = procedures.get(operation.kind);
    if (procedure === undefined) throw new Error(`There is no procedure for operations of kind ${operation.kind}`);
    return procedure;
  }

  function launch(operation: Operation, abortAskedBy: Requester | null, go = run): void {
    const abort = new AbortController();
    if (abortAskedBy !== null) abort.abort(new Aborted(abortAskedBy));
    const done = go(operation, abort.signal).finally(() => running.delete(operation.id));
    running.set(operation.id, { abort, done });
  }

  async function takeUp(taken: Operation, signal: AbortSignal): Promise<void> {
    if (!(await saved(taken))) return;
    log.warn({ ...about(taken), step: taken.step }, 'An interrupted operation is taken up');
    await run(taken, signal);
  }

  async function run(begun: Operation, signal: AbortSignal): Promise<void> {
    const procedure = procedureOf(begun);
    let operation = begun;
    while (operation.ending === null) {
      // What undoes an aborted operation is interrupted by the end of the process alone.
      const taken = await take(procedure, operation, operation.abortedBy === null ? signal : stop.signal);
      if (taken === null) return;
      operation = advance(operation, taken.after, taken.abortedBy, now().getTime());
      log.debug({ ...about(operation), step: operation.step, ending: operation.ending }, 'An operation goes on');
      if (!(await saved(operation))) return;
    }
    log.info({ ...about(operation), ending: operation.ending }, 'An operation ended');
    options.ended?.(operation);
  }

  /** One step, or what follows from its failure; null when the process ends. */
  async function take(procedure: Procedure, operation: Operation, signal: AbortSignal): Promise<Taken | null> {
    const progress = createProgress(operation);
    try {
      signal.throwIfAborted();
      const context = { signal, stopping: stop.signal, progress: progress.show };
      return { after: await procedure.perform(operation, context), abortedBy: null };
    } catch (error) {
      if (stop.signal.aborted) return null;
      const latest = { ...operation, state: progress.latest() };
      if (signal.reason instanceof Aborted) {
        const { by, message } = signal.reason;
        return { after: procedure.interrupted({ ...latest, abortedBy: by }, message, true), abortedBy: by };
      }
      if (error instanceof UserError)
        return { after: procedure.interrupted(latest, error.message, false), abortedBy: null };
      log.error({ err: error, ...about(operation), step: operation.step }, 'A step of an operation failed');
      const told = `Something went wrong. Reference: ${operation.reference}`;
      return { after: procedure.interrupted(latest, told, false), abortedBy: null };
    } finally {
      await progress.end();
    }
  }

  function createProgress(operation: Operation) {
    let state = operation.state;
    let timer: NodeJS.Timeout | null = null;
    let writing: Promise<void> = Promise.resolve();
    let last = 0;

    function write(): void {
      timer = null;
      last = now().getTime();
      writing = save({ ...operation, state }).then(
        () => options.wake(operation.channelId),
        (err: unknown) => log.debug({ err }, 'Progress could not be written down'),
      );
    }

    return {
      show(newest: unknown): void {
        state = newest;
        timer ??= setTimeout(write, Math.max(0, last + progressMs - now().getTime()));
      },
      latest: () => state,
      async end(): Promise<void> {
        if (timer !== null) clearTimeout(timer);
        await writing;
      },
    };
  }

  async function saveOrEnd(operation: Operation): Promise<void> {
    if (operation.ending === null) await save(operation);
    else {
      const account = options.account(operation);
      await store.end(operation, cardOf(operation, now().getTime()), account);
      if (account.post !== null) options.wake(account.post.card.channelId);
    }
    options.wake(operation.channelId);
  }

  /** Nothing goes on that is not written down: waits for the store. False when the process ends. */
  async function saved(operation: Operation): Promise<boolean> {
    for (let failures = 1; !stop.signal.aborted; failures += 1) {
      try {
        await saveOrEnd(operation);
        return true;
      } catch (err) {
        log.warn({ err, ...about(operation) }, 'A step could not be written down: the operation waits');
        await new Promise((resolve) =>
          setTimeout(resolve, backoff({ first: 500, longest: 10_000 }, failures, Math.random)),
        );
      }
    }
    return false;
  }

  return {
    async start<S>(asked: NewOperation<S>) {
      if (stop.signal.aborted) throw new UserError('The bot is restarting. Try again in a minute.');
      const operation: Operation<S> = {
        ...asked,
        id: randomBytes(8).toString('hex'),
        startedAt: now().getTime(),
        endedAt: null,
        ending: null,
        abortedBy: null,
        resumed: 0,
      };
      const begun = await store.begin(operation, cardOf(operation, operation.startedAt));
      if (begun.kind === 'busy') throw new UserError(busy(begun.running));
      log.info(about(operation), 'An operation began');
      options.wake(operation.channelId);
      launch(operation, null);
      return operation;
    },
    async abort(id, by) {
      const over = new UserError('This operation is not running any more.');
      const one = running.get(id);
      if (one === undefined || one.abort.signal.aborted) throw over;
      // Written down first: the step that is under way may outlast this process.
      if (!(await store.askAbort(id, by))) throw over;
      one.abort.abort(new Aborted(by));
    },
    async resume() {
      for (const { operation, abortAskedBy } of await store.unfinished()) {
        launch({ ...operation, resumed: operation.resumed + 1 }, abortAskedBy, takeUp);
      }
    },
    running: (app) => store.running(app),
    recent: (app, limit) => store.recent(app, limit),
    read: (id) => store.read(id),
    async show(cardId) {
      const operation = await store.read(cardId);
      return operation && procedureOf(operation).message(operation, now().getTime());
    },
    async stop() {
      const all = [...running.values()];
      stop.abort(new Stopping('The process ends'));
      for (const { abort } of all) abort.abort(stop.signal.reason);
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

/** `ref` stands in the footer of its card, `reference` is the command's. */
function about({ id, reference, kind, app }: Operation) {
  return { ref: id, reference, kind, app };
}

function advance(operation: Operation, after: After<unknown>, by: Requester | null, now: number): Operation {
  const abortedBy = operation.abortedBy ?? by;
  if ('end' in after) return { ...operation, state: after.state, ending: after.end, endedAt: now, abortedBy };
  return { ...operation, state: after.state, step: after.next, abortedBy };
}

function busy({ kind, app, requester, startedAt }: Operation): string {
  const since = new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return `A ${kind} of ${app} is running: ${requester.username} started it at ${since}.\nWait for its end, or press Abort on its card.`;
}
