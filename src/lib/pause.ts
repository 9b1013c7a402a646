// Waiting that can be cut short.
import { setTimeout as sleep } from 'node:timers/promises';

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
