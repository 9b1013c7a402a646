// Which addresses of a repository are taken, and what git is told about each.
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../src/lib/secret.ts';
import { parseAddress } from '../../../src/repository/address.ts';
import { gitEnvironment, sshCommand } from '../../../src/repository/environment.ts';

describe('an address', () => {
  test.each([
    ['git@github.com:acme/homelab-config.git', 'ssh', 'github.com'],
    ['host.example:path/repo', 'ssh', 'host.example'],
    ['ssh://git@example.com:2222/repo.git', 'ssh', 'example.com:2222'],
    ['https://github.com/acme/x.git', 'https', 'github.com'],
    ['https://ada@git.example/x.git', 'https', 'git.example'],
    ['http://127.0.0.1:3000/x.git', 'http', '127.0.0.1:3000'],
    ['/srv/git/x.git', 'path', '/srv/git/x.git'],
    ['file:///srv/git/x.git', 'path', '/srv/git/x.git'],
  ])('%s', (text, kind, shown) => {
    expect(parseAddress(text)).toMatchObject({ kind, shown });
  });

  test('a relative path is made absolute', () => {
    expect(parseAddress('data/x.git').url).toMatch(/^\/.*\/data\/x\.git$/);
  });

  test.each([
    '',
    '--upload-pack=touch x',
    'ext::sh -c id',
    'fd::7',
    'https://ada:secret@example.com/x',
    'https://example.com/x?y',
    'http://example.com/x',
    'git://example.com/x',
    'ftp://example.com/x',
    'ssh://-oProxyCommand=id/x',
    'https://',
    'file://host/x',
    'a\nb',
  ])('%j is refused, without a word of it', (text) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ name: 'Unusable', message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('the environment of git', () => {
  const options = { token: null, ssh: null, home: '/h', inherited: {} };

  test('holds nothing of this process but what finds programs and ways out', () => {
    const inherited = {
      PATH: '/p',
      HTTPS_PROXY: 'http://proxy',
      DISCORD_TOKEN: 'x',
      GIT_DIR: '/y',
      SSH_AUTH_SOCK: '/z',
      HOME: '/me',
    };
    const env = gitEnvironment({ ...options, address: parseAddress('/srv/x.git'), inherited });
    expect(env).toMatchObject({ PATH: '/p', HTTPS_PROXY: 'http://proxy', HOME: '/h', GIT_ALLOW_PROTOCOL: 'file' });
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['DISCORD_TOKEN']));
    expect(env).not.toHaveProperty('GIT_DIR');
    expect(env).not.toHaveProperty('SSH_AUTH_SOCK');
  });

  test('a token is bound to its address and is nowhere in clear', () => {
    const address = parseAddress('https://git.example/x.git');
    const env = gitEnvironment({ ...options, address, token: new Secret('tok-123456') });
    const [key] = Object.entries(env).find(([, value]) => value === 'http.https://git.example/x.git.extraHeader') ?? [
      '',
    ];
    const header = env[key.replace('KEY', 'VALUE')] ?? '';
    expect(Buffer.from(header.replace('Authorization: Basic ', ''), 'base64').toString()).toBe(
      'x-access-token:tok-123456',
    );
    expect(JSON.stringify(env)).not.toContain('tok-123456');
    expect(env['GIT_CONFIG_COUNT']).toBe(
      `${Object.keys(env).filter((name) => name.startsWith('GIT_CONFIG_KEY_')).length}`,
    );
  });

  test('authorities of this machine are trusted, however git is built', () => {
    const inherited = { SSL_CERT_FILE: '/ca.pem', SSL_CERT_DIR: '/ca' };
    const env = gitEnvironment({ ...options, address: parseAddress('https://h/x'), inherited });
    expect(env).toMatchObject({ GIT_SSL_CAINFO: '/ca.pem', GIT_SSL_CAPATH: '/ca' });
  });

  test('a token is never sent to a path or by ssh', () => {
    const env = gitEnvironment({ ...options, address: parseAddress('git@h:x'), token: new Secret('tok-123456') });
    expect(Object.values(env).join()).not.toContain('Authorization');
  });

  test('ssh trusts the given host keys alone, and paths are quoted for shell and ssh', () => {
    const command = sshCommand({ key: "/tmp/it's %h/key", knownHosts: '/tmp/a b/known' });
    expect(command).toContain("'IdentityFile=\"/tmp/it'\\''s %%h/key\"'");
    expect(command).toContain('\'UserKnownHostsFile="/tmp/a b/known"\'');
    for (const option of [
      'StrictHostKeyChecking=yes',
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'GlobalKnownHostsFile=/dev/null',
    ]) {
      expect(command).toContain(`-o ${option}`);
    }
    expect(command).toMatch(/^ssh -F \/dev\/null /);
  });

  test.each(['/tmp/a"b', '/tmp/$\u007BHOME}', '/tmp/a\nb', '/tmp/a\\b'])('the path %j is refused', (key) => {
    expect(() => sshCommand({ key, knownHosts: '/k' })).toThrow(expect.objectContaining({ name: 'Unusable' }));
  });
});
