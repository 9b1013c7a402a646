// The scripts that make nodes of desktops: what they plan, what they refuse, and what K3s is told. shellcheck reads them in test/e2e.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { textOf } from './everything.ts';
import { manifestsFolder } from './render.ts';

const bootstrap = join(manifestsFolder, 'bootstrap');

interface Outcome {
  readonly code: number;
  readonly said: string;
  readonly complained: string;
}

let home = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'homelab-bot-bootstrap-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env }, timeout: 20_000 },
      (error, said, complained) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), said, complained }),
    );
  });
}

const script = (name: string, ...args: string[]) => run(join(manifestsFolder, name), args);

describe('with --dry-run', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ci@github';

  test.each([
    ['bootstrap/10-prepare', [], ['pacman -Syu --needed', 'swapoff -a', '> /etc/modules-load.d/k3s.conf']],
    [
      'bootstrap/20-tailscale',
      ['--name', 'desktop-2'],
      ['tailscale up --hostname desktop-2 --advertise-tags tag:homelab'],
    ],
    [
      'bootstrap/20-tailscale',
      ['--name', 'desktop-1', '--control-plane', '--auth-key-file', '/run/key'],
      ['tag:control-plane --auth-key file:/run/key'],
    ],
    ['bootstrap/25-firewall', [], ['> /etc/homelab/firewall.nft', 'systemctl enable homelab-firewall.service']],
    [
      'bootstrap/30-k3s',
      ['--role', 'server', '--name', 'desktop-1'],
      ['> /etc/rancher/k3s/config.yaml (0600)', '> /etc/rancher/k3s/agent-token (0600)', 'INSTALL_K3S_EXEC=server'],
    ],
    [
      'bootstrap/30-k3s',
      ['--role', 'server', '--name', 'desktop-1', '--restore', '/mnt/snapshot'],
      ['systemctl stop k3s.service', '--cluster-reset-restore-path=/mnt/snapshot', 'systemctl start k3s.service'],
    ],
    [
      'bootstrap/30-k3s',
      ['--role', 'db', '--name', 'worker-db-01'],
      ['k3s-agent.service.d/10-tailscale.conf', 'INSTALL_K3S_EXEC=agent'],
    ],
    ['bootstrap/40-kubeconfig', [], ['/.kube/config (0600), for https://desktop-1.']],
    ['bootstrap/60-snapshots', [], ['> /etc/systemd/system/mnt-homelab.mount', 'enable --now homelab-snapshots.timer']],
    [
      'bootstrap/50-deploy-user',
      ['--public-key', 'KEY', '--repository', 'git@github.com:me/homelab-config.git'],
      ['> /usr/local/bin/homelab-deploy (0755)', 'useradd --create-home'],
    ],
    [
      'storage/nfs-server',
      ['--path', '/srv/nfs/k3s', '--allow', '100.64.0.0/10'],
      ['> /etc/exports.d/homelab.exports', 'enable --now nfs-server'],
    ],
  ])('%s %j says what it would do, and does nothing', async (name, args, steps) => {
    await writeFile(join(home, 'key.pub'), `${key}\n`);
    const before = await readdir(home);
    const { code, said } = await script(
      name,
      ...args.map((one) => (one === 'KEY' ? join(home, 'key.pub') : one)),
      '--dry-run',
    );
    expect(code).toBe(0);
    for (const step of steps) expect(said).toContain(step);
    expect(await readdir(home)).toEqual(before);
  });

  test('no plan holds a secret, or an argument that would', async () => {
    const { said } = await script(
      'bootstrap/30-k3s',
      '--role',
      'worker',
      '--name',
      'desktop-2',
      '--token-file',
      '/run/t',
      '--dry-run',
    );
    expect(said).not.toMatch(/K3S_TOKEN|--token|K10/);
  });
});

describe('a mistake ends it with 64 and a sentence:', () => {
  test.each([
    ['bootstrap/10-prepare', ['--dry'], /usage: 10-prepare/],
    ['bootstrap/20-tailscale', ['--name', 'Desktop 2', '--dry-run'], /"Desktop 2" is no name for a node/],
    ['bootstrap/20-tailscale', ['--name'], /usage: 20-tailscale/],
    ['bootstrap/30-k3s', ['--role', 'master', '--name', 'desktop-1', '--dry-run'], /--role server\|worker\|db/],
    [
      'bootstrap/30-k3s',
      ['--role', 'server', '--name', 'desktop-9', '--dry-run'],
      /names desktop-1 as the server, not desktop-9/,
    ],
    [
      'bootstrap/50-deploy-user',
      ['--public-key', '/dev/null', '--repository', 'x', '--dry-run'],
      /no public ed25519 key/,
    ],
    ['storage/nfs-server', ['--path', '/srv/nfs', '--allow', '*', '--dry-run'], /whose nodes may mount it/],
  ])('%s %j', async (name, args, sentence) => {
    const { code, complained } = await script(name, ...args);
    expect(complained).toMatch(sentence);
    expect(code).toBe(64);
  });
});

describe('lib.sh', () => {
  const bash = (text: string) => run('bash', ['-c', `. ${bootstrap}/lib.sh; ${text}`]);

  test('writes a file where it differs in content or mode, and not again', async () => {
    const file = join(home, 'etc/one');
    const write = () => bash(`printf 'a\\nb' | install_file 0600 ${file}`);
    expect((await write()).said).toBe(`> ${file} (0600)\n`);
    expect(await readFile(file, 'utf8')).toBe('a\nb');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await write()).said).toBe(`= ${file}\n`);
    await chmod(file, 0o644);
    expect((await write()).said).toBe(`> ${file} (0600)\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(home, 'etc'))).toEqual(['one']);
  });

  test('stops at a file that it cannot write', async () => {
    await writeFile(join(home, 'file'), '');
    const { code, said } = await bash(`install_file 0600 ${home}/file/below <<<x; echo went on`);
    expect(code).not.toBe(0);
    expect(said).not.toContain('went on');
  });

  test('restarts what reads a file only where that changed', async () => {
    const twice = `install_file 0644 ${home}/one <<<x; if_changed echo restarted`;
    expect((await bash(`${twice}; ${twice}`)).said.match(/^restarted$/gm)).toHaveLength(1);
  });

  test('refuses a setting that is still a placeholder, but in a plan', async () => {
    const refused = await bash('setting TAILNET');
    expect(refused.code).toBe(1);
    expect(refused.complained).toContain('TAILNET is still example.ts.net; see settings/README.md');
    expect((await bash('dry_run=yes; setting TAILNET')).said).toBe('example.ts.net');
    expect((await bash('dry_run=yes; setting NONE')).complained).toContain('gives no NONE');
    // Before anything is asked of a host that there is not.
    const { code, complained } = await script('bootstrap/40-kubeconfig', '--ssh', 'nobody@127.0.0.1');
    expect([code, complained]).toEqual([1, expect.stringContaining('TAILNET is still example.ts.net')]);
  });
});

describe('what K3s is told', () => {
  const config = (name: string) => parse(textOf(`bootstrap/config/${name}`));
  const configs = ['server.yaml', 'agent.yaml', 'agent-db.yaml'];

  test.each(configs)('%s leaves nothing open that 30-k3s does not fill in', (name) => {
    const open = new Set(textOf(`bootstrap/config/${name}`).match(/\$\{[A-Z_]+\}/g));
    for (const one of open) expect(textOf('bootstrap/30-k3s')).toContain(`\\${one}|`);
    expect(config(name)).toMatchObject({
      'node-ip': expect.stringMatching(/^\$\{TAILNET_ADDRESS\}$/),
      'flannel-iface': 'tailscale0',
    });
  });

  test('the server is tainted, has etcd with snapshots, encrypts Secrets, and its kubeconfig is readable by root alone', () => {
    expect(config('server.yaml')).toMatchObject({
      'node-taint': ['node-role.kubernetes.io/control-plane:NoSchedule'],
      'cluster-init': true,
      'etcd-snapshot-retention': expect.any(Number),
      'secrets-encryption': true,
      'write-kubeconfig-mode': '0600',
    });
  });

  test('the node of the database has the taint that keeps others away and the label that brings it there', () => {
    expect(config('agent-db.yaml')).toMatchObject({
      'node-label': ['app-type=db'],
      'node-taint': ['app-type=db:NoSchedule'],
    });
    expect(config('agent.yaml')).not.toHaveProperty('node-taint');
  });

  test('agents join with a token of their own, never the one that makes administrators', () => {
    for (const name of ['agent.yaml', 'agent-db.yaml'])
      expect(config(name)['token-file']).toBe('/etc/rancher/k3s/agent-token');
    expect(config('server.yaml')['agent-token-file']).not.toBe(config('server.yaml')['token-file']);
  });

  test('the version is one whose pod network outlives a restart of Tailscale', () => {
    const [, minor = '', patch = ''] =
      /^K3S_VERSION=v1\.(\d+)\.(\d+)\+k3s\d+$/m.exec(textOf('bootstrap/versions.env')) ?? [];
    expect(Number(minor) * 100 + Number(patch)).toBeGreaterThanOrEqual(36 * 100 + 2);
  });
});

describe('the forced command', () => {
  const sha = '3f2c1a9d'.repeat(5);
  const asked = (command: string) => run(join(bootstrap, 'homelab-deploy'), [], { SSH_ORIGINAL_COMMAND: command });

  test.each([
    ['', 'nothing'],
    ['3f2c1a9', 'a short SHA'],
    [sha.toUpperCase(), 'capitals'],
    [`deploy ${sha}`, 'a word before it'],
    [`${sha} --force`, 'a word behind it'],
    [`${sha}; id`, 'a second command'],
    [`${sha}\nid`, 'a second line'],
    ['$(id)', 'a substitution'],
    ['-rf', 'an option'],
  ])('refuses %j: %s', async (command) => {
    expect(await asked(command)).toEqual({
      code: 64,
      said: '',
      complained: 'homelab-deploy: needs the full SHA of a commit, 40 digits, and nothing else\n',
    });
  });

  test('is all that the key of the CI can do', () => {
    const text = textOf('bootstrap/50-deploy-user');
    expect(text).toContain(String.raw`command=\"/usr/local/bin/homelab-deploy\",restrict $public`);
    expect(text).toContain('AuthorizedKeysFile /etc/ssh/authorized_keys.d/deploy');
  });
});
