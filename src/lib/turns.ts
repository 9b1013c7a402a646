// Turns of the event loop: long work lets everything else have its own, and what is begun goes out before what can wait.
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

/** Resolves once a request that was begun just now is on its way: undici looks for a turn whether an idle connection is still open. */
export async function giveWay(): Promise<void> {
  await nextTurn();
  await nextTurn();
}
