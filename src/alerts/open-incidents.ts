// All incidents that are open, a page at a time: a storm leaves ten thousand.
import type { Incident } from './incident.ts';

export interface OpenIncidents {
  /** Open incidents in the order of their ids, from the one after `id`. */
  openAfter(id: string, limit: number): Promise<readonly Incident[]>;
}

const pageSize = 200;

/** Rejects when the store fails, and with the signal's reason. */
export async function* eachOpen(store: OpenIncidents, signal: AbortSignal): AsyncGenerator<Incident, void, void> {
  let page: readonly Incident[] = [];
  do {
    signal.throwIfAborted();
    page = await store.openAfter(page.at(-1)?.id ?? '', pageSize);
    yield* page;
  } while (page.length === pageSize);
}
