// Browsers that listen to the page's stream of server-sent events; each looks on as one person.
import type { ServerResponse } from 'node:http';
import type { Actor } from '../discord/discord.ts';
import type { PageEvents } from './web/protocol.ts';

/** A browser holds one for each open tab. */
export const maxClients = 24;

/** A client that reads slower than this is let go; it comes back by itself and is told everything anew. */
const maxWaitingBytes = 4 * 1024 * 1024;

const heartbeatMs = 15_000;

export interface Clients {
  readonly size: number;
  /** Until the browser goes away. */
  add(response: ServerResponse, actor: Actor): void;
  tell<K extends keyof PageEvents>(event: K, value: (actor: Actor) => PageEvents[K] | null): void;
  stop(): void;
}

export function createClients(): Clients {
  const clients = new Map<ServerResponse, Actor>();
  const heartbeat = setInterval(() => {
    for (const response of clients.keys()) response.write(': still here\n\n');
  }, heartbeatMs);

  return {
    get size() {
      return clients.size;
    },
    add(response, actor) {
      clients.set(response, actor);
      response.once('close', () => clients.delete(response));
    },
    tell(event, value) {
      for (const [response, actor] of clients) {
        if (response.writableLength > maxWaitingBytes) {
          response.destroy();
          continue;
        }
        const told = value(actor);
        if (told !== null) response.write(eventText(event, told));
      }
    },
    stop() {
      clearInterval(heartbeat);
      for (const response of clients.keys()) response.destroy();
      clients.clear();
    },
  };
}

export function eventText<K extends keyof PageEvents>(event: K, value: PageEvents[K]): string {
  return `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`;
}
