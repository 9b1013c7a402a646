// The sandbox's registry answers as GHCR and github.com/distribution/distribution do; a real one is not among the servers that tests can start.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Registry, type RegistryOptions, startRegistry } from '../../../sandbox/registry/registry.ts';
import { shopShas } from '../../../sandbox/registry/seed.ts';
import { supportedRoutes } from '../../../sandbox/registry/supported.ts';

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';

let registry: Registry;
let now: Date;

beforeEach(async () => {
  now = new Date('2030-05-05T12:00:00Z');
  registry = await startRegistry({ now: () => now });
});

afterEach(async () => {
  await registry.stop();
});

async function restart(options: RegistryOptions): Promise<void> {
  await registry.stop();
  registry = await startRegistry(options);
}

function basic(token: string): string {
  return `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}`;
}

async function bearer(scope = 'repository:acme/shop:pull', authorization = basic(registry.token)): Promise<string> {
  const response = await fetch(`${registry.url}/token?${new URLSearchParams({ service: registry.host, scope })}`, {
    headers: { authorization, connection: 'close' },
  });
  return `Bearer ${((await response.json()) as { token: string }).token}`;
}

async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  // A connection each: `reset` cuts those that are kept open.
  const response = await fetch(`${registry.url}${path}`, { method, headers: { ...headers, connection: 'close' } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, codes: codesOf(text) };
}

async function pull(path: string, accept = '', method = 'GET') {
  return get(path, { authorization: await bearer(), accept }, method);
}

function codesOf(text: string): string[] {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: { code: string; message: string }[] };
    return errors.map(({ code, message }) => `${code}: ${message}`);
  } catch {
    return [];
  }
}

describe('who may pull', () => {
  test('without a token it is 401, with where to get one', async () => {
    for (const [path, scope] of [
      ['/v2/', 'user/image'],
      ['/v2/acme/shop/tags/list', 'acme/shop'],
      ['/v2/not/there/manifests/x', 'not/there'],
    ]) {
      const answer = await get(path ?? '');
      expect(answer.status).toBe(401);
      expect(answer.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="${registry.url}/token",service="${registry.host}",scope="repository:${scope}:pull"`,
      );
      expect(answer.codes).toEqual(['UNAUTHORIZED: authentication required']);
    }
  });

  test('whoever knows the password gets a token for what was asked, with any user name', async () => {
    const response = await get('/token?scope=repository:acme/shop:pull', { authorization: basic(registry.token) });
    expect(JSON.parse(response.text)).toEqual({
      token: expect.any(String),
      expires_in: 300,
      issued_at: '2030-05-05T12:00:00.000Z',
    });
    expect((await get('/v2/', { authorization: await bearer() })).status).toBe(200);
  });

  test('a wrong password is denied', async () => {
    const answer = await get('/token?scope=repository:acme/shop:pull', { authorization: basic('wrong') });
    expect([answer.status, answer.codes]).toEqual([403, ['DENIED: denied']]);
  });

  test('the anonymous get a token for what is public, and learn nothing about the rest', async () => {
    await restart({ seed: () => [{ name: 'acme/open', access: 'public', tags: { a: 'oci' } }] });
    registry.push('acme/closed', 'a');
    const statuses = await Promise.all(
      ['acme/open', 'acme/closed', 'acme/nothing'].map(
        async (name) => (await get(`/token?scope=repository:${name}:pull`)).status,
      ),
    );
    expect(statuses).toEqual([200, 401, 401]);
  });

  test('a bearer of another repository, of no one, or from before is denied, without a challenge', async () => {
    const old = await bearer();
    now = new Date(now.getTime() + 301_000);
    for (const authorization of [old, 'Bearer x', await bearer('repository:acme/other:pull')]) {
      const answer = await get('/v2/acme/shop/tags/list', { authorization });
      expect([answer.status, answer.codes]).toEqual([403, ['DENIED: requested access to the resource is denied']]);
      expect(answer.headers.get('www-authenticate')).toBe(null);
    }
  });
});

describe('a manifest', () => {
  test('is found by its tag and by its digest, which is that of its bytes', async () => {
    const byTag = await pull(`/v2/acme/shop/manifests/${shopShas[0]}`, ociManifest);
    const digest = byTag.headers.get('docker-content-digest') ?? '';
    expect(byTag.status).toBe(200);
    expect(byTag.headers.get('content-type')).toBe(ociManifest);
    expect(digest).toBe(`sha256:${createHash('sha256').update(byTag.text).digest('hex')}`);
    const byDigest = await pull(`/v2/acme/shop/manifests/${digest}`, ociManifest);
    expect(byDigest.text).toBe(byTag.text);
  });

  test('to HEAD tells all but its bytes', async () => {
    const head = await pull(`/v2/acme/shop/manifests/${shopShas[0]}`, ociManifest, 'HEAD');
    const whole = await pull(`/v2/acme/shop/manifests/${shopShas[0]}`, ociManifest);
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'docker-content-digest', 'etag'])
      expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
  });

  test('leads to its config and layers', async () => {
    const { text } = await pull(`/v2/acme/shop/manifests/${shopShas[0]}`, ociManifest);
    const { config, layers } = JSON.parse(text) as { config: Blob; layers: Blob[] };
    for (const { digest, size } of [config, ...layers]) {
      const blob = await pull(`/v2/acme/shop/blobs/${digest}`);
      expect([blob.status, Buffer.byteLength(blob.text)]).toEqual([200, size]);
      const head = await pull(`/v2/acme/shop/blobs/${digest}`, '', 'HEAD');
      expect([head.status, head.headers.get('content-length'), head.text]).toEqual([200, String(size), '']);
    }
  });

  test('of two platforms is an index, which leads to both', async () => {
    const index = await pull(`/v2/acme/shop/manifests/${shopShas[3]}`, `${ociManifest}, ${ociIndex};q=0.5`);
    expect(index.headers.get('content-type')).toBe(ociIndex);
    const { manifests } = JSON.parse(index.text) as { manifests: Blob[] };
    expect(manifests).toHaveLength(2);
    for (const { digest } of manifests)
      expect((await pull(`/v2/acme/shop/manifests/${digest}`, ociManifest)).status).toBe(200);
  });

  test.each([
    [shopShas[0], '*/*', 'OCI manifest found, but Accept header does not support OCI manifests'],
    [shopShas[3], ociManifest, 'OCI index found, but Accept header does not support OCI indexes'],
  ])('is denied to exist to who does not name its type', async (tag, accept, message) => {
    const answer = await pull(`/v2/acme/shop/manifests/${tag}`, accept);
    expect([answer.status, answer.codes]).toEqual([404, [`MANIFEST_UNKNOWN: ${message}`]]);
  });

  test("of Docker's type is given to everybody", async () => {
    registry.push('acme/shop', 'docker', 'docker');
    expect((await pull('/v2/acme/shop/manifests/docker')).status).toBe(200);
  });

  test('that the client has is not sent again', async () => {
    const path = `/v2/acme/shop/manifests/${shopShas[0]}`;
    const etag = (await pull(path, ociManifest)).headers.get('etag') ?? '';
    const again = await get(path, { authorization: await bearer(), accept: ociManifest, 'if-none-match': etag });
    expect(again.status).toBe(304);
  });
});

interface Blob {
  readonly digest: string;
  readonly size: number;
}

describe('what is not there', () => {
  test.each([
    ['/v2/acme/shop/manifests/missing-1', 404, 'MANIFEST_UNKNOWN'],
    [`/v2/acme/shop/manifests/sha256:${'0'.repeat(64)}`, 404, 'MANIFEST_UNKNOWN'],
    [`/v2/acme/shop/blobs/sha256:${'0'.repeat(64)}`, 404, 'BLOB_UNKNOWN'],
    ['/v2/acme/shop/blobs/x', 400, 'DIGEST_INVALID'],
    ['/v2/Acme/shop/tags/list', 400, 'NAME_INVALID'],
  ])('%s is %i %s', async (path, status, code) => {
    const answer = await pull(path);
    expect([answer.status, answer.codes]).toEqual([status, [expect.stringContaining(code)]]);
  });

  test('a repository is unknown to who may pull everything', async () => {
    const authorization = await bearer('repository:acme/nothing:pull');
    expect((await get('/v2/acme/nothing/tags/list', { authorization })).codes).toEqual([
      'NAME_UNKNOWN: repository name not known to registry',
    ]);
  });

  test('any other path is no page', async () => {
    expect((await get('/v3/')).text).toBe('404 page not found\n');
  });

  test('nothing is taken by upload', async () => {
    const answer = await get('/v2/acme/shop/manifests/x', { authorization: await bearer() }, 'PUT');
    expect([answer.status, answer.codes]).toEqual([405, ['UNSUPPORTED: The operation is unsupported.']]);
  });
});

describe('the list of tags', () => {
  async function list(query: string) {
    const authorization = await bearer('repository:acme/many:pull');
    const answer = await get(`/v2/acme/many/tags/list${query}`, { authorization });
    return { ...answer, tags: (JSON.parse(answer.text) as { tags?: string[] }).tags };
  }

  beforeEach(async () => {
    const tags = Array.from({ length: 250 }, (_, i) => [`t${String(i).padStart(3, '0')}`, 'oci'] as const);
    await restart({
      seed: () => [{ name: 'acme/many', access: 'public', tags: Object.fromEntries(tags.toReversed()) }],
    });
  });

  test('comes in pages of a hundred, in order, each with a link to the next', async () => {
    const seen: string[] = [];
    let query: string | undefined = '';
    while (query !== undefined) {
      const { tags = [], headers } = await list(query);
      seen.push(...tags);
      query = /^<\/v2\/acme\/many\/tags\/list(\?.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 250 }, (_, i) => `t${String(i).padStart(3, '0')}`));
  });

  test('heeds n and last', async () => {
    expect((await list('?n=2&last=t100')).tags).toEqual(['t101', 't102']);
    expect((await list('?n=2&last=t248')).headers.get('link')).toBe(null);
    expect((await list('?n=0')).tags).toEqual([]);
    expect((await list('?n=1000')).tags).toHaveLength(250);
  });

  test.each(['1001', '-1', 'x'])('refuses n=%s', async (n) => {
    expect((await list(`?n=${n}`)).codes).toEqual(['PAGINATION_NUMBER_INVALID: invalid number of results requested']);
  });
});

describe('what tests do with it', () => {
  test('pushing, taking away, and back to the seed', async () => {
    const digest = registry.push('acme/shop', 'new');
    const answer = await pull('/v2/acme/shop/manifests/new', ociManifest);
    expect(answer.headers.get('docker-content-digest')).toBe(digest);
    registry.untag('acme/shop', 'new');
    expect((await pull('/v2/acme/shop/manifests/new', ociManifest)).status).toBe(404);
    expect(() => registry.untag('acme/shop', 'new')).toThrow('there is no tag new in acme/shop');
    registry.push('acme/shop', 'new');
    registry.faults.next({}, { status: 500 });
    registry.reset();
    expect(registry.requests).toEqual([]);
    expect((await pull('/v2/acme/shop/manifests/new', ociManifest)).status).toBe(404);
  });

  test('faults come once, for the request that they are for', async () => {
    registry.faults.next({ path: '/v2/', method: 'GET' }, { status: 429, headers: { 'retry-after': '7' } });
    registry.faults.next({ path: /^\/token/, times: 2 }, 'drop');
    expect((await get('/v2/')).headers.get('retry-after')).toBe('7');
    expect((await get('/v2/')).status).toBe(401);
    await expect(get('/token')).rejects.toThrow();
    await expect(get('/token')).rejects.toThrow();
    expect((await get('/token')).status).toBe(200);
  });

  test('away and back, on the same port', async () => {
    const { url } = registry;
    await registry.away();
    await expect(get('/v2/')).rejects.toThrow();
    await registry.back();
    expect(registry.url).toBe(url);
    expect((await get('/v2/')).status).toBe(401);
  });

  test('the log tells what was asked, and with which credentials', async () => {
    await get('/v2/?x=1', { authorization: 'Bearer x', 'user-agent': 'somebody' });
    expect(registry.requests).toEqual([
      { at: now, method: 'GET', path: '/v2/?x=1', authorization: 'Bearer x', userAgent: 'somebody', status: 401 },
    ]);
  });

  test('every route that it says it supports is served', async () => {
    const digest = registry.push('acme/shop', 'x');
    const { text } = await pull('/v2/acme/shop/manifests/x', ociManifest);
    const { config } = JSON.parse(text) as { config: Blob };
    for (const { method, path } of supportedRoutes) {
      const real = path
        .replace('<name>', 'acme/shop')
        .replace('<reference>', digest)
        .replace('<digest>', config.digest);
      expect([path, (await pull(real, ociManifest, method)).status]).toEqual([path, path === '/token' ? 403 : 200]);
    }
  });
});
