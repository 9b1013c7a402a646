// /nodes against a real control plane, as the bot's own ServiceAccount with exactly the rights of the manifests.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { nodes } from '../../commands/nodes.ts';
import type { ClusterRoom } from '../../src/cluster/cluster.ts';
import { openCluster } from '../../src/cluster/room.ts';
import type { Message } from '../../src/message.ts';
import { rbacFolder } from '../rbac-manifests.ts';
import { answersOf, contextOf, wordsOf } from '../unit/commands/context.ts';
import { type Cluster, startCluster } from './cluster.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);
const vera = { level: 'viewer', discordUser: '123456789012345678 Vera' } as const;

let control: Cluster;
let kubectl = '';
let account = '';
let room: ClusterRoom;

beforeAll(async () => {
  control = await startCluster({ nodeGrace: 8, audit: true });
  kubectl = join(await control.programs(), 'kubectl');
  await admin('apply', '-k', rbacFolder);
  account = join(control.dir, 'homelab-bot.kubeconfig');
  await writeFile(account, await control.user({ serviceAccount: 'chatops/homelab-bot' }));
  room = await openCluster({ kubernetes: { kind: 'file', path: account }, log: pino({ level: 'silent' }) });
}, 900_000);

afterAll(async () => {
  await room?.stop();
  await control?.stop();
});

async function admin(...args: string[]): Promise<string> {
  return (await run(kubectl, ['--kubeconfig', control.kubeconfigPath, ...args])).stdout;
}

/** As the ServiceAccount; what it prints on success or failure. */
async function asAccount(...args: string[]): Promise<string> {
  return run(kubectl, ['--kubeconfig', account, ...args]).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stderr: string }).stderr,
  );
}

async function ask(name?: string): Promise<{ first: Message; words: string }> {
  const context = {
    ...contextOf([]),
    cluster: room.as(vera),
    now: () => new Date(),
    signal: AbortSignal.timeout(10_000),
  };
  const answer = (await answersOf(nodes, context, { node: name })).at(-1);
  if (answer === undefined) throw new Error('There is no answer');
  const first = 'pages' in answer ? answer.pages[0] : answer;
  if (first === undefined) throw new Error('There is no page');
  return { first, words: 'pages' in answer ? answer.whole.data : linesOf(first).join('\n') };
}

function linesOf(message: Message): string[] {
  return [wordsOf(message.headline), ...(message.text ?? []).map((line) => wordsOf(line).replaceAll('\n', ''))];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(200);
}

/** Name → status, as kubectl prints it. */
async function statuses(): Promise<Map<string, string>> {
  const rows = (await admin('get', 'nodes', '--no-headers')).trim().split('\n');
  return new Map(rows.map((row) => row.split(/\s+/)).map(([name = '', status = '']) => [name, status]));
}

async function agreesWithKubectl(): Promise<boolean> {
  const expected = await statuses();
  const lines = linesOf((await ask()).first);
  return [...expected].every(([name, status]) => lines.some((line) => line.includes(`${name} ${status} `)));
}

describe('what the account may do', () => {
  test('by itself nothing', async () => {
    for (const resource of ['nodes', 'pods', 'events', 'secrets', 'configmaps']) {
      expect(await asAccount('get', resource, '-A')).toContain('Forbidden');
    }
  });

  test('act as the three levels with a person, and as nobody else', async () => {
    for (const level of ['viewer', 'operator', 'admin']) {
      const user = `homelab-bot:${level}`;
      expect(
        await asAccount('get', 'nodes', `--as=${user}`, `--as-group=${user}`, '--as-user-extra=discord-user=1 a'),
      ).toContain('desktop-1');
    }
    for (const other of [
      ['--as=admin'],
      ['--as=homelab-bot:viewer', '--as-group=system:masters'],
      ['--as=system:serviceaccount:kube-system:default'],
      ['--as=homelab-bot:viewer', '--as-user-extra=scopes=all'],
      ['--as=homelab-bot:viewer', '--as-uid=1'],
    ]) {
      expect(await asAccount('get', 'nodes', ...other)).toContain('cannot impersonate');
    }
  });

  test('user, group and extra arrive, and system:authenticated is all that comes along', async () => {
    const user = 'homelab-bot:operator';
    const said = await asAccount(
      'auth',
      'whoami',
      '-o',
      'json',
      `--as=${user}`,
      `--as-group=${user}`,
      '--as-user-extra=discord-user=1 a',
    );
    expect(JSON.parse(said).status.userInfo).toEqual({
      username: user,
      groups: [user, 'system:authenticated'],
      extra: { 'discord-user': ['1 a'] },
    });
  });

  test('viewers may not read Secrets, nor write anything', async () => {
    const as = ['--as=homelab-bot:viewer', '--as-group=homelab-bot:viewer'];
    for (const [verb, resource] of [
      ['get', 'secrets'],
      ['list', 'configmaps'],
      ['get', 'pods/log'],
      ['create', 'pods/exec'],
      ['delete', 'nodes'],
      ['create', 'pods'],
    ] as const) {
      expect(await asAccount('auth', 'can-i', verb, resource, ...as).then((said) => said.trim())).not.toBe('yes');
    }
  });
});

test('/nodes says what kubectl says, and the audit log says who asked', async () => {
  const { first } = await ask();
  expect(first.headline).toBe('3 nodes: 3 ready');
  expect(first.footer).toContain('metrics.k8s.io is not served');
  expect(await agreesWithKubectl()).toBe(true);
  expect(linesOf(first).join('\n')).toContain('taints app-type=db:NoSchedule');

  const log = (await readFile(join(control.dir, 'audit.log'), 'utf8')).trim().split('\n');
  const asked = log.map((line) => JSON.parse(line)).filter(({ userAgent }) => userAgent === 'homelab-bot');
  expect(asked.length).toBeGreaterThan(2);
  for (const { user, impersonatedUser } of asked) {
    expect(user.username).toBe('system:serviceaccount:chatops:homelab-bot');
    expect(impersonatedUser).toMatchObject({
      username: 'homelab-bot:viewer',
      groups: ['homelab-bot:viewer', 'system:authenticated'],
      extra: { 'discord-user': ['123456789012345678 %56era'] },
    });
  }
});

test('allocations and pods are those of kubectl describe', async () => {
  const container = (name: string, cpu: string, memory: string) => ({
    name,
    image: 'registry.test/web:1',
    resources: { requests: { cpu, memory }, limits: { cpu, memory } },
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'sums' },
    spec: {
      nodeName: 'desktop-2',
      initContainers: [
        { ...container('beside', '250m', '256Mi'), restartPolicy: 'Always' },
        container('first', '1500m', '128Mi'),
      ],
      containers: [container('one', '300m', '1Gi'), container('two', '600m', '512Mi')],
    },
  };
  const manifest = join(control.dir, 'sums.json');
  await writeFile(manifest, JSON.stringify(pod));
  await admin('apply', '-f', manifest);
  await admin('create', 'deployment', 'bad', '--image', 'registry.test/web:broken');
  await until(async () => (await ask('desktop-2')).words.includes('CrashLoopBackOff'));

  const described = await admin('describe', 'node', 'desktop-2');
  const [, cpu, memory] = /cpu +\S+ \((\d+)%\).*\n +memory +\S+ \((\d+)%\)/.exec(described) ?? [];
  const [, count] = /Non-terminated Pods: +\((\d+) in total\)/.exec(described) ?? [];
  const lines = linesOf((await ask('desktop-2')).first);
  expect(lines.find((line) => line.startsWith('CPU '))).toContain(`requested 1.8 of 8 (${cpu}%)`);
  expect(lines.find((line) => line.startsWith('Memory '))).toContain(`of 32 GiB (${memory}%)`);
  expect(lines.find((line) => line.startsWith('Pods '))).toContain(`${count} of 110`);
  expect((await ask('desktop-2')).words).toMatch(/default +sums +/);
});

test('a node that is not ready, one that is cordoned and one that is lost are shown as such', async () => {
  await control.node('worker-db-01', 'notready');
  await admin('cordon', 'desktop-2');
  await until(async () => (await statuses()).get('worker-db-01') === 'NotReady' && (await agreesWithKubectl()));
  const cordoned = await ask();
  expect(cordoned.first.headline).toBe('3 nodes: 2 ready, 1 not ready (worker-db-01), 1 cordoned (desktop-2)');
  expect(linesOf(cordoned.first)[1]).toContain('worker-db-01 NotReady');
  expect(cordoned.words).toContain('KubeletNotReady');

  await control.node('worker-db-01', 'ready');
  await control.node('desktop-1', 'lost');
  await until(async () => (await statuses()).get('desktop-1') === 'NotReady' && (await agreesWithKubectl()));
  expect((await ask()).words).toContain('NodeStatusUnknown: Kubelet stopped posting node status.');
  await until(async () => (await ask('desktop-1')).words.includes('NodeNotReady'));
});

test('a node that is gone is told with the names that are near', async () => {
  await expect(ask('desktop-3')).rejects.toThrow(/no node called desktop-3\. Did you mean desktop-[12]/);
});
