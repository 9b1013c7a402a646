import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/read-config.ts';
import { configOf, file, problemsOf, required } from './files.ts';

const shop = {
  namespace: 'laravel-apps',
  deployment: 'laravel-multi-tenant',
  container: 'laravel-app',
  image: 'ghcr.io/acme/shop',
  path: 'apps/laravel-multitenant',
};

/** JSON is YAML. */
function yamlOf(apps: Record<string, unknown>): string {
  return JSON.stringify({ apps });
}

function withShop(change: Record<string, unknown>): string {
  return yamlOf({ shop: { ...shop, ...change } });
}

describe('an app', () => {
  test('has the defaults of the contract', () => {
    expect(configOf(yamlOf({ shop })).config.apps).toEqual([
      {
        ...shop,
        name: 'shop',
        source: null,
        deployers: [],
        rolloutTimeoutMs: 300_000,
        autoRollback: true,
      },
    ]);
  });

  test('gives all that the contract shows for this part', () => {
    const { config } = configOf(`
apps:
  shop:
    namespace: laravel-apps
    deployment: laravel-multi-tenant
    container: laravel-app
    image: 127.0.0.1:5000/acme/shop
    path: ./apps/laravel-multitenant/
    source: https://github.com/acme/shop.git
    deployers: ["112233445566778802"]
    rolloutTimeout: 1m30s
    autoRollback: false
`);
    expect(config.apps).toEqual([
      {
        ...shop,
        name: 'shop',
        image: '127.0.0.1:5000/acme/shop',
        source: 'https://github.com/acme/shop',
        deployers: ['112233445566778802'],
        rolloutTimeoutMs: 90_000,
        autoRollback: false,
      },
    ]);
  });

  test('may be one of several, in the order of the file', () => {
    const { config } = configOf(
      yamlOf({ shop, 'blog-2': { ...shop, deployment: 'blog' }, a1: { ...shop, namespace: 'x' } }),
    );
    expect(config.apps.map(({ name }) => name)).toEqual(['shop', 'blog-2', 'a1']);
  });

  test('may be none', () => {
    expect(configOf('apps: {}').config.apps).toEqual([]);
    expect(configOf('').config.apps).toEqual([]);
  });

  test('may have a name that JavaScript knows too', () => {
    expect(configOf(yamlOf({ constructor: shop })).config.apps[0]?.name).toBe('constructor');
  });

  test('that is incomplete is told what is missing, each with an example', () => {
    const result = readConfig({ ...required, CONFIG_FILE: file('apps:\n  shop: {}\n', 'incomplete.yaml') });
    expect(
      !result.ok && result.problems.map(({ where, what, example }) => [where.replace(/.*: /, ''), what, example]),
    ).toEqual([
      ['apps.shop.namespace', 'is missing', 'namespace: "laravel-apps"'],
      ['apps.shop.deployment', 'is missing', 'deployment: "laravel-multi-tenant"'],
      ['apps.shop.container', 'is missing', 'container: "laravel-app"'],
      ['apps.shop.image', 'is missing', 'image: "ghcr.io/acme/shop"'],
      ['apps.shop.path', 'is missing', 'path: "apps/laravel-multitenant"'],
    ]);
  });

  test.each(['Shop', 'my shop', 'shop.de', 'shop_1', '-shop', 'shop-', '', 'a'.repeat(64), 'läden'])(
    'is not called %j',
    (name) => {
      expect(problemsOf(yamlOf({ [name]: shop }))).toEqual([
        expect.stringMatching(
          /is no name of an app, which is lower-case letters, digits and dashes, at most 63, no dash at either end$/,
        ),
      ]);
    },
  );

  test.each([
    ['namespace', 'Laravel', 'must be lower-case letters, digits and dashes, at most 63, no dash at either end'],
    ['namespace', 'a.b', 'must be lower-case letters, digits and dashes'],
    ['namespace', 5, 'must be text'],
    ['deployment', 'a_b', 'must be the name of a Deployment: lower-case letters, digits, dashes and dots'],
    ['deployment', 'a..b', 'must be the name of a Deployment'],
    ['deployment', 'a'.repeat(254), 'must not be longer than 253 characters'],
    ['container', 'App', 'must be lower-case letters'],
    ['container', 'a.b', 'must be lower-case letters'],
    ['image', 'ghcr.io/acme/shop:3f2c1a9', 'must be without a tag (:…): a deploy says which'],
    ['image', 'ghcr.io/acme/shop@sha256:abc', 'must be without a digest (@sha256:…)'],
    ['image', 'https://ghcr.io/acme/shop', 'must be the name of an image, without https://'],
    ['image', 'ghcr.io/Acme/shop', 'must be in lower case'],
    ['image', 'ghcr.io/acme/ shop', 'must be the name of an image, such as ghcr.io/acme/shop'],
    ['path', '/apps/shop', 'must be relative to the root of the manifest repository: no / before it'],
    ['path', '../shop', 'must be without ..: it names a folder of the manifest repository'],
    ['path', 'apps/../../shop', 'must be without ..'],
    ['path', '', 'must be a folder of the manifest repository'],
    ['path', 'apps//shop', 'must be a folder of the manifest repository'],
    ['path', 'apps\\shop', 'must be a folder of the manifest repository'],
    ['path', '.git/hooks', 'must be a folder of the manifest repository'],
    ['path', 'apps/\u0000', 'must be a folder of the manifest repository'],
    ['path', 'a'.repeat(501), 'must not be longer than 500 characters'],
    ['source', 'github.com/acme/shop', 'must be a URL that begins with https:// or http://'],
    ['source', 'git@github.com:acme/shop.git', 'must be a URL that begins with https:// or http://'],
    ['source', 'javascript:alert(1)', 'must be a URL that begins with https:// or http://'],
    ['source', 'https://ops:pw@github.com/acme/shop', 'must not hold a user name or password'],
    ['source', 'https://github.com/acme/shop?x', 'must end with its path: no ? and no #'],
    ['deployers', '112233445566778802', 'must be a list'],
    ['deployers', ['everyone'], 'must be a Discord id'],
    ['rolloutTimeout', '5 minutes', 'must be a duration such as 30d, 15m or 1h30m'],
    ['rolloutTimeout', '0s', 'must be a duration from 1s to 24h'],
    ['rolloutTimeout', '2d', 'must be a duration from 1s to 24h'],
    ['rolloutTimeout', 300, 'must be text'],
    ['autoRollback', 'yes', 'must be true or false'],
  ])('whose %s is %j is told what it must be', (key, value, what) => {
    expect(problemsOf(withShop({ [key]: value }))).toEqual([
      expect.stringMatching(new RegExp(`^:1: apps\\.shop\\.${key}(\\[0\\])? ${escaped(what)}`)),
    ]);
  });

  test.each(['.', './'])('may be the root of the repository (%s)', (path) => {
    expect(configOf(withShop({ path })).config.apps[0]?.path).toBe('.');
  });

  test.each([
    ['confirm', 'is an unknown key; known here: namespace, deployment, container, '],
    ['deploy', 'is an unknown key; known here: '],
    ['contaner', 'is an unknown key; did you mean container?'],
  ])('does not know %s', (key, what) => {
    expect(problemsOf(withShop({ [key]: 'auto' }))).toEqual([expect.stringContaining(what)]);
  });

  test('shares its Deployment with no other, which is told beside everything else', () => {
    expect(problemsOf(yamlOf({ shop, other: { ...shop, image: 'X' }, third: { ...shop, namespace: 'else' } }))).toEqual(
      [
        expect.stringContaining('apps.other.image must be in lower case'),
        ':1: apps.other.deployment is the Deployment of apps.shop already (laravel-apps/laravel-multi-tenant): an app each',
      ],
    );
  });

  test.each(['apps: 5', 'apps: []', 'apps: { shop: 5 }', 'apps: { shop: [] }'])('is a map (%s)', (yaml) => {
    expect(problemsOf(yaml)).toEqual([expect.stringContaining('must be a map of keys and values')]);
  });
});

describe('warnings', () => {
  function warningsOf(apps: Record<string, unknown>, env: Record<string, string> = {}): string[] {
    const result = readConfig({ ...required, ...env, CONFIG_FILE: file(yamlOf(apps)) });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.warnings.map(({ where, what }) => `${where} ${what}`).filter((line) => !line.startsWith('access'));
  }

  test('tell that apps cannot be deployed without a repository', () => {
    const said = ['MANIFEST_REPO_URL is not set: apps are listed, but none of them can be deployed'];
    expect(warningsOf({ shop })).toEqual(said);
    expect(warningsOf({ shop }, { MANIFEST_REPO_URL: './repository' })).toEqual([]);
    expect(warningsOf({})).toEqual([]);
  });

  test('tell of two apps whose tag is the same line', () => {
    const apps = { shop, worker: { ...shop, deployment: 'worker' }, other: { ...shop, deployment: 'x', path: 'y' } };
    expect(warningsOf(apps, { MANIFEST_REPO_URL: './repository' })).toEqual([
      'apps.worker has path and image of apps.shop: a deploy of one is a deploy of both',
    ]);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
