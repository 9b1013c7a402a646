// Tells, once Discord is back after a long time, how long the bot was without it and how many messages waited.
import type { Logger } from 'pino';
import { formatDuration } from '../lib/duration.ts';
import type { Line, Message } from '../message.ts';
import { type StoredPost, storedPost } from './posts.ts';

/** Shorter ones, which Discord has every other day, are nobody's concern. In milliseconds. */
export const tellAfterMs = 5 * 60_000;

/** While it lasts, its length is written down this often, for a process that takes it up; also between two tries of a write. */
const rewriteMs = 30_000;

/** What outlives the process of the time without Discord. */
export interface Outage {
  /** Milliseconds since 1970; shown, never reckoned with. */
  readonly since: number;
  /** How long processes were without Discord in it, by a clock that never jumps; time without a process does not count. */
  readonly ms: number;
}

export interface OutageStore {
  /** The outage that was not over when it was last written; null where there is none. */
  read(): Promise<Outage | null>;
  /** Replaces that and stores the posts, in one transaction. */
  write(outage: Outage | null, posts: readonly StoredPost[]): Promise<void>;
}

export interface OutageOptions {
  readonly store: OutageStore;
  readonly publisher: {
    wake(channelId: string): void;
    waiting(): Promise<{ readonly count: number }>;
  };
  readonly channelId: string;
  readonly log: Logger;
  readonly now: () => Date;
  /** Milliseconds of a clock that never jumps; `performance.now` unless told. */
  readonly clock?: () => number;
}

export interface Outages {
  /** Takes up an outage in which the process before this one ended. Until its session is ready the bot is without Discord. */
  start(): Promise<void>;
  /** The session with Discord was made or lost. */
  session(state: 'ready' | 'connecting'): void;
  /** A request that shows a card reached Discord, or did not. */
  request(didReach: boolean): void;
  /** Resolves when nothing is under way; what happens later is not told. */
  stop(): Promise<void>;
}

/** An outage as this process sees it. */
interface Current extends Outage {
  /** When this process was first without Discord in it, by the clock that never jumps. */
  readonly begun: number;
  readonly restarted: boolean;
}

export function createOutages(options: OutageOptions): Outages {
  const { store, publisher, channelId, log, now, clock = () => performance.now() } = options;
  let state: 'new' | 'started' | 'stopped' = 'new';
  let hasSession = false;
  let reaches = true;
  let current: Current | null = null;
  /** The most cards that waited whenever a request was about to reach Discord again: they may be shown before the session is back. */
  let waited: Promise<number> = Promise.resolve(0);
  let unwritten: readonly StoredPost[] = [];
  let working: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  function settle(): void {
    if (state !== 'started') return;
    const isAway = !hasSession || !reaches;
    if (isAway && current === null) begin({ since: now().getTime(), ms: 0, begun: clock(), restarted: false });
    else if (!isAway && current !== null) end(current);
  }

  function begin(outage: Current): void {
    current = outage;
    waited = Promise.resolve(0);
    enqueue(write);
  }

  function end(outage: Current): void {
    current = null;
    const until = now().getTime();
    const ms = outage.ms + clock() - outage.begun;
    const count = mostWaiting(0);
    enqueue(async () => {
      if (ms >= tellAfterMs) tell(outage, { until, ms, count: await count });
      await write();
    });
  }

  /** @param shown cards that have just been shown, and waited until then. */
  async function mostWaiting(shown: number): Promise<number> {
    const [before, { count }] = await Promise.all([waited, publisher.waiting()]);
    return Math.max(before, count + shown);
  }

  function tell({ since, restarted }: Current, { until, ms, count }: { until: number; ms: number; count: number }) {
    // The clock on the wall may have jumped.
    const from = Math.min(since, until - ms);
    const message = outageMessage({ from, until, ms, waited: count, restarted });
    unwritten = [...unwritten, storedPost({ id: `outage-${since}`, channelId, message }, until)];
    log.info({ from: new Date(from), until: new Date(until), waited: count }, 'Discord is back after a long time');
  }

  async function write(): Promise<void> {
    const posts = unwritten;
    const outage = current && { since: current.since, ms: Math.round(current.ms + clock() - current.begun) };
    await store.write(outage, posts);
    unwritten = unwritten.slice(posts.length);
    if (posts.length > 0) publisher.wake(channelId);
    if (outage !== null) writeLater();
  }

  function enqueue(work: () => Promise<void>): void {
    working = working.then(work).catch((err: unknown) => {
      log.debug({ err }, 'Since when the bot is without Discord could not be written down: tried again');
      writeLater();
    });
  }

  function writeLater(): void {
    if (state === 'stopped') return;
    timer ??= setTimeout(() => {
      timer = null;
      if (current !== null || unwritten.length > 0) enqueue(write);
    }, rewriteMs);
  }

  return {
    async start() {
      const before = await store.read().catch(() => null);
      state = 'started';
      if (before !== null) {
        begin({ ...before, begun: clock(), restarted: true });
        waited = mostWaiting(0);
      }
      settle();
    },
    session(next) {
      hasSession = next === 'ready';
      settle();
    },
    request(didReach) {
      if (didReach && !reaches) waited = mostWaiting(1);
      reaches = didReach;
      settle();
    },
    async stop() {
      state = 'stopped';
      if (timer !== null) clearTimeout(timer);
      if (current !== null) enqueue(write);
      await working;
    },
  };
}

function outageMessage(told: { from: number; until: number; ms: number; waited: number; restarted: boolean }): Message {
  // Only the clock on the wall knows how long it took to restart.
  const length = formatDuration(told.restarted ? told.until - told.from : told.ms, 2);
  const text: Line[] = [
    ['From ', { time: new Date(told.from), style: 'full' }, ' until ', { time: new Date(told.until), style: 'full' }],
    told.waited === 0
      ? 'No message waited.'
      : `${told.waited} ${told.waited === 1 ? 'message' : 'messages'} waited; what is shown now is the newest state.`,
    'Commands and buttons were not answered meanwhile.',
  ];
  if (told.restarted) text.push('The bot was restarted in this time.');
  return {
    headline: `🔵 homelab-bot was without Discord for ${length}`,
    tone: 'info',
    title: `Back after ${length} without Discord`,
    text,
  };
}
