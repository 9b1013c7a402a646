import { describe, expect, test } from '@jest/globals';
import { parseImage } from '../../../src/lib/image.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { createCredentials } from '../../../src/registry/credentials.ts';

function imageOf(name: string) {
  const result = parseImage(name);
  if (!result.ok) throw new Error(result.what);
  return result.image;
}

describe('REGISTRY_TOKEN', () => {
  test.each([
    ['ghp_0123456789', 'homelab-bot:ghp_0123456789'],
    ['acme:dckr_pat_0123', 'acme:dckr_pat_0123'],
    ['org+robot:a:b', 'org+robot:a:b'],
    [':x', 'homelab-bot::x'],
  ])('%s is sent as %s', (token, pair) => {
    expect(createCredentials(new Secret(token)).basic()).toBe(`Basic ${Buffer.from(pair).toString('base64')}`);
  });

  test.each([
    ['ghp_0123', ['ghcr.io/a/b', 'containers.acme.ghe.com/a/b', '127.0.0.1:5000/a/b']],
    ['user:github_pat_0123', ['ghcr.io/a/b', 'containers.acme.ghe.com/a/b', '127.0.0.1:5000/a/b']],
    ['acme:dckr_pat_0123', ['nginx', '127.0.0.1:5000/a/b']],
    [
      'glpat-0123',
      ['containers.acme.ghe.com/a/b', 'registry.gitlab.com/a/b', 'registry.example.com/a', '127.0.0.1:5000/a/b'],
    ],
    [
      'no-mark',
      [
        'nginx',
        'ghcr.io/a/b',
        'containers.acme.ghe.com/a/b',
        'quay.io/a/b',
        'registry.gitlab.com/a/b',
        'registry.example.com/a',
        '127.0.0.1:5000/a/b',
      ],
    ],
  ])('%s belongs to these registries only', (token, images) => {
    const all = [
      'nginx',
      'ghcr.io/a/b',
      'containers.acme.ghe.com/a/b',
      'quay.io/a/b',
      'registry.gitlab.com/a/b',
      'registry.example.com/a',
      '127.0.0.1:5000/a/b',
    ];
    const credentials = createCredentials(new Secret(token));
    expect(all.filter((image) => credentials.belongsTo(imageOf(image)))).toEqual(images);
  });
});
