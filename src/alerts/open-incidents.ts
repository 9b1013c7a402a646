// All incidents that are open, a page at a time: a storm leaves ten thousand, and everything else has its turn between them.
import { createTurns } from '../lib/turns.ts';
import type { Incident } from './incident.ts';

export interface OpenIncidents {
  /** Open incidents in the order of their ids, from the one after `id`. */
  openAfter(id: string, limit: number): Promise<readonly Incident[]>;
}

const pageSize = 100;

/** Rejects when the store fails, and with the signal's reason. */
export async function* eachOpen(store: OpenIncidents, signal: AbortSignal): AsyncGenerator<Incident, void, void> {
  const turn = createTurns();
  let page: readonly Incident[] = [];
  do {
    page = await store.openAfter(page.at(-1)?.id ?? '', pageSize);
    for (const incident of page) {
      // The database answers at once, so that nothing but this lets a timer or a socket in.
      await turn();
      signal.throwIfAborted();
      yield incident;
    }
  } while (page.length === pageSize);
}
