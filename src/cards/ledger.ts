// What the publisher needs of the store; `store/cards.ts` satisfies it.
import type { CardRecord } from './card.ts';

export type Next =
  | { readonly kind: 'card'; readonly card: CardRecord }
  /** Cards wait, but none may go before `at`. */
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'idle' };

export interface NextAsked {
  /** Whether a message may be made, and whether one may be changed: false leaves those cards out. */
  readonly create: boolean;
  readonly edit: boolean;
  /** Ids. */
  readonly except: readonly string[];
  /** What waits for longer (milliseconds since 1970) does so by a clock that was set back since, and waits no more. */
  readonly farthest: number;
}

export interface Waiting {
  readonly count: number;
  readonly since: number | null;
}

/** Times are milliseconds since 1970. */
export interface Activity {
  readonly channelId: string;
  readonly at: number;
}

export interface Ledger {
  get(id: string): Promise<CardRecord | undefined>;
  /** The most urgent card of the channel that is not shown as it should be. */
  next(channelId: string, asked: NextAsked, now: number): Promise<Next>;
  /** Cards that wait for their first message while one may be there which the ledger does not know: how many, and since when it may be. */
  unseen(channelId: string): Promise<{ readonly count: number; readonly since: number }>;
  /** The channel was read back since then (milliseconds since 1970): these messages are there by card, and no other of those cards. */
  seen(channelId: string, since: number, messages: ReadonlyMap<string, string>): Promise<void>;
  /**
   * Where more cards wait for their first message than the channel shows in a few seconds, the less urgent ones fold into its digest, in one
   * transaction; those that may have a message which the ledger does not know are left alone. Resolves to how many.
   */
  fold(channelId: string, now: number): Promise<number>;
  /**
   * Of a new process: what waits for its first message may have one that the process before could not write down. It is looked for like any other
   * that the ledger may not know. Resolves to the channels of these.
   */
  doubt(): Promise<readonly string[]>;
  /** Channels in which something waits. */
  channelsWithWork(): Promise<readonly string[]>;
  /** How many cards wait, over all channels, and since when the oldest does (milliseconds since 1970; null where none waits). `except` names ids. */
  waiting(except: readonly string[]): Promise<Waiting>;
  /** Written before the first byte of a creation leaves. */
  begin(
    id: string,
    intent: { readonly at: number; readonly revision: number; readonly creations: number },
  ): Promise<void>;
  /** The message exists and shows this revision. `at` is now. */
  shown(id: string, messageId: string, revision: number, at: number): Promise<void>;
  /** When messages were made, changed, deleted or begun since then: one entry a card, oldest first. */
  activity(since: number): Promise<readonly Activity[]>;
  /** Its message is gone, or it moves to another channel: the next step is a new creation. */
  startOver(id: string, move?: { readonly channelId: string; readonly refusedChannelId: string }): Promise<void>;
  /** Its message is deleted, which counts as activity: the next step is a new creation. `at` is now. */
  removed(id: string, at: number): Promise<void>;
  /** There is nothing to show (any more) for this revision. */
  settle(id: string, revision: number): Promise<void>;
  postpone(id: string, retryAt: number, attempts: number): Promise<void>;
}
