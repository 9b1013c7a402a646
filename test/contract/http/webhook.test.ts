import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { notificationParser } from '../../../src/alerts/schema.ts';
import type { NotificationParser } from '../../../src/http/json.ts';
import { createRoom } from '../../../src/lib/room.ts';
import { head, post, rawClient, start, until } from './client.ts';
import { token } from './token.ts';

const mebibyte = 1024 * 1024;
/** For clients that never stop sending: what they still send is waited for only this long. */
const quick = { lingerMs: 50 };
/** A notification of exactly this many bytes. */
const bodyOf = (bytes: number) => `{"version":"4","x":"${'x'.repeat(bytes - 22)}"}`;

describe('a notification', () => {
  test('is answered with 202 once it is stored, and not before', async () => {
    let stored = () => {};
    const http = await start({
      accept: () =>
        new Promise((resolve) => {
          stored = resolve.bind(undefined, null);
        }),
    });
    let answered = false;
    const posted = post(http).finally(() => {
      answered = true;
    });
    await until(() => stored.name !== 'stored');
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    stored();
    expect(await posted).toMatchObject({ status: 202, text: '' });
    expect(http.statuses).toEqual([202]);
  });

  const samples = new URL('../../fixtures/alertmanager/', import.meta.url);
  test.each(readdirSync(samples).filter((name) => name.endsWith('.json')))(
    'as captured in %s is taken',
    async (name) => {
      const accepted: unknown[] = [];
      const http = await start({
        parser: notificationParser,
        accept: async (notification) => {
          accepted.push(notification);
          return null;
        },
      });
      expect(await post(http, { body: readFileSync(new URL(name, samples)) })).toMatchObject({ status: 202 });
      expect(accepted).toHaveLength(1);
    },
  );

  test('of exactly 4 MiB is taken, with and without its length announced', async () => {
    const http = await start();
    const body = bodyOf(4 * mebibyte);
    expect((await post(http, { body })).status).toBe(202);
    const client = rawClient(http);
    client.write(`${head('Transfer-Encoding: chunked')}${(4 * mebibyte).toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    await client.sees('HTTP/1.1 202');
    expect(http.accepted).toHaveLength(2);
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/vnd.x+json',
  ])('of type %s is taken', async (type) => {
    expect((await post(await start(), { headers: { 'content-type': type } })).status).toBe(202);
  });

  test.each(['bearer', 'BEARER', 'Bearer '])('may spell the scheme %j', async (scheme) => {
    expect((await post(await start(), { headers: { authorization: `${scheme} ${token}` } })).status).toBe(202);
  });

  test('with bytes that are no UTF-8, or with a byte order mark, is not lost', async () => {
    const http = await start();
    const body = Buffer.concat([
      Buffer.from('\uFEFF{"version":"4","x":"a'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('b"}'),
    ]);
    expect((await post(http, { body })).status).toBe(202);
    expect(http.accepted).toEqual([{ version: '4', x: 'a\uFFFD\uFFFDb' }]);
  });

  test('with names of JavaScript arrives as it is', async () => {
    const http = await start();
    await post(http, { body: '{"version":"4","__proto__":{"polluted":true},"constructor":1}' });
    expect(Object.keys(http.accepted[0] ?? {})).toEqual(['version', '__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('may follow others on the same connection, also before those are answered', async () => {
    const http = await start();
    const client = rawClient(http);
    const one = (n: number) => `${head('Content-Length: 21')}{"version":"4","n":${n}}`;
    client.write(one(1) + one(2) + one(3));
    await until(() => client.seen().split('HTTP/1.1 202').length === 4);
    expect(http.accepted).toEqual([1, 2, 3].map((n) => ({ version: '4', n })));
  });

  test('that waits for 100 Continue is asked for, once its token is right', async () => {
    const http = await start();
    const client = rawClient(http);
    client.write(head('Content-Length: 15', 'Expect: 100-continue'));
    await client.sees('HTTP/1.1 100 Continue');
    client.write('{"version":"4"}');
    await client.sees('HTTP/1.1 202');
  });
});

describe('401', () => {
  test.each([
    ['without a token', undefined],
    ['with a wrong token', 'Bearer wrong'],
    ['with a token that begins like the right one', `Bearer ${token.slice(0, -1)}`],
    ['with a token that goes on after the right one', `Bearer ${token}x`],
    ['with an empty token', 'Bearer '],
    ['with the token alone', token],
    ['with another scheme', `Basic ${token}`],
    ['with 10 kB of token', `Bearer ${'x'.repeat(10_000)}`],
    ['with a token of other bytes', 'Bearer t\u00f6ken'],
  ])('%s', async (_what, authorization) => {
    const http = await start();
    const answer = await post(http, { headers: { authorization } });
    expect(answer).toMatchObject({ status: 401, text: '{"error":"the bearer token is missing or wrong"}\n' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="homelab-bot"');
    expect(http.accepted).toEqual([]);
  });

  test('comes before the body, whatever else is wrong, and ends the connection', async () => {
    const http = await start({ limits: quick });
    const client = rawClient(http);
    client.write(
      `POST /webhooks/alertmanager HTTP/1.1\r\nHost: bot\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n`,
    );
    const seen = await client.closed();
    expect(seen).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(seen.toLowerCase()).toContain('\r\nconnection: close\r\n');
  });

  test('can be read by a client that sends its whole body first', async () => {
    const http = await start();
    const answer = await post(http, { headers: { authorization: 'Bearer wrong' }, body: bodyOf(3 * mebibyte) });
    expect(answer.status).toBe(401);
  });
});

describe('400, with the reason', () => {
  test.each([
    ['an empty body', '', 'the body is empty'],
    ['no JSON', 'hello', /^the body is not valid JSON/],
    ['half of a body', '{"version":"4"', /^the body is not valid JSON/],
    ['two bodies', '{"version":"4"}{"version":"4"}', /^the body is not valid JSON \(at character 15\)/],
    ['something else', '{"version":"5"}', 'version: must be "4"'],
    ['a list', '[]', 'version: must be "4"'],
    ['nothing', 'null', 'version: must be "4"'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'the body nests deeper than 32 levels'],
    ['4 MiB of brackets', '['.repeat(4 * mebibyte), 'the body nests deeper than 32 levels'],
    ['a million objects', `[${'{},'.repeat(1_000_000)}{}]`, 'the body holds more than 400000 values'],
    ['4 MiB of objects in objects', '{"a":'.repeat(800_000), 'the body nests deeper than 32 levels'],
  ])('for %s', async (_what, body, reason) => {
    const http = await start();
    const answer = await post(http, { body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).error).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
    expect(http.accepted).toEqual([]);
  });

  test('that never repeats what was sent', async () => {
    const answer = await post(await start(), { body: 'password=hunter2' });
    expect(answer.text).not.toContain('hunter2');
  });

  test('brackets in text, however escaped, are no levels', async () => {
    const body = JSON.stringify({ version: '4', x: `${'[{'.repeat(100)}\\"${'['.repeat(100)}\\`, y: '\\\\' });
    expect((await post(await start(), { body })).status).toBe(202);
  });

  test('32 levels are taken', async () => {
    const body = `{"version":"4","x":${'['.repeat(31)}${']'.repeat(31)}}`;
    expect((await post(await start(), { body })).status).toBe(202);
  });
});

describe('413', () => {
  test('for an announced length over 4 MiB, at once', async () => {
    const http = await start({ limits: quick });
    const client = rawClient(http);
    client.write(head(`Content-Length: ${4 * mebibyte + 1}`));
    expect(await client.sees('{"error":"the body is larger than 4 MiB"}')).toMatch(/^HTTP\/1\.1 413 /);
    await client.closed();
  });

  test('for a body that goes on beyond 4 MiB without saying so, and the connection is closed', async () => {
    const http = await start({ limits: quick });
    const client = rawClient(http);
    client.write(head('Transfer-Encoding: chunked'));
    const chunk = `${mebibyte.toString(16)}\r\n${'x'.repeat(mebibyte)}\r\n`;
    for (let i = 0; i < 5; i += 1) client.write(chunk);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 413 /);
    expect(http.statuses).toEqual([413]);
  });
});

describe('415', () => {
  test.each([
    ['no content type', { 'content-type': undefined }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text', { 'content-type': 'text/plain' }],
    ['JSON in another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['a type that only begins so', { 'content-type': 'application/jsonp' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
  ])('for %s', async (_what, headers) => {
    // fetch sets a content type of its own for text, none for bytes.
    expect((await post(await start(), { headers, body: Buffer.from('{"version":"4"}') })).status).toBe(415);
  });
});

describe('408', () => {
  test('for headers that never end', async () => {
    const http = await start({ limits: { headersMs: 50 } });
    const client = rawClient(http);
    client.write('POST /webhooks/alertmanager HTTP/1.1\r\nHost: bot\r\nX-Slow: ');
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('for a connection on which nothing is ever said', async () => {
    const http = await start({ limits: { headersMs: 50 } });
    await rawClient(http).closed();
  });

  test.each([['Content-Length: 1000'], ['Transfer-Encoding: chunked']])(
    'for a body that never ends (%s)',
    async (length) => {
      const http = await start({ limits: { bodyMs: 50, lingerMs: 50 } });
      const client = rawClient(http);
      client.write(`${head(length)}1\r\n{\r\n`);
      expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 /);
      expect(http.statuses).toEqual([408]);
      // What was kept for it is free again.
      expect((await post(http)).status).toBe(202);
    },
  );
});

describe('503', () => {
  test('when it could not be stored, with a word on when to try again and no ERROR in the log', async () => {
    const http = await start({ accept: () => Promise.reject(new Error('disk full')) });
    const answer = await post(http);
    expect(answer).toMatchObject({ status: 503, text: '{"error":"the notification could not be stored"}\n' });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(http.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect(http.log.map(({ msg }) => msg)).toContain(
      'A notification could not be stored; Alertmanager is asked to send it again',
    );
  });

  test('when storing throws at once, or takes too long', async () => {
    const throwing = await start({
      accept: () => {
        throw new Error('no');
      },
    });
    expect((await post(throwing)).status).toBe(503);
    const hanging = await start({ accept: () => new Promise(() => {}), limits: { storeMs: 20 } });
    expect((await post(hanging)).status).toBe(503);
  });

  test.each(['starting', 'stopping'] as const)('while %s', async (status) => {
    const http = await start({ ready: () => ({ status, store: 'open', discord: 'connecting', cluster: 'none' }) });
    expect((await post(http)).status).toBe(503);
    expect(http.accepted).toEqual([]);
  });

  const small = { inFlightBytes: 4000, roomMs: 100, bodyMs: 60_000 };

  test('when too many bodies are in flight for too long', async () => {
    const http = await start({ limits: small });
    const slow = [rawClient(http), rawClient(http)];
    for (const client of slow) client.write(`${head('Content-Length: 2000', 'Expect: 100-continue')}`);
    await Promise.all(slow.map((client) => client.sees('100 Continue')));
    const answer = await post(http, { body: bodyOf(2000) });
    expect(answer).toMatchObject({ status: 503, text: '{"error":"too many bodies are in flight"}\n' });
    expect(answer.headers.get('retry-after')).toBe('1');
    for (const client of slow) client.write(bodyOf(2000));
    await Promise.all(slow.map((client) => client.sees('HTTP/1.1 202')));
    expect((await post(http, { body: bodyOf(4000) })).status).toBe(202);
  });

  test('is spared to whoever gets room in time', async () => {
    const http = await start({ limits: { ...small, roomMs: 60_000 } });
    const slow = rawClient(http);
    slow.write(head('Content-Length: 4000', 'Expect: 100-continue'));
    await slow.sees('100 Continue');
    const waiting = [post(http), post(http, { body: bodyOf(3000) })];
    slow.write(bodyOf(4000));
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([202, 202]);
  });

  test('also holds back bodies that do not say how long they are', async () => {
    const http = await start({ limits: { ...small, ...quick, inFlightBytes: 100_000 } });
    const slow = rawClient(http);
    slow.write(head('Content-Length: 30000', 'Expect: 100-continue'));
    await slow.sees('100 Continue');
    const client = rawClient(http);
    client.write(`${head('Transfer-Encoding: chunked')}${(90_000).toString(16)}\r\n${'x'.repeat(90_000)}`);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 503 /);
  });
});

describe('a client that goes away', () => {
  test.each(['Content-Length: 4000', 'Transfer-Encoding: chunked'])(
    'in the middle of its body leaves nothing behind (%s)',
    async (length) => {
      const http = await start({ limits: { inFlightBytes: 64 * 1024, roomMs: 60_000, bodyMs: 60_000 } });
      for (let i = 0; i < 20; i += 1) {
        const client = rawClient(http);
        client.write(`${head(length, 'Expect: 100-continue')}`);
        await client.sees('100 Continue');
        client.write('5\r\n{"ver\r\n');
        client.socket.resetAndDestroy();
      }
      await until(() => http.statuses.length === 20);
      expect(new Set(http.statuses)).toEqual(new Set([499]));
      expect((await post(http, { body: bodyOf(64 * 1024) })).status).toBe(202);
      expect(http.accepted).toHaveLength(1);
    },
  );

  test('while its notification is stored loses nothing', async () => {
    let stored = () => {};
    const http = await start({
      accept: () =>
        new Promise((resolve) => {
          stored = resolve.bind(undefined, null);
        }),
    });
    const client = rawClient(http);
    client.write(`${head('Content-Length: 15')}{"version":"4"}`);
    await until(() => stored.name !== 'stored');
    client.socket.resetAndDestroy();
    stored();
    await until(() => http.statuses.length === 1);
    expect(http.statuses).toEqual([202]);
  });
});

test('a flood of refusals is a few lines of log', async () => {
  const http = await start();
  for (let i = 0; i < 50; i += 1) await post(http, { headers: { authorization: 'Bearer wrong' } });
  expect(http.log.filter(({ msg }) => msg === 'A webhook was refused')).toHaveLength(1);
  expect(JSON.stringify(http.log)).not.toContain('Bearer wrong');
});

test('a body on which the parser stumbles leaves room for the next one', async () => {
  const room = createRoom(1000);
  const stumbles: NotificationParser<unknown> = {
    list: 'alerts',
    whole() {
      throw new TypeError('a defect');
    },
    begin() {
      throw new TypeError('a defect');
    },
  };
  const http = await start({ parser: stumbles, workroom: room });
  expect((await post(http)).status).toBe(500);
  expect(room.taken()).toBe(0);
});
