import { describe, expect, test } from '@jest/globals';
import { judgeRealm } from '../../../src/registry/realm.ts';

function kindOf(registry: string, realm: string): string {
  return judgeRealm(new URL(registry), realm).kind;
}

describe('the token server that a registry names', () => {
  test.each([
    ['GHCR', 'https://ghcr.io', 'https://ghcr.io/token'],
    ['Docker Hub', 'https://registry-1.docker.io', 'https://auth.docker.io/token'],
    ['GitLab.com', 'https://registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
    ['Quay', 'https://quay.io', 'https://quay.io/v2/auth'],
    ['GitLab on a port of its own', 'https://gitlab.example.com:5050', 'https://gitlab.example.com/jwt/auth'],
    ['GitLab beside its registry', 'https://registry.example.com', 'https://gitlab.example.com/jwt/auth'],
    ['GitLab above its registry', 'https://registry.gitlab.example.com', 'https://gitlab.example.com/jwt/auth'],
    ['a registry on this machine', 'http://127.0.0.1:5000', 'http://127.0.0.1:5000/token'],
  ])('of %s is its own', (_whose, registry, realm) => {
    expect(kindOf(registry, realm)).toBe('own');
  });

  test.each([
    ['lscr.io leads to GHCR', 'https://lscr.io', 'https://ghcr.io/token'],
    ['a neighbour under a shared domain', 'https://a.github.io', 'https://b.github.io/token'],
    ['the domain above', 'https://shop.example.com', 'https://example.com/token'],
    ['a top-level domain above', 'https://registry.io', 'https://gitlab.io/token'],
    ['a name that begins alike', 'https://ghcr.io', 'https://ghcr.io.evil.example/token'],
    ['a name that ends alike', 'https://docker.io', 'https://evildocker.io/token'],
    ['a host below', 'https://ghcr.io', 'https://evil.ghcr.io/token'],
    ['another port of this machine', 'http://127.0.0.1:5000', 'http://127.0.0.1:5001/token'],
    ['another name of this machine', 'http://127.0.0.1:5000', 'http://localhost:5000/token'],
    ['somebody else, from this machine', 'http://127.0.0.1:5000', 'https://ghcr.io/token'],
  ])('is foreign, and gets no credentials: %s', (_what, registry, realm) => {
    expect(kindOf(registry, realm)).toBe('foreign');
  });

  test.each([
    ['http', 'https://ghcr.io', 'http://ghcr.io/token'],
    ['http on its other port', 'https://gitlab.example.com:5050', 'http://gitlab.example.com/jwt/auth'],
    ['this machine', 'https://ghcr.io', 'https://localhost/token'],
    ['this machine over http', 'https://ghcr.io', 'http://127.0.0.1:8080/token'],
    ['an address', 'https://ghcr.io', 'https://169.254.169.254/latest/meta-data'],
    ['an address in other digits', 'https://ghcr.io', 'https://0xa9fea9fe/latest'],
    ['an IPv6 address', 'https://ghcr.io', 'https://[fe80::1]/token'],
    ['a name of the cluster', 'https://ghcr.io', 'https://kubernetes/api'],
    ['a password', 'https://ghcr.io', 'https://a:b@ghcr.io/token'],
    ['no URL', 'https://ghcr.io', '/token'],
    ['a file', 'https://ghcr.io', 'file:///etc/passwd'],
    ['something endless', 'https://ghcr.io', `https://ghcr.io/${'x'.repeat(3000)}`],
  ])('is not asked at all: %s', (_what, registry, realm) => {
    expect(judgeRealm(new URL(registry), realm)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(/^names .* for its tokens$/),
    });
  });
});
