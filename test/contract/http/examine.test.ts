// The doctor's look at the HTTP address: free, the bot's own, or somebody else's.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { examinePort } from '../../../src/http/examine.ts';

const never = new AbortController().signal;
const host = '127.0.0.1';
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, host);
  await once(server, 'listening');
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

test('any port is no question', async () => {
  expect(await examinePort({ host, port: 0 }, never)).toEqual({ kind: 'any' });
});

test('a port that is free is free afterwards, too', async () => {
  const port = await serve(() => undefined);
  for (const stop of stops.splice(0)) await stop();
  expect(await examinePort({ host, port }, never)).toEqual({ kind: 'free' });
  expect(await examinePort({ host, port }, never)).toEqual({ kind: 'free' });
});

test('a bot that runs is known by what it says of itself, also where it is not ready', async () => {
  const ready = { status: 'starting', store: 'open', discord: 'connecting', cluster: 'away' };
  const port = await serve((_, response) => response.writeHead(503).end(JSON.stringify(ready)));
  expect(await examinePort({ host, port }, never)).toEqual({
    kind: 'the bot',
    state: 'starting, store open, Discord connecting, cluster away',
  });
});

test.each<[string, RequestListener]>([
  ['says something else', (_, response) => response.end('{"status":"ok"}')],
  ['says nothing that is JSON', (_, response) => response.end('<html>')],
  ['says too much', (_, response) => response.end(`"${'x'.repeat(5000)}"`)],
  ['sends one elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
])('what %s has the port', async (_, listener) => {
  const port = await serve(listener);
  expect(await examinePort({ host, port }, never)).toEqual({
    kind: 'unusable',
    why: expect.stringContaining(`HTTP_PORT: ${port} is taken by another process`),
  });
});
