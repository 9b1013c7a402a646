// A bot's HTTP side on a free port, and clients that are as careful or as careless as those of the world.
import { connect, type Socket } from 'node:net';
import { afterEach } from '@jest/globals';
import { pino } from 'pino';
import type { NotificationParser } from '../../../src/http/json.ts';
import { type Http, type HttpOptions, startHttp } from '../../../src/http/server.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { token } from './token.ts';

export const path = '/webhooks/alertmanager';

type Started = Http & {
  readonly accepted: unknown[];
  readonly statuses: number[];
  readonly log: Record<string, unknown>[];
};

const running: Http[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((http) => http.close(100)));
});

const takesVersion4: NotificationParser<unknown> = {
  list: 'alerts',
  whole: (body) =>
    typeof body === 'object' && body !== null && Reflect.get(body, 'version') === '4'
      ? { ok: true, notification: body }
      : { ok: false, reason: 'version: must be "4"' },
  begin(body) {
    const parsed = this.whole(body);
    if (!parsed.ok) return parsed;
    const alerts: unknown[] = [];
    return {
      ok: true,
      take(items) {
        alerts.push(...items);
        return null;
      },
      end: () => ({ ...Object(parsed.notification), alerts }),
    };
  },
};

/** Takes every object with `version` "4" and stores it in `accepted`. */
export async function start(options: Partial<HttpOptions<unknown>> = {}): Promise<Started> {
  const accepted: unknown[] = [];
  const statuses: number[] = [];
  const log: Record<string, unknown>[] = [];
  const http = await startHttp<unknown>({
    host: '127.0.0.1',
    port: 0,
    log: pino({ level: 'trace' }, { write: (line: string) => log.push(JSON.parse(line)) }),
    webhookToken: new Secret(token),
    parser: takesVersion4,
    accept: async (notification) => {
      accepted.push(notification);
      return null;
    },
    ready: () => ({ status: 'ready', store: 'open', discord: 'connecting', cluster: 'none' }),
    health: () => true,
    metrics: async () => 'homelab_bot_info 1\n',
    answered: (status) => statuses.push(status),
    ...options,
  });
  running.push(http);
  return Object.assign(http, { accepted, statuses, log });
}

interface Sent {
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string | Uint8Array;
}

/** As Alertmanager does; a header that is undefined is left out. */
export async function post(http: { readonly url: string }, { headers = {}, body = '{"version":"4"}' }: Sent = {}) {
  const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await fetch(`${http.url}${path}`, { method: 'POST', headers: given, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The head of a webhook's request, for clients that write it themselves. */
export function head(...lines: string[]): string {
  const all = [
    `POST ${path} HTTP/1.1`,
    'Host: bot',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    ...lines,
  ];
  return `${all.join('\r\n')}\r\n\r\n`;
}

export interface RawClient {
  readonly socket: Socket;
  write(data: string | Uint8Array): void;
  /** All that came so far. */
  seen(): string;
  /** Resolves with all that came once it holds `text`. */
  sees(text: string): Promise<string>;
  /** Resolves with all that came once the server has ended the connection, however it did. */
  closed(): Promise<string>;
}

const clients: Socket[] = [];
afterEach(() => {
  for (const socket of clients.splice(0)) socket.destroy();
});

export function rawClient(http: { readonly port: number }): RawClient {
  const socket = connect({ host: '127.0.0.1', port: http.port });
  clients.push(socket);
  let seen = '';
  let over = false;
  let check = () => {};
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    seen += chunk;
    check();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    over = true;
    check();
  });
  const until = (done: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      check = () => {
        if (done()) resolve(seen);
        else if (over) reject(new Error(`the connection ended after ${JSON.stringify(seen)}`));
      };
      check();
    });
  return {
    socket,
    write: (data) => socket.write(data),
    seen: () => seen,
    sees: (text) => until(() => seen.includes(text)),
    closed: () => until(() => over),
  };
}

/** Resolves once `condition` holds; polls, since what is waited for happens in the server. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
