// Waiting that can be cut short.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after that many milliseconds, or as soon as `signal` aborts; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}

/** 1 s, 2 s, 4 s … 1 min, each up to a fifth longer, so that many do not come back at one moment. */
export function backoff(tries: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(tries, 10)) * (1 + Math.random() / 5);
}
