// Names for autocomplete, kept in memory and refreshed in the background.
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../lib/backoff.ts';
import type { ClusterCache } from './cluster.ts';

export interface NameCache extends ClusterCache {
  start(): void;
  stop(): Promise<void>;
}

/**
 * @param options.names where it rejects, the names known so far stay.
 * @param options.everyMs milliseconds between two refreshes.
 */
export function createCache(options: {
  readonly names: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly everyMs: number;
  /** Called for the first of failures in a row. */
  readonly failed: (error: unknown) => void;
}): NameCache {
  const { names, everyMs, failed } = options;
  const stopping = new AbortController();
  let known: readonly string[] = [];
  let work: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        known = (await names(stopping.signal)).toSorted();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1 && !stopping.signal.aborted) failed(error);
      }
      const wait =
        failures === 0 ? everyMs : backoff({ first: Math.min(1000, everyMs), longest: everyMs }, failures, Math.random);
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  return {
    nodeNames: () => known,
    start() {
      work ??= refresh();
    },
    async stop() {
      stopping.abort(new Error('The bot stops'));
      await work;
    },
  };
}
