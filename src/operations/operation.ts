// Long work of a person: recorded before each step, shown on a card, finished or undone also after a kill.
import type { Level } from '../access/level.ts';
import type { Message } from '../message.ts';

export interface Requester {
  readonly id: string;
  /** Discord username. */
  readonly username: string;
}

/** How an operation ended: `done` as asked, `undone` back to what was before, `failed` neither, `aborted` before anything was changed. */
export const endings = ['done', 'undone', 'failed', 'aborted'] as const;
export type Ending = (typeof endings)[number];

/** `S` is what its procedure knows of its progress; JSON. Times are milliseconds since 1970. */
export interface Operation<S = unknown> {
  readonly id: string;
  /** Names its procedure, for example `deploy`. */
  readonly kind: string;
  readonly app: string;
  readonly requester: Requester;
  /** The level that was granted; work goes on as this identity after a kill. */
  readonly level: Level;
  readonly channelId: string;
  readonly reason: string | null;
  /** Ties it to its audit entries. */
  readonly reference: string;
  /** The step that is under way, or comes next. */
  readonly step: string;
  readonly state: S;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly ending: Ending | null;
  /** Who pressed Abort. */
  readonly abortedBy: Requester | null;
  /** How often it was taken up after an end of the process. */
  readonly resumed: number;
}

export interface NewOperation<S> {
  readonly kind: string;
  readonly app: string;
  readonly requester: Requester;
  readonly level: Level;
  readonly channelId: string;
  readonly reason: string | null;
  readonly reference: string;
  readonly step: string;
  readonly state: S;
}

export type After<S> = { readonly next: string; readonly state: S } | { readonly end: Ending; readonly state: S };

export interface StepContext<S> {
  /** Aborted with `Aborted` when somebody pressed Abort, with `Stopping` when the process ends. */
  readonly signal: AbortSignal;
  /** Aborted with `Stopping` alone: for what an Abort must not interrupt. */
  readonly stopping: AbortSignal;
  /** Shows and records how far it is; at most once a second, the newest wins. */
  readonly progress: (state: S) => void;
}

/** How one kind of operation is done. */
export interface Procedure<S = unknown> {
  readonly kind: string;
  /**
   * Does the step. It may run again after a kill: it finds out what it has done already. What it throws ends the operation as `failed` with
   * the words of a `UserError`, or a reference.
   */
  perform(operation: Operation<S>, context: StepContext<S>): Promise<After<S>>;
  /** What follows when somebody aborts, or the step failed for `reason`. */
  interrupted(operation: Operation<S>, reason: string, aborted: boolean): After<S>;
  /** What its card says. Pure. */
  message(operation: Operation<S>, now: number): Message;
}

/** Somebody pressed Abort. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
  readonly by: Requester;
  constructor(by: Requester) {
    super(`Aborted by ${by.username}`);
    this.by = by;
  }
}

/** The process ends; the next one goes on. */
export class Stopping extends Error {
  override readonly name = 'Stopping';
}
