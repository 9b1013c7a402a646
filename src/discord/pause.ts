// Waiting that can be cut short.
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../lib/backoff.ts';

/** Resolves after that many milliseconds, or as soon as `signal` aborts; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}

/** Resolves with the work, or without it after that many milliseconds; leaves no timer behind. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work.catch(() => undefined), pause(ms, done.signal)]);
  done.abort();
}

/** 1 s, 2 s, 4 s … 1 min; `tries` so far, 0 after the first failure. */
export function retryDelay(tries: number): number {
  return backoff({ first: 2_000, longest: 60_000 }, tries + 1, Math.random);
}
