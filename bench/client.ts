// A client of webhooks that costs little beside what it measures: connections that stay open, as Alertmanager's do.
import { Agent, request } from 'node:http';
import type { Homelab } from '../sandbox/homelab.ts';

export interface Posted {
  /** When it had its connection and was about to be written, milliseconds of `performance.now()`: what came before is the client's own. */
  readonly at: number;
  /** From the call, and so with the wait for a connection, until the answer was whole; in milliseconds. */
  readonly tookMs: number;
}

export interface Client {
  /** Rejects unless it is answered with 202 or 200. */
  post(body: string): Promise<Posted>;
  close(): void;
}

export function openClient({ bot, webhookToken }: Pick<Homelab, 'bot' | 'webhookToken'>, connections: number): Client {
  return clientOf(`${bot.url}/webhooks/alertmanager`, connections, { authorization: `Bearer ${webhookToken}` });
}

export function clientOf(url: string, connections: number, headers: Readonly<Record<string, string>> = {}): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        const called = performance.now();
        let at = called;
        const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
        const sending = request(url, { method: 'POST', agent, headers: all }, (response) => {
          const { statusCode = 0 } = response;
          response.resume().once('end', () => {
            if (statusCode === 202 || statusCode === 200) resolve({ at, tookMs: performance.now() - called });
            else reject(new Error(`A webhook was answered with ${statusCode}`));
          });
        });
        sending.once('socket', () => {
          at = performance.now();
        });
        sending.setTimeout(60_000, () => sending.destroy(new Error('A webhook was not answered within a minute')));
        sending.once('error', reject);
        sending.end(body);
      }),
    close: () => agent.destroy(),
  };
}
