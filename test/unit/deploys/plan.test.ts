// What a deploy would do, and whether it may.
import { describe, expect, test } from '@jest/globals';
import { type App, tagOfImage } from '../../../src/deploys/app.ts';
import { type Facts, planDeploy } from '../../../src/deploys/plan.ts';

const app: App = {
  name: 'shop',
  namespace: 'laravel-apps',
  deployment: 'laravel-multi-tenant',
  container: 'laravel-app',
  image: 'ghcr.io/acme/shop',
  path: 'apps/laravel-multitenant',
  source: null,
  deployers: [],
  rolloutTimeoutMs: 300_000,
  autoRollback: true,
};
const images = { 'laravel-app': 'ghcr.io/acme/shop:3f2c1a9' };
const facts: Facts = {
  tag: '77aa0b1',
  imageExists: true,
  wanted: '3f2c1a9',
  rendered: { 'laravel-app': 'ghcr.io/acme/shop:77aa0b1' },
  running: images,
};
const again = { ...facts, tag: '3f2c1a9', rendered: images };

describe('a deploy', () => {
  test('goes from the tag in the repository to the one asked for', () => {
    expect(planDeploy(app, facts)).toEqual({ kind: 'go', from: '3f2c1a9', to: '77aa0b1' });
  });

  test('of what the repository says and the cluster runs does nothing and says so', () => {
    expect(planDeploy(app, again)).toEqual({
      kind: 'nothing to do',
      said: 'shop is at 3f2c1a9 already: nothing was done.',
    });
  });

  test('of what the repository says but the cluster does not run tells the difference', () => {
    const running = { 'laravel-app': 'ghcr.io/acme/shop:old' };
    const plan = planDeploy(app, { ...again, running });
    expect(plan.kind === 'nothing to do' && plan.said).toContain('ghcr.io/acme/shop:old');
  });

  test.each([
    ['the registry lacks the image', { imageExists: false }, 'no ghcr.io/acme/shop:77aa0b1'],
    [
      'the manifests hold no such Deployment',
      { rendered: null },
      'hold no Deployment laravel-apps/laravel-multi-tenant',
    ],
    [
      'the container has another name',
      { rendered: { web: 'ghcr.io/acme/shop:1' } },
      'no container laravel-app; it has web',
    ],
    ['the container runs another image', { rendered: { 'laravel-app': 'nginx:1' } }, 'another image'],
    ['a digest would win over the tag', { rendered: { 'laravel-app': 'ghcr.io/acme/shop@sha256:aa' } }, 'would run'],
    ['a patch would win over the tag', { rendered: { 'laravel-app': 'ghcr.io/acme/shop:latest' } }, 'would run'],
    ['the image only begins alike', { rendered: { 'laravel-app': 'ghcr.io/acme/shop-admin:1' } }, 'another image'],
    ['the cluster has no such Deployment', { running: null }, 'The cluster has no Deployment'],
    ['the container is named like a property of every object', { rendered: {} }, 'no container'],
  ])('is refused where %s', (_name, change, said) => {
    const plan = planDeploy(app, { ...facts, ...change });
    expect(plan.kind).toBe('refused');
    expect(plan.kind === 'refused' && plan.said).toContain(said);
  });
});

test.each([
  ['ghcr.io/acme/shop:3f2c1a9', '3f2c1a9'],
  ['127.0.0.1:5000/acme/shop:3f2c1a9', '3f2c1a9'],
  ['127.0.0.1:5000/acme/shop', null],
  ['acme/shop:v1@sha256:aa', 'v1'],
  ['acme/shop@sha256:aa', null],
])('the tag of %s is %s', (reference, tag) => {
  expect(tagOfImage(reference)).toBe(tag);
});
