import { describe, expect, test } from '@jest/globals';
import { parseChallenge } from '../../../src/registry/challenge.ts';

describe('a challenge', () => {
  test.each([
    // As GHCR, Docker Hub, GitLab and Quay write it.
    [
      'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:acme/shop:pull"',
      { kind: 'bearer', realm: 'https://ghcr.io/token', service: 'ghcr.io' },
    ],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull,push"',
      { kind: 'bearer', realm: 'https://auth.docker.io/token', service: 'registry.docker.io' },
    ],
    [
      'Bearer realm="https://gitlab.com/jwt/auth",service="container_registry",scope="repository:a/b:pull",error="invalid_token"',
      { kind: 'bearer', realm: 'https://gitlab.com/jwt/auth', service: 'container_registry' },
    ],
    ['bearer REALM = https://a.example/t', { kind: 'bearer', realm: 'https://a.example/t', service: null }],
    ['Bearer realm="https://a.example/\\"x\\""', { kind: 'bearer', realm: 'https://a.example/"x"', service: null }],
    [
      'Bearer realm="https://a.example",realm="https://b.example"',
      { kind: 'bearer', realm: 'https://a.example', service: null },
    ],
    [
      'Basic realm="x", Bearer realm="https://a.example/t"',
      { kind: 'bearer', realm: 'https://a.example/t', service: null },
    ],
    ['Basic realm="Registry Realm"', { kind: 'basic' }],
    ['Basic', { kind: 'basic' }],
    ['Bearer', null],
    ['Bearer service="x"', null],
    ['Negotiate abc==', null],
    ['realm="https://a.example"', null],
    ['', null],
    [null, null],
    [`Bearer realm="${'x'.repeat(5000)}"`, null],
    [`Bearer realm="${'\\'.repeat(4000)}`, null],
  ])('%s', (header, challenge) => {
    expect(parseChallenge(header)).toEqual(challenge);
  });
});
