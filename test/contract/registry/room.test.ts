// The registry room against the sandbox's registry: what is found, what is told, and to whom the token goes.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type Registry as Server, startRegistry } from '../../../sandbox/registry/registry.ts';
import { oddTags, type SeededRepository, shopShas } from '../../../sandbox/registry/seed.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { UserError } from '../../../src/lib/user-error.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import type { Registry } from '../../../src/registry/registry.ts';

const { signal } = new AbortController();
const log = pino({ level: 'silent' });
const servers: Server[] = [];
let server: Server;
let now: Date;

beforeEach(async () => {
  now = new Date('2030-05-05T12:00:00Z');
  server = await start();
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((one) => one.stop()));
});

async function start(seed?: readonly SeededRepository[]): Promise<Server> {
  const made = await startRegistry({ now: () => now, ...(seed !== undefined && { seed: () => seed }) });
  servers.push(made);
  return made;
}

function open(token: string | null = server.token, timeoutMs = 10_000): Registry {
  return openRegistry({ log, now: () => now, timeoutMs, ...(token !== null && { token: new Secret(token) }) });
}

function shop(): string {
  return server.image('acme/shop');
}

/** What a person is told. */
async function told(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error('That was no UserError', { cause: error });
  return error.message;
}

/** `HEAD /v2/…/manifests/x 200 Bearer`, the kind of credentials at the end. */
function asked(of: Server = server): string[] {
  return of.requests.map(({ method, path, status, authorization }) =>
    [method, path.replace(/\?.*/, ''), status, authorization?.split(' ')[0] ?? 'nothing'].join(' '),
  );
}

describe('an image', () => {
  test.each([...shopShas, ...oddTags])('%s is there', async (tag) => {
    expect(await open().has(shop(), tag, signal)).toBe(true);
  });

  test.each(['missing', 'missing-1a2b3c4', 'latest', 'not a tag', '../../token', 'x'.repeat(129)])(
    '%s is not there',
    async (tag) => {
      expect(await open().has(shop(), tag, signal)).toBe(false);
    },
  );

  test("of Docker's own type is there too", async () => {
    server.push('acme/shop', 'docker', 'docker');
    expect(await open().has(shop(), 'docker', signal)).toBe(true);
  });

  test('is found by a registry that does not know HEAD', async () => {
    const registry = open();
    server.faults.next({ method: 'HEAD' }, { status: 405 });
    expect(await registry.has(shop(), shopShas[0], signal)).toBe(true);
  });

  test('of no registry at all is told of by whoever runs the bot', async () => {
    expect(await told(open().has('ghcr.io/acme/shop:x', 'y', signal))).toBe(
      "The app's image must be without a tag (:…): a deploy says which. Whoever runs the bot corrects its configuration.",
    );
  });
});

describe('the tags', () => {
  test('are what the registry lists', async () => {
    expect(await open().tags(shop(), signal)).toEqual([...shopShas, ...oddTags].toSorted());
  });

  test('are read page by page, a thousand at most', async () => {
    const tags = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`t${10_000 + i}`, 'oci' as const]));
    server = await start([{ name: 'acme/many', access: 'public', tags }]);
    server.faults.next({ path: 'n=1000' }, { status: 400 });
    const found = await open(null).tags(server.image('acme/many'), signal);
    expect([found.length, found[0], found.at(-1)]).toEqual([1000, 't10000', 't10999']);
    expect(server.requests.filter(({ path }) => path.includes('last='))).toHaveLength(9);
  });

  test('of a repository without any are none', async () => {
    server.faults.next({ path: '/tags/' }, { status: 200, body: '{"name":"acme/shop","tags":null}' });
    expect(await open(null).tags(shop(), signal)).toEqual([]);
  });

  test('that are none are left out', async () => {
    server.faults.next({ path: '/tags/' }, { status: 200, body: '{"tags":["a","b c",5,null,"-x","a"]}' });
    expect(await open(null).tags(shop(), signal)).toEqual(['a']);
  });

  test('a link that leads elsewhere, or in a circle, is not followed out of the repository, nor for ever', async () => {
    const other = await start();
    const link = `<${other.url}/v2/acme/other/tags/list?n=1&last=a>; rel="next"`;
    server.faults.next({ path: '/tags/', times: 100 }, { status: 200, headers: { link }, body: '{"tags":["a"]}' });
    expect(await open(null).tags(shop(), signal)).toEqual(['a']);
    expect(asked(other)).toEqual([]);
    expect(server.requests).toHaveLength(20);
  });
});

describe('the token', () => {
  test('is exchanged once for a bearer, which serves until it runs out', async () => {
    const registry = open();
    await registry.has(shop(), shopShas[0], signal);
    await registry.tags(shop(), signal);
    expect(asked()).toEqual([
      `HEAD /v2/acme/shop/manifests/${shopShas[0]} 401 nothing`,
      'GET /token 401 nothing',
      'GET /token 200 Basic',
      `HEAD /v2/acme/shop/manifests/${shopShas[0]} 200 Bearer`,
      'GET /v2/acme/shop/tags/list 200 Bearer',
    ]);
    const before = asked().length;
    now = new Date(now.getTime() + 296_000);
    await registry.tags(shop(), signal);
    // Known to be private by now.
    expect(asked().slice(before)).toEqual([
      'GET /v2/acme/shop/tags/list 401 nothing',
      'GET /token 200 Basic',
      'GET /v2/acme/shop/tags/list 200 Bearer',
    ]);
  });

  test('asks for no more than to pull this repository', async () => {
    await open().tags(shop(), signal);
    const query = new URL(server.requests.find(({ path }) => path.startsWith('/token'))?.path ?? '', server.url)
      .searchParams;
    expect(Object.fromEntries(query)).toEqual({ service: server.host, scope: 'repository:acme/shop:pull' });
  });

  test('a bearer that was revoked is replaced', async () => {
    const registry = open();
    await registry.tags(shop(), signal);
    server.revoke();
    expect(await registry.has(shop(), shopShas[0], signal)).toBe(true);
  });

  test('is not shown where the image is public, not even an expired one', async () => {
    server = await start([{ name: 'acme/open', access: 'public', tags: { a: 'oci' } }]);
    expect(await open('expired').has(server.image('acme/open'), 'a', signal)).toBe(true);
    expect(asked().filter((line) => line.endsWith('Basic'))).toEqual([]);
  });

  test('an image that became public is found without it', async () => {
    const seed: SeededRepository[] = [{ name: 'acme/shop', access: 'private', tags: { a: 'oci' } }];
    server = await start(seed);
    const registry = open();
    await registry.has(shop(), 'a', signal);
    seed.splice(0, 1, { name: 'acme/shop', access: 'public', tags: { a: 'oci' } });
    server.reset();
    server.faults.next({ path: '/token' }, { status: 403 });
    expect(await registry.has(shop(), 'a', signal)).toBe(true);
  });

  test('goes as Basic to a registry that asks for that', async () => {
    const ask = { status: 401, headers: { 'www-authenticate': 'Basic realm="Registry"' } };
    server.faults.next({ path: '/tags/' }, ask);
    server.faults.next({ path: '/tags/' }, { status: 200, body: '{"tags":["a"]}' });
    expect(await open('user:word').tags(shop(), signal)).toEqual(['a']);
    expect(server.requests.at(-1)?.authorization).toBe(`Basic ${Buffer.from('user:word').toString('base64')}`);
  });
});

describe('a hostile registry', () => {
  function challenge(realm: string) {
    return { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}",service="x"` } };
  }

  test('that names a foreign token server gets nothing of the token sent there', async () => {
    const thief = await start();
    server.faults.next({ path: '/tags/' }, challenge(`${thief.url}/token`));
    expect(await told(open().tags(shop(), signal))).toBe(
      `The registry (${server.host}) does not let the bot look at ${shop()}, or it is not there. It sends its clients to a token server on a foreign host, which REGISTRY_TOKEN was not sent to.`,
    );
    expect(asked(thief)).toEqual(['GET /token 401 nothing']);
  });

  test.each(['http://ghcr.io/token', 'https://169.254.169.254/token', 'https://kubernetes/token', 'nonsense'])(
    'that names %s is not followed',
    async (realm) => {
      server.faults.next({ path: '/tags/' }, challenge(realm));
      expect(await told(open().tags(shop(), signal))).toMatch(
        /^The registry \(127\.0\.0\.1:\d+\) names .+ for its tokens, which the bot does not follow\. Whoever runs the bot checks it\.$/,
      );
    },
  );

  test('that redirects gets neither token nor bearer carried along', async () => {
    const thief = await start();
    const registry = open();
    await registry.tags(shop(), signal);
    server.faults.next({ path: '/tags/' }, { status: 307, headers: { location: `${thief.url}/stolen` } });
    await told(registry.tags(shop(), signal));
    expect(asked(thief)).toEqual(['GET /stolen 404 nothing']);
  });

  test('that redirects on its own host gets no bearer carried along either', async () => {
    const registry = open();
    await registry.tags(shop(), signal);
    server.faults.next({ path: '/tags/' }, { status: 302, headers: { location: '/elsewhere' } });
    await told(registry.tags(shop(), signal));
    expect(asked().at(-1)).toBe('GET /elsewhere 404 nothing');
  });

  test('that redirects to what is not public is not followed', async () => {
    server.faults.next({ path: '/tags/' }, { status: 302, headers: { location: 'http://169.254.169.254/x' } });
    expect(await told(open().tags(shop(), signal))).toMatch(/redirects to a URL that is not https/);
  });

  test('that redirects for ever is given up', async () => {
    server.faults.next({ path: /./, times: 100 }, { status: 302, headers: { location: '/again' } });
    expect(await told(open().tags(shop(), signal))).toMatch(/redirects without end/);
    expect(server.requests).toHaveLength(4);
  });

  test('whose token server redirects is not followed there', async () => {
    server.faults.next({ path: '/token', times: 2 }, { status: 302, headers: { location: '/v2/elsewhere' } });
    expect(await told(open().tags(shop(), signal))).toMatch(/does not answer as a registry does \(302\)/);
    expect(asked().filter((line) => line.includes('elsewhere'))).toEqual([]);
  });

  test('that never ends its answer is not read to its end', async () => {
    server.faults.next({ path: '/tags/' }, 'endless');
    expect(await told(open().tags(shop(), signal))).toBe(
      `The answer of the registry (${server.host}) is larger than 4096 KiB and was not read to its end.`,
    );
    server.faults.next({ path: '/token' }, 'endless');
    expect(await told(open().tags(shop(), signal))).toMatch(/larger than 256 KiB/);
  });

  test.each([
    ['{"token":"x\\r\\nX-Evil: 1"}'],
    ['{"token":""}'],
    ['{}'],
    ['[]'],
    ['<html>'],
    [`{"token":"${'x'.repeat(40_000)}"}`],
  ])('whose token server answers %.30s is no registry', async (body) => {
    server.faults.next({ path: '/token' }, { status: 200, body });
    expect(await told(open().tags(shop(), signal))).toMatch(/does not answer as a registry does\. Whoever runs/);
  });

  test('that welcomes everybody to its sign-in page has no image', async () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
    server.faults.next({ path: '/v2/', times: 2 }, page);
    const registry = open();
    expect(await told(registry.has(shop(), 'a', signal))).toMatch(/does not answer as a registry does/);
    expect(await told(registry.tags(shop(), signal))).toMatch(/does not answer as a registry does/);
  });
});

describe('what people are told', () => {
  test('when the registry is away', async () => {
    await server.away();
    expect(await told(open().has(shop(), shopShas[0], signal))).toMatch(
      /^The registry cannot be reached \(connection refused at 127\.0\.0\.1:\d+\)\. Try again in a moment;/,
    );
    await server.back();
    expect(await open().has(shop(), shopShas[0], signal)).toBe(true);
  });

  test('when it breaks off, and again', async () => {
    server.faults.next({}, 'drop');
    expect(await open().has(shop(), shopShas[0], signal)).toBe(true);
    server.faults.next({ times: 2 }, 'drop');
    expect(await told(open().has(shop(), shopShas[0], signal))).toMatch(/\(connection closed at/);
  });

  test('when it is silent, and when its token server is', async () => {
    server.faults.next({ path: '/v2/' }, 'hang');
    expect(await told(open(null, 50).tags(shop(), signal))).toBe(
      `The registry (${server.host}) did not answer within 0.05 s. Try again in a moment.`,
    );
    server.faults.next({ path: '/token' }, 'hang');
    expect(await told(open(null, 50).tags(shop(), signal))).toMatch(/did not answer within/);
  });

  test.each([
    ['7', 'in 7 s'],
    ['600', 'in 10 min'],
    ['Wed, 21 Oct 2030 07:28:00 GMT', 'in a few minutes'],
    ['-1', 'in a few minutes'],
  ])('when it asks to slow down (Retry-After: %s)', async (seconds, when) => {
    server.faults.next({}, { status: 429, headers: { 'retry-after': seconds } });
    expect(await told(open().tags(shop(), signal))).toBe(
      `The registry (${server.host}) asks the bot to slow down. Try again ${when}.`,
    );
  });

  test('when it is broken', async () => {
    server.faults.next({}, { status: 503 });
    expect(await told(open().tags(shop(), signal))).toBe(
      `The registry (${server.host}) cannot answer now (503). Try again in a moment.`,
    );
  });

  test('when a private image needs a token', async () => {
    expect(await told(open(null).has(shop(), shopShas[0], signal))).toBe(
      `The registry (${server.host}) does not let the bot look at ${shop()}, or it is not there. Whoever runs the bot sets REGISTRY_TOKEN to a token that may pull it.`,
    );
  });

  test('when the token is not taken', async () => {
    expect(await told(open('wrong-token').has(shop(), shopShas[0], signal))).toMatch(
      /REGISTRY_TOKEN has expired or may not pull it/,
    );
  });

  test('when there is no such repository', async () => {
    const image = server.image('acme/nothing');
    const sentence = `There is no image ${image} in the registry (${server.host}). Whoever runs the bot checks the app's image in the configuration, or pushes it first.`;
    expect(await told(open().has(image, 'a', signal))).toBe(sentence);
    expect(await told(open().tags(image, signal))).toBe(sentence);
  });

  test('never holds the token', async () => {
    const token = 'hunter2-of-the-registry';
    server.faults.next({ path: '/token', times: 2 }, { status: 500, body: token });
    const error = await open(token)
      .has(shop(), shopShas[0], signal)
      .catch((reason: unknown) => reason);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
  });
});

test('whoever gives up is told so, and no longer waited for', async () => {
  server.faults.next({}, 'hang');
  const giving = new AbortController();
  const waiting = open().has(shop(), shopShas[0], giving.signal);
  giving.abort(new Error('Enough'));
  await expect(waiting).rejects.toThrow('Enough');
  await expect(open().tags(shop(), giving.signal)).rejects.toThrow('Enough');
});
