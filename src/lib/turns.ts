// Long work that lets everything else of the process have its turn.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longer than this nothing else has to wait, in milliseconds. */
const turnMs = 10;

/** @returns what is awaited between two pieces of work: it goes on at once until the time is up. */
export function createTurns(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < turnMs) return;
    await nextTurn();
    since = performance.now();
  };
}
