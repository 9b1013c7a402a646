import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { head, post, rawClient } from './client.ts';

const mebibyte = 1024 * 1024;
const servers: ChildProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const gone = once(server, 'exit');
    server.disconnect();
    await gone;
  }
});

/** About 3 MiB of alerts as kube-prometheus-stack sends them. */
function bigNotification(): Buffer {
  const file = new URL('../../fixtures/alertmanager/all-67-firing.json', import.meta.url);
  const body = JSON.parse(readFileSync(file, 'utf8'));
  const copies = Math.floor((3 * mebibyte) / JSON.stringify(body).length);
  return Buffer.from(JSON.stringify({ ...body, alerts: Array.from({ length: copies }, () => body.alerts).flat() }));
}

async function startProcess() {
  // Not jest's own flags, but the bot's.
  const server = fork(fileURLToPath(new URL('./memory-server.ts', import.meta.url)), {
    execArgv: ['--heap-growing-percent=30', '--max-semi-space-size=4', '--no-lazy-feedback-allocation'],
  });
  servers.push(server);
  const [{ port }] = await once(server, 'message');
  return { server, port: Number(port), url: `http://127.0.0.1:${port}` };
}

/** Anonymous memory in bytes; where there is no /proc, all of it. */
async function memoryOf(server: ChildProcess): Promise<number> {
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }
  const answer = once(server, 'message');
  server.send('memory');
  const [{ memory }] = await answer;
  return Number(memory);
}

test('200 notifications of 3 MiB at once cost less than 100 MB, each is answered with 202 or 503, and one after them with 202', async () => {
  const http = await startProcess();
  await post(http);
  const idle = await memoryOf(http.server);
  const body = bigNotification();

  let most = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      most = Math.max(most, await memoryOf(http.server));
      await delay(10);
    }
  })();
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const client = rawClient(http);
      client.write(head(`Content-Length: ${body.length}`));
      client.write(body);
      return /^HTTP\/1\.1 (\d+)/.exec(await client.sees('\r\n\r\n'))?.[1];
    }),
  );
  over = true;
  await watching;

  expect(statuses.filter((status) => status !== '202' && status !== '503')).toEqual([]);
  expect(statuses).toContain('202');
  expect((most - idle) / 1e6).toBeLessThan(100);
  expect((await post(http, { body })).status).toBe(202);
}, 120_000);
