import { describe, expect, test } from '@jest/globals';
import { isTag, parseImage } from '../../../src/lib/image.ts';

describe('the name of an image', () => {
  test.each([
    ['nginx', 'https', 'registry-1.docker.io', 'library/nginx'],
    ['acme/shop', 'https', 'registry-1.docker.io', 'acme/shop'],
    ['docker.io/nginx', 'https', 'registry-1.docker.io', 'library/nginx'],
    ['index.docker.io/acme/shop', 'https', 'registry-1.docker.io', 'acme/shop'],
    ['ghcr.io/acme/shop', 'https', 'ghcr.io', 'acme/shop'],
    ['GHCR.io/acme/shop', 'https', 'ghcr.io', 'acme/shop'],
    ['quay.io/org/team/app_1.2--x', 'https', 'quay.io', 'org/team/app_1.2--x'],
    ['registry.example.com:5050/shop', 'https', 'registry.example.com:5050', 'shop'],
    ['desktop-1:5000/shop', 'https', 'desktop-1:5000', 'shop'],
    ['localhost/shop', 'http', 'localhost', 'shop'],
    ['localhost:5000/shop', 'http', 'localhost:5000', 'shop'],
    ['127.0.0.1:5000/acme/shop', 'http', '127.0.0.1:5000', 'acme/shop'],
    ['127.0.0.1.example.com/shop', 'https', '127.0.0.1.example.com', 'shop'],
    ['localhost.example.com/shop', 'https', 'localhost.example.com', 'shop'],
  ])('%s is spoken to over %s at %s', (name, scheme, registry, repository) => {
    expect(parseImage(name)).toEqual({ ok: true, image: { name, scheme, registry, repository } });
  });

  test.each([
    ['ghcr.io/acme/shop:3f2c1a9', 'must be without a tag'],
    ['nginx:latest', 'must be without a tag'],
    ['localhost:5000', 'must be without a tag'],
    ['ghcr.io/acme/shop@sha256:0123', 'must be without a digest'],
    ['ghcr.io/acme/shop:x@sha256:0123', 'must be without a digest'],
    ['https://ghcr.io/acme/shop', 'must be the name of an image, without https://'],
    ['ghcr.io/Acme/shop', 'must be in lower case'],
    ['', 'must be the name of an image'],
    ['ghcr.io/', 'must be the name of an image'],
    ['/acme/shop', 'must be the name of an image'],
    ['ghcr.io/acme/../shop', 'must be the name of an image'],
    ['ghcr.io/acme//shop', 'must be the name of an image'],
    ['ghcr.io/acme/shop ', 'must be the name of an image'],
    ['ghcr.io/acme/shop?x', 'must be the name of an image'],
    ['ghcr.io/acme/sh%6fp', 'must be the name of an image'],
    ['-x.io/acme/shop', 'must begin with the host of a registry'],
    ['ghcr.io:0/acme/shop', 'must begin with the host of a registry'],
    ['ghcr.io:99999/acme/shop', 'must begin with the host of a registry'],
    ['a'.repeat(256), 'must not be longer'],
  ])('%j is refused', (name, what) => {
    expect(parseImage(name)).toEqual({ ok: false, what: expect.stringContaining(what) });
  });
});

test.each([
  ['3f2c1a94b7d06e5f8a21c4d9e7b05f6a18c3d2e4', true],
  ['v1.2.3_x-y', true],
  ['a'.repeat(128), true],
  ['a'.repeat(129), false],
  ['', false],
  ['.x', false],
  ['-x', false],
  ['a/b', false],
  ['a:b', false],
  ['a b', false],
  ['a\n', false],
])('%j is a tag: %s', (text, is) => {
  expect(isTag(text)).toBe(is);
});
