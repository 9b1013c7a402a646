// When requests arrive at a server of this process: at their first bytes, before any of the server's own work.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface FirstBytes {
  /** In order, milliseconds of `performance.now()`. */
  readonly at: readonly number[];
  /** Resolves once there are so many. */
  all(count: number): Promise<void>;
  stop(): void;
}

const channel = 'http.server.request.start';

/** @param path of the POST requests that count. */
export function watchFirstBytes(path: RegExp): FirstBytes {
  const at: number[] = [];
  const listener = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    if (request.method === 'POST' && path.test(request.url ?? '')) at.push(performance.now());
  };
  subscribe(channel, listener);
  return {
    at,
    async all(count) {
      for (const deadline = performance.now() + 60_000; at.length < count; await delay(5)) {
        if (performance.now() > deadline) throw new Error(`Only ${at.length} of ${count} requests arrived`);
      }
    },
    stop: () => unsubscribe(channel, listener),
  };
}
