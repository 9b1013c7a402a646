// How long Discord is left alone after failures in a row.
import { backoff } from '../lib/backoff.ts';

/** 1 s, 2 s, 4 s … 1 min; `tries` so far, 0 after the first failure. */
export function retryDelay(tries: number): number {
  return backoff({ first: 2_000, longest: 60_000 }, tries + 1, Math.random);
}
