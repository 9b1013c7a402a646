// Deploys against a real control plane, as the bot's own ServiceAccount with exactly the rights of the manifests: what each level can do, how rollouts
// end, and what stays of an autoscaler's replicas.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import type { Level } from '../../src/access/level.ts';
import type { Cluster as Bound, ClusterRoom } from '../../src/cluster/cluster.ts';
import { withoutReplicas } from '../../src/cluster/render.ts';
import { openCluster } from '../../src/cluster/room.ts';
import { type Followed, follow, type Target } from '../../src/rollouts/follow.ts';
import { rbacFolder } from '../rbac-manifests.ts';
import { type Cluster, startCluster } from './cluster.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);
const space = 'shop';
const repository = 'registry.test/shop';

let control: Cluster;
let programs = '';
let account = '';
let room: ClusterRoom;

beforeAll(async () => {
  control = await startCluster({ audit: true });
  programs = await control.programs();
  await admin('apply', '-k', rbacFolder);
  await admin('create', 'namespace', space);
  account = join(control.dir, 'homelab-bot.kubeconfig');
  await writeFile(account, await control.user({ serviceAccount: 'chatops/homelab-bot' }));
  room = await openCluster({
    kubernetes: { kind: 'file', path: account },
    log: pino({ level: 'silent' }),
    env: { PATH: programs, HOME: control.dir },
  });
});

afterAll(async () => {
  await room?.stop();
  await control?.stop();
});

async function admin(...args: string[]): Promise<string> {
  return (await run(join(programs, 'kubectl'), ['--kubeconfig', control.kubeconfigPath, ...args])).stdout;
}

async function adminApplies(text: string, ...args: string[]): Promise<void> {
  const file = join(control.dir, 'applied.yaml');
  await writeFile(file, text);
  await admin('apply', '-f', file, ...args);
}

/** What the bot's account gets by itself, or with `--as…`. */
async function asAccount(...args: string[]): Promise<string> {
  return run(join(programs, 'kubectl'), ['--kubeconfig', account, ...args]).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stderr: string; stdout: string }).stdout + (error as { stderr: string }).stderr,
  );
}

function as(level: Level): Bound {
  return room.as({ level, discordUser: '123456789012345678 Vera' });
}

function never(): AbortSignal {
  return new AbortController().signal;
}

interface App {
  readonly name: string;
  readonly tag: string;
  readonly replicas?: number | null;
  readonly spec?: object;
  readonly pod?: object;
  readonly namespace?: string;
}

/** JSON, which is YAML. */
function manifest({ name, tag, replicas = 2, spec = {}, pod = {}, namespace = space }: App): string {
  const labels = { app: name };
  const containers = [{ name: 'app', image: `${repository}:${tag}` }];
  return `${JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      ...(replicas !== null && { replicas }),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, ...pod } },
      ...spec,
    },
  })}\n`;
}

async function followed(target: Pick<Target, 'deployment'> & Partial<Target>): Promise<Followed> {
  let last: Followed | null = null;
  const whole = { namespace: space, container: 'app', image: null, timeoutMs: 60_000, ...target };
  for await (const one of follow(as('operator'), whole, never())) last = one;
  if (last === null) throw new Error('Nothing was reported');
  return last;
}

async function rollOut(app: App, more: Partial<Target> = {}): Promise<Followed> {
  await as('operator').apply(manifest(app), {}, never());
  const { name: deployment, tag, namespace = space } = app;
  return followed({ deployment, namespace, image: `${repository}:${tag}`, ...more });
}

function said({ verdict }: Followed): string {
  return verdict.kind === 'failed' ? `${verdict.reason}: ${verdict.said}` : verdict.kind;
}

interface Audited {
  readonly verb: string;
  readonly userAgent: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly extra?: Readonly<Record<string, readonly string[]>> };
}

/** What the bot's account asked for itself, and what its kubectl applied. */
async function audited(): Promise<Audited[]> {
  const log = (await readFile(join(control.dir, 'audit.log'), 'utf8')).split('\n').slice(0, -1);
  return log
    .map((line): Audited => JSON.parse(line))
    .filter(({ user }) => user.username.endsWith(':homelab-bot'))
    .filter(
      ({ userAgent, verb }) => userAgent === 'homelab-bot' || (userAgent.startsWith('kubectl/') && verb === 'patch'),
    );
}

async function told(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('It succeeded'),
    (reason: unknown) => reason,
  );
  const { name, message } = error as Error;
  return name === 'UserError' ? message : `${name}: ${message}`;
}

const metadata = (name: string) => ({ name, namespace: space });
const appLabels = { matchLabels: { app: 'whole' } };
/** One of each kind that an app may bring along. */
const kinds: readonly object[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('whole'), data: { A: '1' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('whole') },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('whole'),
    spec: { selector: { app: 'whole' }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata('whole'),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  JSON.parse(manifest({ name: 'whole', tag: 'v1' })),
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('whole'),
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'elsewhere' }, maxReplicas: 3 },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata('whole'),
    spec: {
      schedule: '0 0 1 1 *',
      jobTemplate: {
        spec: {
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: `${repository}:v1` }] } },
        },
      },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('whole'),
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: `${repository}:v1` }] } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata('whole'),
    spec: { defaultBackend: { service: { name: 'whole', port: { number: 80 } } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata('whole'),
    spec: { podSelector: appLabels, policyTypes: ['Ingress'] },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('whole'),
    spec: { maxUnavailable: 1, selector: appLabels },
  },
];

describe('each level can do what its commands need and no more', () => {
  const whole = kinds.map((one) => JSON.stringify(one)).join('\n---\n');

  test('operators and admins create and change every kind of an app', async () => {
    for (const level of ['operator', 'admin'] as const) {
      const applied = await as(level).apply(whole.replaceAll('"1"', `"${level}"`), {}, never());
      expect(applied.map(({ kind }) => kind)).toEqual(kinds.map((one) => (one as { kind: string }).kind));
      expect(applied.every(({ namespace }) => namespace === space)).toBe(true);
    }
    expect(said(await followed({ deployment: 'whole' }))).toBe('done');
  });

  test('viewers see how a Deployment stands, and may not follow, read logs, scale or apply', async () => {
    const viewer = as('viewer');
    expect(await viewer.deployment(space, 'whole', never())).toMatchObject({
      wanted: 2,
      images: { app: `${repository}:v1` },
    });
    const pod = (await followed({ deployment: 'whole' })).view.pods[0]?.name ?? '';
    const looking = async () => {
      for await (const _ of viewer.watchRollout(space, 'whole', never())) throw new Error('It may look');
    };
    expect(await told(looking())).toContain('does not let homelab-bot:viewer list deployments.apps');
    const log = { namespace: space, pod, container: 'app', previous: false, lines: 3 };
    expect(await told(viewer.podLog(log, never()))).toContain('does not let homelab-bot:viewer get pods/log');
    expect((await as('operator').podLog(log, never())).length).toBe(3);
    expect(await told(viewer.writeScale(space, 'whole', 0, never()))).toContain('patch deployments.apps/scale');
    expect(await told(viewer.autoscalerOf(space, 'whole', never()))).toContain('list horizontalpodautoscalers');
    const refused = await told(viewer.apply(whole, {}, never()));
    expect(refused).toMatch(
      /^Kubernetes does not let homelab-bot:viewer patch configmaps in shop\..*\nAnd \d+ more like it\.$/,
    );
  });

  test.each<[string, object]>([
    ['Secrets', { apiVersion: 'v1', kind: 'Secret', metadata: metadata('x'), stringData: { a: 'b' } }],
    ['namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }],
    [
      'pods',
      { apiVersion: 'v1', kind: 'Pod', metadata: metadata('x'), spec: { containers: [{ name: 'a', image: 'b' }] } },
    ],
    [
      'rolebindings.rbac.authorization.k8s.io',
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: metadata('x'),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      },
    ],
  ])('nobody applies %s', async (resource, object) => {
    for (const level of ['operator', 'admin'] as const) {
      expect(await told(as(level).apply(JSON.stringify(object), {}, never()))).toContain(
        `patch ${resource.toLowerCase()}`,
      );
    }
  });

  test('also when the check of the bot is bypassed: nobody deletes, executes, or reads Secrets; the account alone can do nothing', async () => {
    for (const level of ['viewer', 'operator', 'admin']) {
      const user = [`--as=homelab-bot:${level}`, `--as-group=homelab-bot:${level}`];
      for (const [verb, resource] of [
        ['get', 'secrets'],
        ['list', 'secrets'],
        ['delete', 'deployments'],
        ['delete', 'pods'],
        ['update', 'deployments'],
        ['get', 'configmaps'],
        ['create', 'pods --subresource=exec'],
        ['create', 'pods --subresource=eviction'],
        ['create', 'serviceaccounts --subresource=token'],
        ['patch', 'nodes'],
        ['escalate', 'clusterroles'],
      ] as const) {
        expect([
          level,
          verb,
          resource,
          (await asAccount('auth', 'can-i', verb, ...resource.split(' '), '-n', space, ...user))
            .trim()
            .split('\n')
            .at(-1),
        ]).not.toContain('yes');
      }
    }
    const file = join(control.dir, 'alone.json');
    await writeFile(file, manifest({ name: 'alone', tag: 'v1' }));
    expect(await asAccount('apply', '--server-side', '--validate=false', '-f', file)).toContain('Forbidden');
    expect(await asAccount('get', 'deployments', '-n', space)).toContain('Forbidden');
  });

  test("the API server's audit log names the person, for kubectl and for watches", async () => {
    await rollOut({ name: 'audited', tag: 'v1' });
    // The end of a watch is written down a moment after it.
    let mine = await audited();
    while (!mine.some(({ verb }) => verb === 'watch')) {
      await delay(50);
      mine = await audited();
    }
    expect(new Set(mine.map(({ verb }) => verb))).toEqual(new Set(['get', 'list', 'watch', 'patch']));
    const people = mine.filter(
      ({ impersonatedUser }) => impersonatedUser?.extra?.['discord-user']?.[0] === '123456789012345678 %56era',
    );
    // What was tried above as the account alone has no person.
    expect(mine.length - people.length).toBeLessThanOrEqual(1);
  });
});

describe('a rollout', () => {
  test('that succeeds, with six requests', async () => {
    expect(said(await rollOut({ name: 'good', tag: 'v1' }))).toBe('done');
    const second = await rollOut({ name: 'good', tag: 'v2' });
    expect(said(second)).toBe('done');
    expect(second.progress).toMatchObject({ wanted: 2, updated: 2, ready: 2, unavailable: 0, old: 0 });
    expect(second.view.requests).toBe(6);
  });

  const nowhere = { nodeSelector: { disk: 'none' } };
  const migrate = { initContainers: [{ name: 'migrate', image: `${repository}:broken` }] };
  test.each<[string, Omit<App, 'name'>, RegExp]>([
    [
      'a missing image',
      { tag: 'missing' },
      /^image pull: The container app of \S+ has no image\. ImagePullBackOff: Back-off pulling image "registry\.test\/shop:missing".*not found/,
    ],
    ['a crash', { tag: 'broken' }, /^crash loop: The container app of \S+ crashes.*exit code 1/],
    ['too much memory', { tag: 'oom' }, /^crash loop: .*OOMKilled, exit code 137/],
    ['an init container that crashes', { tag: 'v2', pod: migrate }, /^crash loop: The init container migrate of/],
    ['no node', { tag: 'v2', pod: nowhere }, /^unschedulable: .*0\/3 nodes are available/],
    [
      'a deadline of its own',
      { tag: 'unready', spec: { progressDeadlineSeconds: 3 } },
      /^deadline: .*ProgressDeadlineExceeded.*has timed out progressing\.\nThe container app of \S+ runs, but does not become ready/,
    ],
  ])('that cannot succeed ends early with the reason, and goes back: %s', async (what, app, words) => {
    const name = `bad-${what.replaceAll(' ', '-')}`;
    const good = { name, tag: 'v1', replicas: 1, spec: { progressDeadlineSeconds: 600 } };
    expect(said(await rollOut(good))).toBe('done');
    const bad = await rollOut({ name, replicas: 1, ...app });
    expect(said(bad)).toMatch(words);
    expect(bad.progress.ready).toBe(1);
    if (/crash/.test(said(bad))) expect(bad.evidence.length).toBeGreaterThan(0);
    expect(said(await rollOut(good))).toBe('done');
  });

  test('the deadline of the version before is not held against the one that takes it back', async () => {
    const spec = { progressDeadlineSeconds: 3 };
    expect(said(await rollOut({ name: 'stale', tag: 'v1', replicas: 1, spec }))).toBe('done');
    expect(said(await rollOut({ name: 'stale', tag: 'unready', replicas: 1, spec }))).toMatch(/^deadline:/);
    expect(said(await rollOut({ name: 'stale', tag: 'v1', replicas: 1, spec }))).toBe('done');
  });

  test('over the quota', async () => {
    await admin('create', 'namespace', 'tight');
    await admin('create', 'quota', 'one', '--hard=pods=1', '-n', 'tight');
    expect(said(await rollOut({ name: 'one', tag: 'v1', replicas: 1, namespace: 'tight' }))).toBe('done');
    expect(said(await rollOut({ name: 'one', tag: 'v2', replicas: 1, namespace: 'tight' }))).toMatch(
      /^quota: No pod can be made \(FailedCreate\): pods .* is forbidden: exceeded quota: one/,
    );
  });

  test('that is not finished in our own time, paused, or deleted', async () => {
    const slow = await rollOut({ name: 'other-ends', tag: 'unready', replicas: 1 }, { timeoutMs: 2500 });
    expect(said(slow)).toMatch(/^timeout: Not finished after 2s: .*\nThe container app of/);
    const paused = await rollOut({ name: 'other-ends', tag: 'v2', replicas: 1, spec: { paused: true } });
    expect(said(paused)).toMatch(/^paused: /);
    const ending = followed({ deployment: 'other-ends' });
    await admin('delete', 'deployment', 'other-ends', '-n', space);
    expect(said(await ending)).toMatch(/^(?:gone|paused): /);
    expect(said(await followed({ deployment: 'other-ends' }))).toMatch(/^gone: /);
  });

  test('that kubectl set image takes over', async () => {
    await as('operator').apply(manifest({ name: 'contested', tag: 'slow' }), {}, never());
    const following = followed({ deployment: 'contested', image: `${repository}:slow` });
    await admin('set', 'image', 'deployment/contested', `app=${repository}:v9`, '-n', space);
    expect(said(await following)).toContain(
      `taken over: Another change took over: the container app is to run ${repository}:v9 now.`,
    );
  });

  test('goes on when etcd forgot the history', async () => {
    await as('operator').apply(manifest({ name: 'compacted', tag: 'slow' }), {}, never());
    const following = followed({ deployment: 'compacted' });
    await control.compact();
    expect(said(await following)).toBe('done');
  });
});

describe('an autoscaler decides on the replicas: 3 before, 3 after', () => {
  const autoscaler = (name: string) =>
    JSON.stringify({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: `hpa-${name}`, namespace: space },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 2, maxReplicas: 5 },
    });
  /** Block style, as kustomize renders. */
  const yaml = (name: string, tag: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  namespace: ${space}\nspec:\n  replicas: 3\n  selector:\n    matchLabels:\n      app: ${name}\n  template:\n    metadata:\n      labels:\n        app: ${name}\n    spec:\n      containers:\n      - image: ${repository}:${tag}\n        name: app\n`;

  test.each<[string, string, (text: string) => Promise<unknown>]>([
    ['kubectl-client-side-apply', 'hpa-client', (text) => adminApplies(text)],
    ['homelab-bot', 'hpa-bot', (text) => as('operator').apply(text, {}, never())],
  ])('where %s owns them', async (manager, name, first) => {
    await first(yaml(name, 'v1'));
    await adminApplies(autoscaler(name));
    expect(said(await followed({ deployment: name }))).toBe('done');
    const cluster = as('operator');
    expect(await cluster.autoscalerOf(space, name, never())).toBe(`hpa-${name}`);
    expect(await cluster.scaleOwner(space, name, never())).toEqual({ replicas: 3, managers: [manager] });

    for (const tag of ['v2', 'v3']) {
      await cluster.writeScale(space, name, 3, never());
      const text = withoutReplicas(yaml(name, tag), [{ kind: 'Deployment', namespace: space, name }]);
      expect(text).not.toContain('replicas');
      await cluster.apply(text, {}, never());
      expect(await cluster.scaleOwner(space, name, never())).toEqual({ replicas: 3, managers: ['homelab-bot-scale'] });
      const end = await followed({ deployment: name, image: `${repository}:${tag}` });
      expect(said(end)).toBe('done');
      expect(end.progress).toMatchObject({ wanted: 3, ready: 3 });
    }
  });

  test('and would be 1 without writing them back, so the test above tests something', async () => {
    await as('operator').apply(yaml('hpa-lost', 'v1'), {}, never());
    await as('operator').apply(yaml('hpa-lost', 'v1').replace('  replicas: 3\n', ''), {}, never());
    expect(await as('operator').scaleOwner(space, 'hpa-lost', never())).toMatchObject({ replicas: 1 });
  });
});
