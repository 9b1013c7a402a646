// The doctor's look at the gateway: whether it greets, without signing in.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { startDiscord } from '../../sandbox/discord/discord.ts';
import { greetingOf } from '../../src/discord/greeting.ts';
import { known } from '../../src/lib/asked.ts';

const never = new AbortController().signal;
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Says `word` to whoever opens a WebSocket; null says nothing. */
async function gatewayThatSays(word: string | null): Promise<string> {
  const server: Server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    if (word !== null) socket.send(word);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    await once(server, 'close');
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the gateway greets, and counts no sign-in', async () => {
  const discord = await startDiscord();
  stops.push(() => discord.stop());
  const answer = await fetch(`${discord.url}/v10/gateway/bot`, { headers: { authorization: `Bot ${discord.token}` } });
  const { url } = (await answer.json()) as { url: string };
  expect(await greetingOf(url, 5000, never)).toEqual(known(null));
  const after = await fetch(`${discord.url}/v10/gateway/bot`, { headers: { authorization: `Bot ${discord.token}` } });
  expect(await after.json()).toMatchObject({ session_start_limit: { remaining: 1000 } });
  expect(discord.connected).toBe(0);
});

test('what greets otherwise is no gateway', async () => {
  expect(await greetingOf(await gatewayThatSays('{"op":11}'), 5000, never)).toMatchObject({ kind: 'odd' });
  expect(await greetingOf(await gatewayThatSays('welcome'), 5000, never)).toMatchObject({ kind: 'odd' });
});

test('what says nothing is away after its time', async () => {
  expect(await greetingOf(await gatewayThatSays(null), 50, never)).toMatchObject({
    kind: 'away',
    why: expect.stringMatching(/says nothing within 0\.05 s/),
  });
});

test('where no WebSocket can be had it is away', async () => {
  const url = await gatewayThatSays(null);
  for (const stop of stops.splice(0)) await stop();
  expect(await greetingOf(url, 5000, never)).toMatchObject({
    kind: 'away',
    why: expect.stringContaining('no WebSocket'),
  });
  expect(await greetingOf('https://discord.example', 5000, never)).toMatchObject({ kind: 'odd' });
});

test('an interruption ends the wait', async () => {
  const url = await gatewayThatSays(null);
  const interrupt = new AbortController();
  const waiting = greetingOf(url, 60_000, interrupt.signal);
  interrupt.abort(new Error('Interrupted'));
  await expect(waiting).rejects.toThrow('Interrupted');
});
