// manifests/chatops on a real control plane, installed as README says; the bot beside it as that ServiceAccount, with exactly its rights.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { root } from '../../scripts/check/run-tool.ts';
import { generous } from '../acceptance/posting.ts';
import { ConfigMap } from '../manifests/chatops.ts';
import { type Cluster, startCluster } from './cluster.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);
const crds = resolve(root, '../shared/crds');

let control: Cluster;
let folder = '';
let programs = '';
let account = '';

beforeAll(async () => {
  control = await startCluster({ audit: true });
  programs = await control.programs();
  // What the reader has at hand: the repository, and the two tokens as files.
  folder = await mkdtemp(join(tmpdir(), 'homelab-bot-chatops-'));
  await symlink(join(root, 'manifests'), join(folder, 'manifests'));
  await writeFile(join(folder, 'discord-token'), 'a-token-that-opens-nothing');
  await writeFile(join(folder, 'webhook-token'), 'another-token-that-opens-nothing');
  await kubectl('create', 'namespace', 'monitoring');
}, 900_000);

afterAll(async () => {
  await control?.stop();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

/** As the administrator, in the folder of the reader; what it prints. */
async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run(join(programs, 'kubectl'), ['--kubeconfig', control.kubeconfigPath, ...args], {
    cwd: folder,
  });
  return stdout;
}

/** As the account of the bot; what it prints on success or failure. */
function asAccount(...args: string[]): Promise<string> {
  return run(join(programs, 'kubectl'), ['--kubeconfig', account, ...args]).then(
    ({ stdout }) => stdout.trim(),
    (error: unknown) => (error as { stderr: string }).stderr.trim(),
  );
}

/** The lines of kubectl in README's section, in order. */
async function stepsOfReadme(): Promise<string[][]> {
  const [, section = ''] = (await readFile(join(root, 'README.md'), 'utf8')).split('### As a pod in your cluster');
  const [body = ''] = section.split('\n## ');
  return [...body.matchAll(/^ +kubectl (.*)$/gm)].map(([, line = '']) => line.trim().split(' '));
}

describe('README, step by step', () => {
  test('every kubectl command works as written, and the pod is admitted and becomes ready', async () => {
    const steps = await stepsOfReadme();
    const [last, ...before] = steps.toReversed();
    expect(steps.length).toBeGreaterThan(5);
    for (const step of before.toReversed()) await kubectl(...step);
    // The kinds that kube-prometheus-stack brings.
    await expect(kubectl(...(last ?? []))).rejects.toThrow(/no matches for kind/);
    for (const kind of ['servicemonitors', 'prometheusrules']) {
      await kubectl('apply', '--server-side', '-f', join(crds, `${kind}.yaml`));
      await kubectl('wait', '--for=condition=Established', `crd/${kind}.monitoring.coreos.com`, '--timeout=30s');
    }
    await kubectl(...(last ?? []));

    const pods = JSON.parse(await kubectl('-n', 'chatops', 'get', 'pods', '-o', 'json'));
    expect(pods.items).toHaveLength(1);
    expect(pods.items[0].spec.serviceAccountName).toBe('homelab-bot');
    expect(await kubectl('-n', 'chatops', 'get', 'pvc', 'homelab-bot', '-o', 'jsonpath={.status.phase}')).toBe('Bound');
  });

  test.each(['manifests/chatops', 'manifests/chatops/monitoring', 'manifests/chatops/rbac'])(
    'applying %s again changes nothing',
    async (path) => {
      const lines = (await kubectl('apply', '-k', path)).trim().split('\n');
      expect(lines.length).toBeGreaterThan(2);
      expect(lines.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
      // kubectl diff ends with 1 where there is a difference.
      expect(await kubectl('diff', '-k', path)).toBe('');
    },
  );

  test('it is applied by the server too, which knows every field, and a second time changes nothing', async () => {
    const apply = () =>
      kubectl('apply', '--server-side', '--force-conflicts', '--validate=strict', '-k', 'manifests/chatops');
    await apply();
    const generation = () =>
      kubectl(
        '-n',
        'chatops',
        'get',
        'deployment,service,configmap,pvc,networkpolicy',
        '-o',
        'jsonpath={.items[*].metadata.resourceVersion}',
      );
    // The status of the Deployment changes its version as well.
    await kubectl('-n', 'chatops', 'rollout', 'status', 'deployment/homelab-bot', '--timeout=60s');
    const before = await generation();
    await apply();
    expect(await generation()).toBe(before);
  });
});

describe('the namespace', () => {
  test('refuses a pod that asks for more than the bot does, so that its admission means something', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'as-root', namespace: 'chatops' },
      spec: { containers: [{ name: 'one', image: 'registry.test/web:1' }] },
    };
    await writeFile(join(folder, 'as-root.json'), JSON.stringify(pod));
    await expect(kubectl('apply', '-f', 'as-root.json')).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  test('took the pod of the Deployment at the first try', async () => {
    const messages = await kubectl('-n', 'chatops', 'get', 'events', '-o', 'jsonpath={.items[*].reason}');
    expect(messages).toContain('SuccessfulCreate');
    expect(messages).not.toContain('FailedCreate');
  });
});

describe('the bot as that account', () => {
  let homelab: Homelab;

  beforeAll(async () => {
    account = join(folder, 'account');
    await writeFile(account, await control.user({ serviceAccount: 'chatops/homelab-bot' }), { mode: 0o600 });
    const { items } = z
      .object({ items: z.array(ConfigMap) })
      .parse(JSON.parse(await kubectl('-n', 'chatops', 'get', 'configmaps', '-o', 'json')));
    const file = items.find(({ data }) => 'config.yaml' in data)?.data['config.yaml'] ?? '';
    const settings = items.find(({ data }) => 'DISCORD_GUILD_ID' in data)?.data ?? {};
    homelab = await startHomelab({
      discord: { rateLimits: generous, windows: { identify: 100 } },
      // The applied file, with the roles and channels of the sandbox's server.
      config: (discord) => {
        const { access: _roles, alerts: _routes, ...rest } = parse(file);
        return `${levelsOf(discord)}${stringify(rest)}`;
      },
      env: {
        ...Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('DISCORD_'))),
        KUBECONFIG: account,
        PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      },
    });
    await homelab.bot.whenReady({ cluster: 'ready' });
  }, 180_000);

  afterAll(() => homelab?.stop());

  async function ask(person: string, command: string, options: Record<string, string> = {}): Promise<string> {
    return (await (await homelab.discord.as(person).command(command, options)).final({ timeoutMs: 60_000 })).text;
  }

  test('/nodes answers a viewer with what kubectl says, and the audit log says who asked', async () => {
    const text = await ask('vera', 'nodes');
    expect(text).toContain('3 nodes: 3 ready');
    const log = (await readFile(join(control.dir, 'audit.log'), 'utf8')).trim().split('\n');
    const asked = log.map((line) => JSON.parse(line)).filter(({ userAgent }) => userAgent === 'homelab-bot');
    expect(asked.length).toBeGreaterThan(1);
    for (const { user, impersonatedUser } of asked) {
      expect(user.username).toBe('system:serviceaccount:chatops:homelab-bot');
      expect(impersonatedUser.username).toMatch(/^homelab-bot:(viewer|operator|admin)$/);
    }
  });

  test('a write is refused to a viewer twice: by the bot, and by Kubernetes, whatever the bot would say', async () => {
    expect(await ask('vera', 'deploy', { app: 'shop', sha: 'b81e64f' })).toContain('needs the level operator');
    const as = ['--as=homelab-bot:viewer', '--as-group=homelab-bot:viewer', '--as-user-extra=discord-user=1 a'];
    const refused = await asAccount('-n', 'chatops', 'scale', 'deployment/homelab-bot', '--replicas=2', ...as);
    expect(refused).toMatch(/forbidden: User "homelab-bot:viewer" cannot patch resource "deployments\/scale"/);
  });

  test('the account itself may nothing that any account may not, but impersonate', async () => {
    const own = await asAccount('auth', 'can-i', '--list', '-n', 'chatops');
    const others = await kubectl(
      'auth',
      'can-i',
      '--list',
      '-n',
      'chatops',
      '--as=system:serviceaccount:chatops:default',
    );
    const [mine, theirs] = [own, others].map((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.trim().replaceAll(/ +/g, ' ')),
    );
    const more = mine?.filter((line) => !theirs?.includes(line)) ?? [];
    expect(more.length).toBeGreaterThan(0);
    expect(more.filter((line) => !/\[impersonate\]$/.test(line))).toEqual([]);
  });

  test('its Secret is read at no level, until helm-admin is applied, and then by admins alone', async () => {
    const read = (level: string) =>
      asAccount(
        '-n',
        'chatops',
        'get',
        'secret',
        'homelab-bot',
        '-o',
        'name',
        `--as=homelab-bot:${level}`,
        `--as-group=homelab-bot:${level}`,
      );
    const levels = ['viewer', 'operator', 'admin'];
    for (const level of levels) expect(await read(level)).toContain('forbidden');
    await kubectl('apply', '-k', 'manifests/chatops/helm-admin');
    const answers = await Promise.all(levels.map(read));
    expect(answers.map((answer) => answer.includes('forbidden'))).toEqual([true, true, false]);
    await kubectl('delete', '-k', 'manifests/chatops/helm-admin');
  });
});
