// A storm: the alerts that share one card of a channel, because more came than the channel could show one by one.
import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Message } from '../message.ts';
import { type DigestEntry, digestMessage, digestRing, entryOf } from './digest-message.ts';
import type { Incident } from './incident.ts';

export interface Digest {
  readonly id: string;
  readonly channelId: string;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly closedAt: number | null;
}

export interface DigestStore {
  read(id: string): Promise<Digest | undefined>;
  /** Its incidents in the order of their ids, from the one after `after`. */
  folded(id: string, after: string, limit: number): Promise<readonly Incident[]>;
  /** Incidents of the channel that wait for a message of their own, the most urgent first. */
  waiting(channelId: string, limit: number): Promise<readonly Incident[]>;
  /** Asks for the cards of these storms, or of all that go on, to be shown anew; resolves to their channels. */
  again(id: string | null): Promise<readonly string[]>;
  /** Ends it at this time (milliseconds since 1970) unless something of it is open; whether it has ended. */
  close(id: string, at: number): Promise<boolean>;
}

export interface Digests {
  /** Shows anew what a process before may have left with groups that have messages of their own by now; tried again where the store fails. */
  start(): Promise<void>;
  stop(): void;
  show(cardId: string): Promise<Message | undefined>;
  showRing(cardId: string): Promise<Message | undefined>;
}

/** The kind of these cards in the ledger. */
export const digestCard = 'digest';

/** What a digest's id begins with. */
export const digestPrefix = 'digest-';

/** Read at a time, so that others have their turn. */
const pageSize = 200;

/** Those that wait for messages of their own are named too, as far as they are soon there. */
const mostWaiting = 50;

/** Between two tries of a store that takes nothing at the start, in milliseconds. */
const retryMs = 5_000;

/** How soon those that wait have messages of their own, in milliseconds. */
const waitingMs = 30_000;

export function createDigests(options: {
  readonly store: DigestStore;
  readonly publisher: { wake(channelId: string): void };
  readonly log: Logger;
  readonly now: () => Date;
}): Digests {
  const { store, publisher, log, now } = options;
  /** One a storm; a channel has one at a time. */
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  /** Until then the card names groups that soon have messages of their own. */
  function showAgain(id: string): void {
    if (timers.has(id)) return;
    const timer = setTimeout(() => {
      timers.delete(id);
      again(id).catch((err: unknown) => log.warn({ err, ref: id }, 'A storm could not be shown anew'));
    }, waitingMs);
    timers.set(id, timer);
  }

  async function again(id: string | null): Promise<void> {
    for (const channelId of await store.again(id)) publisher.wake(channelId);
  }

  async function entries(id: string): Promise<readonly DigestEntry[]> {
    const all: DigestEntry[] = [];
    let page: readonly Incident[] = [];
    do {
      page = await store.folded(id, page.at(-1)?.id ?? '', pageSize);
      all.push(...page.map(entryOf));
      await turn();
    } while (page.length === pageSize);
    return all;
  }

  /** What is open is shown anew, as soon as the store takes that. */
  async function start(): Promise<void> {
    try {
      await again(null);
    } catch (err) {
      if (stopped) return;
      log.warn({ err }, 'Storms could not be shown anew: tried again');
      timers.set(
        'start',
        setTimeout(() => void start(), retryMs),
      );
    }
  }

  return {
    start,
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
    async show(cardId) {
      const digest = await store.read(cardId);
      if (digest === undefined) return undefined;
      const folded = await entries(cardId);
      const isOver = folded.every(({ closedAt }) => closedAt !== null) && (await store.close(cardId, now().getTime()));
      const waiting = isOver ? [] : (await store.waiting(digest.channelId, mostWaiting)).map(entryOf);
      if (waiting.length > 0) showAgain(cardId);
      return digestMessage({ openedAt: digest.openedAt, isOver, folded, waiting });
    },
    async showRing(cardId) {
      const digest = await store.read(cardId);
      return digest === undefined || digest.closedAt !== null ? undefined : digestRing();
    },
  };
}
