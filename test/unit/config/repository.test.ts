import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatProblems } from '../../../src/config/problems.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { file, required } from './files.ts';

const body = Buffer.concat([
  Buffer.from('openssh-key-v1\0\0\0\0\u0004none\0\0\0\u0004none'),
  Buffer.alloc(90, 7),
]).toString('base64');
const key = pem('OPENSSH ', body);
const hosts = 'git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnExampleThatIsNoHostKeyAtAllAnExample';
const ssh = {
  MANIFEST_REPO_URL: 'git@git.example.com:acme/homelab-config.git',
  MANIFEST_REPO_SSH_KEY: key,
  MANIFEST_REPO_KNOWN_HOSTS: hosts,
};

function pem(kind: string, text: string): string {
  const lines = text.match(/.{1,70}/gs) ?? [];
  return [`-----BEGIN ${kind}PRIVATE KEY-----`, ...lines, `-----END ${kind}PRIVATE KEY-----`].join('\n');
}

function configOf(environment: Record<string, string>) {
  const result = readConfig({ ...required, ...environment });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

function problemsOf(environment: Record<string, string>): string[] {
  const result = readConfig({ ...required, ...environment });
  return result.ok ? [] : result.problems.map(({ where, what }) => `${where} ${what}`);
}

describe('without any of it', () => {
  test('there is no repository, no token and no audit channel', () => {
    expect(configOf({})).toMatchObject({ repository: null, registry: {}, discord: { auditChannelId: null } });
  });
});

describe('MANIFEST_REPO_URL', () => {
  test.each([
    ['https://github.com/acme/homelab-config.git', null],
    ['https://acme@github.com/acme/homelab-config.git', null],
    ['http://127.0.0.1:3000/acme/homelab-config.git', null],
    ['http://localhost/homelab-config', null],
    ['file:///srv/git/homelab-config.git', null],
    ['/srv/git/homelab-config.git', null],
    ['./homelab-config', resolve('homelab-config')],
    ['homelab-config.git', resolve('homelab-config.git')],
    ['../with:colon', resolve('../with:colon')],
    ['folder/with:colon', resolve('folder/with:colon')],
  ])('%s is taken', (url, as) => {
    expect(configOf({ MANIFEST_REPO_URL: url }).repository).toEqual({ url: as ?? url, branch: 'main' });
  });

  test.each([
    'git@github.com:acme/homelab-config.git',
    'github.com:acme/homelab-config.git',
    'git@[fd7a::1]:homelab-config.git',
    'ssh://git@git.example.com:2222/acme/homelab-config.git',
    'ssh://git.example.com/homelab-config.git',
  ])('%s is taken with key and host keys', (url) => {
    const { repository } = configOf({ ...ssh, MANIFEST_REPO_URL: url });
    expect(repository?.url).toBe(url);
    expect(repository?.sshKey?.reveal()).toBe(`${key}\n`);
    expect(repository?.knownHosts?.reveal()).toBe(`${hosts}\n`);
    expect(problemsOf({ MANIFEST_REPO_URL: url })).toEqual([
      'MANIFEST_REPO_URL is an ssh address: it needs MANIFEST_REPO_SSH_KEY and MANIFEST_REPO_KNOWN_HOSTS, since no host is trusted at first sight',
    ]);
  });

  test.each([
    ['https://acme:hunter2@github.com/acme/x.git', 'must not hold a password or token: set MANIFEST_REPO_TOKEN'],
    [
      'https://ghp_hunter2hunter2hunter2@github.com/acme/x.git',
      'must not hold a password or token: set MANIFEST_REPO_TOKEN',
    ],
    ['http://a:hunter2@127.0.0.1/x.git', 'must not hold a password or token: set MANIFEST_REPO_TOKEN'],
    ['ssh://git:hunter2@git.example.com/x.git', 'must not hold a password or token'],
    [
      'http://git.example.com/x.git',
      'must begin with https://: over http:// anyone on the way could change what is deployed',
    ],
    ['git://git.example.com/x.git', 'must begin with https://, ssh:// or git@, or be a path'],
    ['ftp://git.example.com/x.git', 'must begin with https://, ssh:// or git@, or be a path'],
    ['https://', 'must begin with https://, ssh:// or git@, or be a path'],
    ['ext::sh -c touch% /tmp/x', 'names a helper program of git, which is never run'],
    ['fd::17', 'names a helper program of git, which is never run'],
    ['https://git.example.com/x.git?a=b', 'must end with its path: no ? and no #'],
    ['file://host/x.git', 'must not name a host: three slashes behind file:'],
    ['ssh://-oProxyCommand=x/y', 'must name a host'],
    ['ssh://-oProxyCommand=x@host/y', 'must name a host'],
    ['-oProxyCommand=x:y', 'must be a git URL or a path'],
    ['git@-oProxyCommand=x:y', 'must be a git URL or a path'],
    ['-x@host:y', 'must be a git URL or a path'],
    ['--upload-pack=x', 'must be a git URL or a path'],
    [' https://git.example.com/x.git', 'must be a git URL or a path'],
    ['https://git.example.com/x\n.git', 'must be a git URL or a path'],
    [`/${'x'.repeat(2000)}`, 'must be a git URL or a path'],
  ])('%s is refused', (url, what) => {
    expect(problemsOf({ ...ssh, MANIFEST_REPO_URL: url })).toEqual([`MANIFEST_REPO_URL ${what}`]);
  });
});

describe('MANIFEST_REPO_BRANCH', () => {
  test.each(['main', 'release/2.0', 'a_b-c'])('%s is taken', (branch) => {
    expect(configOf({ MANIFEST_REPO_URL: '/x', MANIFEST_REPO_BRANCH: branch }).repository?.branch).toBe(branch);
  });

  test.each(['-x', 'a..b', 'a b', 'a/', '/a', 'a.lock', 'a//b', 'a.', 'a~1', 'a^', 'a:b', '@{u}', 'a'.repeat(201)])(
    '%s is refused',
    (branch) => {
      expect(problemsOf({ MANIFEST_REPO_BRANCH: branch })).toEqual([
        'MANIFEST_REPO_BRANCH must be the name of a branch',
      ]);
    },
  );
});

describe('the key', () => {
  test.each([
    ['in lines', key],
    ['in lines as Windows ends them', key.replaceAll('\n', '\r\n')],
    ['in one line', key.replaceAll('\n', '\\n')],
    ['with ends around it', `\n${key}\n\n`],
  ])('is taken %s', (_how, text) => {
    expect(configOf({ ...ssh, MANIFEST_REPO_SSH_KEY: text }).repository?.sshKey?.reveal()).toBe(`${key}\n`);
  });

  test.each(['', 'RSA ', 'EC '])('is taken in the older form (%s)', (kind) => {
    const older = pem(kind, Buffer.alloc(90, 7).toString('base64'));
    expect(configOf({ ...ssh, MANIFEST_REPO_SSH_KEY: older }).repository?.sshKey?.reveal()).toBe(`${older}\n`);
  });

  test('is taken from a file, and is then as good as set', () => {
    const { MANIFEST_REPO_SSH_KEY: _, ...others } = ssh;
    const config = configOf({ ...others, MANIFEST_REPO_SSH_KEY_FILE: file(`${key}\n`) });
    expect(config.repository?.sshKey?.reveal()).toBe(`${key}\n`);
    expect(problemsOf({ ...others, MANIFEST_REPO_SSH_KEY_FILE: '/nowhere' })).toEqual([
      'MANIFEST_REPO_SSH_KEY_FILE names a file that does not exist',
    ]);
  });

  test.each([
    ['public', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ops@desktop', 'is a public key: the private one belongs here'],
    ['cut off', key.slice(0, 100), 'must be a private key as ssh-keygen writes it, with its BEGIN and END lines'],
    ['a path', '/home/ops/.ssh/id_ed25519', 'must be a private key as ssh-keygen writes it'],
    [
      'locked',
      pem(
        'OPENSSH ',
        Buffer.concat([Buffer.from('openssh-key-v1\0\0\0\0\naes256-ctr'), Buffer.alloc(90)]).toString('base64'),
      ),
      'is protected by a passphrase, which nobody is there to type: take a key without one',
    ],
    ['locked in PKCS#8', pem('ENCRYPTED ', body), 'is protected by a passphrase'],
    ['locked in an older form', pem('RSA ', `Proc-Type: 4,ENCRYPTED\n${body}`), 'is protected by a passphrase'],
  ])('that is %s is refused', (_how, text, what) => {
    expect(problemsOf({ ...ssh, MANIFEST_REPO_SSH_KEY: text })).toEqual([
      expect.stringContaining(`MANIFEST_REPO_SSH_KEY ${what}`),
    ]);
  });
});

describe('the host keys', () => {
  test.each([
    `# what ssh-keyscan printed\n\n${hosts}\n[git.example.com]:2222,100.64.0.1 ecdsa-sha2-nistp256 ${'A'.repeat(60)}= a remark`,
    `|1|c2FsdA==|aGFzaA== ssh-rsa ${'A'.repeat(60)}`,
    `@cert-authority *.example.com ssh-ed25519 ${'A'.repeat(60)}`,
    hosts.replace(' ', '\t'),
  ])('are taken (%#)', (text) => {
    expect(configOf({ ...ssh, MANIFEST_REPO_KNOWN_HOSTS: text }).repository?.knownHosts?.reveal()).toBe(`${text}\n`);
  });

  test.each([
    'git.example.com',
    'SHA256:abcdefghijklmnopqrstuvwxyz',
    '# nothing',
    `${hosts}\nnonsense`,
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5',
  ])('are refused as %j', (text) => {
    expect(problemsOf({ ...ssh, MANIFEST_REPO_KNOWN_HOSTS: text })).toEqual([
      'MANIFEST_REPO_KNOWN_HOSTS must be lines as ssh-keyscan prints them: host, kind of key, key',
    ]);
  });
});

describe('together', () => {
  const https = { MANIFEST_REPO_URL: 'https://github.com/acme/homelab-config.git' };

  test('a token opens an https URL', () => {
    const { repository } = configOf({ ...https, MANIFEST_REPO_TOKEN: 'github_pat_x' });
    expect(repository?.token?.reveal()).toBe('github_pat_x');
  });

  test.each([
    [
      'a key alone',
      { MANIFEST_REPO_SSH_KEY: key },
      'MANIFEST_REPO_KNOWN_HOSTS is not set, nor is MANIFEST_REPO_KNOWN_HOSTS_FILE, but MANIFEST_REPO_SSH_KEY is: no host is trusted at first sight',
    ],
    [
      'host keys alone',
      { MANIFEST_REPO_KNOWN_HOSTS: hosts },
      'MANIFEST_REPO_SSH_KEY is not set, nor is MANIFEST_REPO_SSH_KEY_FILE, but MANIFEST_REPO_KNOWN_HOSTS is: one is of no use without the other',
    ],
    ['a key for https', { ...ssh, ...https }, 'MANIFEST_REPO_SSH_KEY is set, but MANIFEST_REPO_URL is no ssh address'],
    [
      'a key for a path',
      { ...ssh, MANIFEST_REPO_URL: '/srv/x' },
      'MANIFEST_REPO_SSH_KEY is set, but MANIFEST_REPO_URL is no ssh address',
    ],
    [
      'a token for ssh',
      { ...ssh, MANIFEST_REPO_TOKEN: 'x' },
      'MANIFEST_REPO_TOKEN is set, but MANIFEST_REPO_URL is no https address',
    ],
    [
      'a token for a path',
      { MANIFEST_REPO_URL: '/srv/x', MANIFEST_REPO_TOKEN: 'x' },
      'MANIFEST_REPO_TOKEN is set, but MANIFEST_REPO_URL is no https address',
    ],
    [
      'a token of two lines',
      { ...https, MANIFEST_REPO_TOKEN: 'a\nb' },
      'MANIFEST_REPO_TOKEN must be one line of visible ASCII characters without blanks',
    ],
    [
      'a registry token of two words',
      { REGISTRY_TOKEN: 'a b' },
      'REGISTRY_TOKEN must be one line of visible ASCII characters without blanks',
    ],
    [
      'an audit channel by its name',
      { DISCORD_AUDIT_CHANNEL_ID: 'audit' },
      "DISCORD_AUDIT_CHANNEL_ID must be a Discord id: 17 to 20 digits (Discord's developer mode offers Copy ID)",
    ],
  ])('%s is refused', (_what, environment: Record<string, string>, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
  });

  test('what does not fit is told beside what else is wrong', () => {
    expect(
      problemsOf({ MANIFEST_REPO_URL: ssh.MANIFEST_REPO_URL, HTTP_PORT: 'x' }).map((line) => line.split(' ')[0]),
    ).toEqual(['MANIFEST_REPO_URL', 'HTTP_PORT']);
  });

  test('every secret of them is known to the redactor', () => {
    const config = configOf({ ...ssh, REGISTRY_TOKEN: 'registry-token' });
    const { repository, registry } = config;
    for (const secret of [repository?.sshKey, repository?.knownHosts, registry.token])
      expect(config.secrets).toContain(secret);
    expect(JSON.stringify(config)).not.toContain('BEGIN');
  });

  test('a problem never holds one of them', () => {
    const result = readConfig({
      ...required,
      MANIFEST_REPO_URL: 'https://a:hunter2@host/x',
      MANIFEST_REPO_SSH_KEY: 'hunter2',
      MANIFEST_REPO_KNOWN_HOSTS: 'hunter2',
      MANIFEST_REPO_TOKEN: 'hunter2 ',
      REGISTRY_TOKEN: 'hunter2 ',
    });
    expect(!result.ok && result.problems).toHaveLength(5);
    expect(result.ok ? '' : formatProblems(result.problems)).not.toContain('hunter2');
  });
});

test('DISCORD_AUDIT_CHANNEL_ID names the channel', () => {
  expect(configOf({ DISCORD_AUDIT_CHANNEL_ID: '112233445566778812' }).discord.auditChannelId).toBe(
    '112233445566778812',
  );
});
