// Removes what is over and old enough, every hour.
import type { Logger } from 'pino';
import { removeOldDigests } from '../store/digests.ts';
import { removeEndedIncidents } from '../store/incidents.ts';
import { removeEndedOperations } from '../store/operations.ts';
import { removeOldPosts } from '../store/posts.ts';
import type { Store } from '../store/store.ts';
import { removeOldAbsences } from '../store/watchdog.ts';

const everyMs = 3_600_000;

export interface Sweeper {
  stop(): void;
}

/** @param keepMs how long closed cards are kept. */
export function startSweeper(options: {
  readonly store: Store;
  readonly keepMs: number;
  readonly log: Logger;
  readonly now: () => Date;
}): Sweeper {
  const { store, keepMs, log, now } = options;

  async function sweep(): Promise<void> {
    const before = now().getTime() - keepMs;
    try {
      while ((await removeEndedIncidents(store, before)) > 0);
      while ((await removeOldDigests(store, before)) > 0);
      while ((await removeOldAbsences(store, before)) > 0);
      while ((await removeOldPosts(store, before)) > 0);
      while ((await removeEndedOperations(store, before)) > 0);
    } catch (err) {
      log.warn({ err }, 'Old cards could not be removed; tried again in an hour');
    }
  }

  const timer = setInterval(() => void sweep(), everyMs);
  void sweep();
  return { stop: () => clearInterval(timer) };
}
