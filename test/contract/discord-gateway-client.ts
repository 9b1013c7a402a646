// A bot as bare as can be: a WebSocket that identifies, and remembers what it was sent.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Discord } from '../../sandbox/discord/discord.ts';
import type { Json } from './discord-calls.ts';

export interface Payload {
  readonly op: number;
  readonly t: string | null;
  readonly s: number | null;
  readonly d: Json;
}

export interface Bot {
  readonly socket: WebSocket;
  readonly received: readonly Payload[];
  send(op: number, d: unknown): void;
  /** Resolves with the first payload that fits, also one that came before. */
  next(wanted: (payload: Payload) => boolean): Promise<Payload>;
  dispatched(event: string): Promise<Payload>;
  on(event: string, listener: (data: Json) => void): void;
  /** The code with which the server closed the connection. */
  readonly closed: Promise<number>;
  close(): void;
}

/** Opens a connection and waits for HELLO. */
export async function open(discord: Discord, query = '?v=10&encoding=json'): Promise<Bot> {
  const socket = new WebSocket(`${discord.url.replace('http', 'ws').replace('/api', '/')}${query}`);
  const received: Payload[] = [];
  const listeners = new Set<(payload: Payload) => void>();
  socket.on('message', (data) => {
    const payload: Payload = JSON.parse(String(data));
    received.push(payload);
    for (const listener of [...listeners]) listener(payload);
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');
  const bot: Bot = {
    socket,
    received,
    send: (op, d) => socket.send(JSON.stringify({ op, d })),
    next: (wanted) =>
      new Promise((resolve) => {
        const earlier = received.find(wanted);
        if (earlier) resolve(earlier);
        const listener = (payload: Payload) => {
          if (!wanted(payload)) return;
          listeners.delete(listener);
          resolve(payload);
        };
        listeners.add(listener);
      }),
    dispatched: (event) => bot.next((payload) => payload.t === event),
    on: (event, listener) => {
      listeners.add((payload) => {
        if (payload.t === event) listener(payload.d);
      });
    },
    closed,
    close: () => socket.terminate(),
  };
  return bot;
}

export function identify(bot: Bot, discord: Discord, changes: Record<string, unknown> = {}): void {
  const properties = { os: 'linux', browser: 'test', device: 'test' };
  bot.send(2, { token: discord.token, properties, intents: 1, shard: [0, 1], ...changes });
}

/** Connected and ready. */
export async function connect(discord: Discord, changes: Record<string, unknown> = {}): Promise<Bot> {
  const bot = await open(discord);
  identify(bot, discord, changes);
  await bot.dispatched('READY');
  return bot;
}
