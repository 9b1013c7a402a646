import { describe, expect, test } from '@jest/globals';
import { head, path, post, rawClient, start, until } from './client.ts';

const ready = { status: 'ready', store: 'failed', discord: 'connecting', cluster: 'away' } as const;

describe('health, readiness and metrics', () => {
  test('/healthz says whether the process can work', async () => {
    const well = await fetch(`${(await start()).url}/healthz`);
    expect([well.status, await well.json()]).toEqual([200, { status: 'ok' }]);
    const ill = await fetch(`${(await start({ health: () => false })).url}/healthz`);
    expect([ill.status, await ill.json()]).toEqual([503, { status: 'failed' }]);
  });

  test('/readyz is 200 with a broken store, without Discord and without a cluster, and says so', async () => {
    const answer = await fetch(`${(await start({ ready: () => ready })).url}/readyz`);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect([answer.status, await answer.json()]).toEqual([200, ready]);
  });

  test.each(['starting', 'stopping'] as const)('/readyz is 503 while %s', async (status) => {
    const answer = await fetch(`${(await start({ ready: () => ({ ...ready, status }) })).url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([503, { ...ready, status }]);
  });

  test('/metrics is Prometheus text', async () => {
    const answer = await fetch(`${(await start()).url}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toBe('homelab_bot_info 1\n');
  });

  test('metrics that fail are a 500 and a line of log, and nothing else breaks', async () => {
    const http = await start({ metrics: () => Promise.reject(new Error('my-secret')) });
    const answer = await fetch(`${http.url}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([500, '{"error":"this failed; the log says why"}\n']);
    expect((await post(http)).status).toBe(202);
  });

  test.each(['/healthz', '/readyz', '/metrics'])('HEAD %s answers without a body', async (route) => {
    const answer = await fetch(`${(await start()).url}${route}`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test('no answer tells what it was made with', async () => {
    const answer = await fetch(`${(await start()).url}/healthz`);
    expect([answer.headers.get('x-powered-by'), answer.headers.get('server'), answer.headers.get('etag')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('other requests', () => {
  test.each([
    '/',
    '/webhooks',
    '/webhooks/image',
    '/metrics/',
    '/Healthz',
    '/%zz',
    '/..%2f..%2fetc/passwd',
    `/${'x'.repeat(60)}/${'y/'.repeat(60)}`,
  ])('%s is 404', async (route) => {
    const answer = await fetch(`${(await start()).url}${route}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: expect.any(String) });
  });

  test.each([
    ['GET', path, 'POST'],
    ['PUT', path, 'POST'],
    ['OPTIONS', path, 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/metrics', 'GET, HEAD'],
  ])('%s %s is 405 and says what is allowed', async (method, route, allowed) => {
    const answer = await fetch(`${(await start()).url}${route}`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['two lengths', head('Content-Length: 5', 'Content-Length: 6'), 400],
    ['a length and chunks', head('Content-Length: 5', 'Transfer-Encoding: chunked'), 400],
    ['a negative length', head('Content-Length: -1'), 400],
    ['20 kB of headers', head(`X-Long: ${'x'.repeat(20_000)}`), 431],
  ])('%s is refused and the next client is served', async (_what, bytes, status) => {
    const http = await start();
    const client = rawClient(http);
    client.write(bytes);
    expect(await client.closed()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await post(http)).status).toBe(202);
  });

  test('connections beyond the limit are closed, and there is room again when others go', async () => {
    const http = await start({ limits: { connections: 2 } });
    const open = [rawClient(http), rawClient(http)];
    for (const client of open) client.write('GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n');
    await Promise.all(open.map((client) => client.sees('200 OK')));
    expect(await rawClient(http).closed()).toBe('');
    for (const client of open) client.socket.destroy();
    await served(http.url);
  });
});

/** Until the server has noticed that the others went. */
async function served(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(`${url}/healthz`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
  }
}

describe('stopping', () => {
  test('its 503 is no warning: every stop has some, and Alertmanager tries again', async () => {
    const http = await start();
    http.stopTaking();
    expect((await post(http)).status).toBe(503);
    expect(http.log.filter(({ msg }) => msg === 'A webhook came while none is taken')).toMatchObject([{ status: 503 }]);
    expect(http.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  test('takes no more webhooks, finishes what is in flight, and is done', async () => {
    let stored = () => {};
    const http = await start({
      accept: () =>
        new Promise((resolve) => {
          stored = resolve.bind(undefined, null);
        }),
    });
    const inFlight = rawClient(http);
    inFlight.write(`${head('Content-Length: 15')}{"version":"4"}`);
    await until(() => stored.name !== 'stored');
    http.stopTaking();
    expect(await post(http)).toMatchObject({ status: 503, text: '{"error":"starting or stopping"}\n' });
    const readyz = await fetch(`${http.url}/readyz`);
    expect([readyz.status, await readyz.json()]).toEqual([503, expect.objectContaining({ status: 'stopping' })]);
    expect((await fetch(`${http.url}/healthz`)).status).toBe(200);
    const closed = http.close();
    stored();
    await closed;
    expect(await inFlight.closed()).toMatch(/^HTTP\/1\.1 202 /);
  });

  test('does not wait for clients that are idle, slow or silent', async () => {
    const http = await start();
    const [idle, slow, silent] = [rawClient(http), rawClient(http), rawClient(http)];
    idle.write('GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n');
    slow.write(head('Content-Length: 1000', 'Expect: 100-continue'));
    await Promise.all([idle.sees('200 OK'), slow.sees('100 Continue')]);
    await http.close(50);
    await Promise.all([idle.closed(), slow.closed(), silent.closed()]);
  });

  test('twice is the same as once', async () => {
    const http = await start();
    await Promise.all([http.close(), http.close()]);
    await http.close();
  });
});

test('a port that is taken is said in a sentence that names HTTP_PORT', async () => {
  const first = await start();
  await expect(start({ port: first.port })).rejects.toMatchObject({
    name: 'Unusable',
    message: `HTTP_PORT: ${first.port} is taken by another process; end it or use another port`,
  });
});
