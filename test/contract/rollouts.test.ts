// Applying, and following a rollout, over HTTPS and with the real kubectl, against the sandbox's controllers: as whom, what is seen, how it ends.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { findPrograms } from '../../sandbox/programs.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import type { Level } from '../../src/access/level.ts';
import type { Cluster, ClusterRoom } from '../../src/cluster/cluster.ts';
import { lateClusterRoom } from '../../src/cluster/late.ts';
import { openCluster } from '../../src/cluster/room.ts';
import { type Followed, follow } from '../../src/rollouts/follow.ts';

const space = 'laravel-apps';
const name = 'demo';
const repository = 'registry.test/acme/demo';
const which = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: space, name } as const;

let folder = '';
let path = '';
let kubernetes: Kubernetes;
let room: ClusterRoom;
let late: ClusterRoom;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollouts-'));
  const programs = await findPrograms();
  if (programs.advice !== null) throw new Error(programs.advice);
  path = programs.path;
  kubernetes = await startKubernetes({ tls: true, delays: { slow: 3000 } });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubernetes.kubeconfig({ serviceAccount: 'chatops/homelab-bot' }));
  const scratch = join(folder, 'tmp');
  mkdirSync(scratch);
  room = await openCluster({
    kubernetes: { kind: 'file', path: kubeconfig },
    log: pino({ level: 'silent' }),
    env: { PATH: path, HOME: folder, TMPDIR: scratch },
  });
  late = lateClusterRoom(async () => room);
});
beforeEach(async () => {
  kubernetes.reset();
  kubernetes.apply(await rbacObjects());
});
afterEach(() => kubernetes.faults.clear());
afterAll(async () => {
  await room.stop();
  await kubernetes.stop();
  rmSync(folder, { recursive: true });
});

function as(level: Level): Cluster {
  return late.as({ level, discordUser: '123456789012345678 vera' });
}

function never(): AbortSignal {
  return new AbortController().signal;
}

function manifest(tag: string, replicas = 2): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${space}
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
      - name: app
        image: ${repository}:${tag}
`;
}

function target(tag: string, timeoutMs = 30_000) {
  return { namespace: space, deployment: name, container: 'app', image: `${repository}:${tag}`, timeoutMs };
}

interface Course {
  readonly seen: readonly Followed[];
  readonly last: Followed;
}

/** Applies it and follows it to its end; `during` is called with each report. */
async function rollOut(
  tag: string,
  options: { timeoutMs?: number; during?: (seen: Followed) => unknown } = {},
): Promise<Course> {
  await as('operator').apply(manifest(tag), {}, never());
  return followed(tag, options);
}

async function followed(
  tag: string,
  { timeoutMs, during }: { timeoutMs?: number; during?: (seen: Followed) => unknown } = {},
): Promise<Course> {
  const seen: Followed[] = [];
  for await (const one of follow(as('operator'), target(tag, timeoutMs), never())) {
    seen.push(one);
    await during?.(one);
  }
  const last = seen.at(-1);
  if (last === undefined) throw new Error('Nothing was reported');
  return { seen, last };
}

function said({ last }: Course): string {
  return last.verdict.kind === 'failed' ? `${last.verdict.reason}: ${last.verdict.said}` : last.verdict.kind;
}

async function told(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('It succeeded'),
    (reason: unknown) => reason,
  );
  const { name: kind, message } = error as Error;
  return kind === 'UserError' ? message : `${kind}: ${message}`;
}

describe('as whom', () => {
  test('whatever is asked carries the level and the person, kubectl too', async () => {
    const { last } = await rollOut('v1');
    const folderOf = join(folder, 'kustomization');
    mkdirSync(folderOf, { recursive: true });
    writeFileSync(join(folderOf, 'kustomization.yaml'), 'resources: [one.yaml]\n');
    writeFileSync(join(folderOf, 'one.yaml'), manifest('v1'));
    const pod = last.view.pods[0]?.name ?? '';
    const cluster = as('operator');
    const first = async () => {
      for await (const view of cluster.watchRollout(space, name, never())) return view;
      return null;
    };
    const everything: Record<
      Exclude<keyof Cluster, 'nodes' | 'node' | 'nodeUsage' | 'podCounts' | 'podsOn' | 'eventsOn'>,
      () => Promise<unknown>
    > = {
      deployment: () => cluster.deployment(space, name, never()),
      watchRollout: first,
      podLog: () => cluster.podLog({ namespace: space, pod, container: 'app', previous: false, lines: 5 }, never()),
      autoscalerOf: () => cluster.autoscalerOf(space, name, never()),
      scaleOwner: () => cluster.scaleOwner(space, name, never()),
      writeScale: () => cluster.writeScale(space, name, 2, never()),
      apply: () => cluster.apply(manifest('v1'), {}, never()),
      render: () => cluster.render(folderOf, never()),
    };
    for (const [what, ask] of Object.entries(everything)) {
      const before = kubernetes.requests.length;
      await ask();
      const made = kubernetes.requests.slice(before);
      if (what === 'render') expect(made).toEqual([]);
      else expect(made.length).toBeGreaterThan(0);
    }
    for (const { user, impersonated, status } of kubernetes.requests) {
      expect(status).toBeLessThan(300);
      expect(user?.name).toBe('system:serviceaccount:chatops:homelab-bot');
      expect(impersonated?.name).toBe('homelab-bot:operator');
      expect(impersonated?.extra).toEqual({ 'discord-user': ['123456789012345678 vera'] });
    }
  });

  test('viewers may look at a Deployment, and neither follow nor apply', async () => {
    await rollOut('v1');
    const viewer = as('viewer');
    expect(await viewer.deployment(space, name, never())).toMatchObject({
      wanted: 2,
      images: { app: `${repository}:v1` },
    });
    expect(await told(viewer.apply(manifest('v2'), {}, never()))).toBe(
      'Kubernetes does not let homelab-bot:viewer patch deployments.apps in laravel-apps. Whoever runs the cluster applies manifests/chatops/rbac.',
    );
    const looking = async () => {
      for await (const _ of follow(viewer, target('v1'), never())) throw new Error('It may look');
    };
    expect(await told(looking())).toContain('does not let homelab-bot:viewer list deployments.apps');
    expect(await told(viewer.writeScale(space, name, 0, never()))).toContain('patch deployments.apps/scale');
  });

  test('without the manifests it may nothing, and says which ones', async () => {
    kubernetes.reset();
    expect(await told(as('operator').apply(manifest('v1'), {}, never()))).toMatch(
      /may not act as homelab-bot:operator.*rbac/,
    );
  });
});

describe('apply', () => {
  test('names what it applied, and a dry run changes nothing', async () => {
    const two = `${manifest('v1')}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: ${space}\n`;
    const result = [
      { kind: 'Deployment', namespace: space, name, result: 'serverside-applied' },
      { kind: 'ConfigMap', namespace: space, name: 'settings', result: 'serverside-applied' },
    ];
    expect(await as('operator').apply(two, { dryRun: true }, never())).toEqual(result);
    expect(await as('operator').deployment(space, name, never())).toBeNull();
    expect(await as('operator').apply(two, {}, never())).toEqual(result);
  });

  test('leaves no credentials behind, also where it fails or is given up', async () => {
    const files = () =>
      readdirSync(join(folder, 'tmp'), { recursive: true }).filter((one) => String(one).includes('kubeconfig'));
    await told(as('viewer').apply(manifest('v1'), {}, never()));
    kubernetes.faults.next({ method: 'PATCH' }, 'hang');
    const stop = new AbortController();
    const running = as('operator').apply(manifest('v1'), {}, stop.signal);
    while (files().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(files()).toEqual([]);
  });

  test.each([['away', 'reached', async () => kubernetes.away()]])(
    'says when the cluster is %s',
    async (_, words, happen) => {
      await happen();
      expect(await told(as('operator').apply(manifest('v1'), {}, never()))).toContain(words);
      await kubernetes.back();
    },
  );

  test('what is no manifest is told in words', async () => {
    expect(await told(as('operator').apply('a: b: c', {}, never()))).toContain('The manifests cannot be read');
    expect(await told(as('operator').render(folder, never()))).toMatch(
      /cannot be rendered: unable to find one of.*the folder/,
    );
  });
});

describe('a rollout', () => {
  test('that succeeds: its pods are counted until all are ready', async () => {
    const course = await rollOut('v1');
    expect(said(course)).toBe('done');
    expect(course.last.progress).toMatchObject({ wanted: 2, updated: 2, ready: 2, unavailable: 0, old: 0 });
    const second = await rollOut('v2');
    expect(said(second)).toBe('done');
    expect(second.seen[0]?.progress.old).toBeGreaterThan(0);
    expect(second.last.view.requests).toBe(6);
  });

  test.each([
    ['missing', /^image pull: The container app of demo-\S+ has no image\. ImagePullBackOff: Back-off pulling image/],
    ['broken', /^crash loop: The container app of demo-\S+ crashes \(CrashLoopBackOff\): exit code 1/],
    ['oom', /^crash loop: .*OOMKilled, exit code 137/],
  ])('that cannot succeed ends early: %s', async (word, words) => {
    await rollOut('v1');
    const course = await rollOut(`v2-${word}`, { timeoutMs: 60_000 });
    expect(said(course)).toMatch(words);
    expect(course.last.progress).toMatchObject({ wanted: 2, ready: 2 });
    if (word === 'missing') expect(course.last.evidence).toEqual([]);
    else expect(course.last.evidence.length).toBeGreaterThan(0);
    // Back to what was: the crash of the version before is nobody's any more.
    expect(said(await rollOut('v1'))).toBe('done');
  });

  test('the log of what crashed is redacted', async () => {
    const course = await rollOut('broken', {
      during: ({ view }) => {
        for (const { name: pod } of view.pods)
          kubernetes.log({ namespace: space, name: pod }, 'starting\nAPP_KEY=base64:c2VjcmV0c2VjcmV0c2VjcmV0\n');
      },
    });
    expect(course.last.evidence).toEqual(['starting', 'APP_KEY=[redacted]']);
  });

  test('that never becomes ready ends with our own time', async () => {
    const course = await rollOut('unready', { timeoutMs: 1500 });
    expect(said(course)).toMatch(
      /^timeout: Not finished after 1s: .*\nThe container app of demo-\S+ runs, but does not become ready/,
    );
  });

  test('that another change takes over', async () => {
    await rollOut('v1');
    await as('operator').apply(manifest('slow'), {}, never());
    const course = await followed('slow', { during: () => as('operator').apply(manifest('v3'), {}, never()) });
    expect(said(course)).toBe(
      `taken over: Another change took over: the container app is to run ${repository}:v3 now.`,
    );
  });

  test('whose Deployment is deleted, or was never there', async () => {
    expect(said(await rollOut('slow', { during: () => kubernetes.remove(which) }))).toMatch(/^gone:/);
    expect(said(await followed('v1'))).toMatch(/^gone:/);
  });

  test('of nothing', async () => {
    await as('operator').apply(manifest('v1', 0), {}, never());
    expect(said(await followed('v1'))).toBe('done');
  });
});

describe('while it is followed', () => {
  test('the history is forgotten, watches end or break: it goes on', async () => {
    let count = 0;
    kubernetes.faults.next({ path: /replicasets.*watch/ }, 'drop before acting');
    kubernetes.faults.next({ path: /pods.*watch/ }, { status: 410 });
    const course = await rollOut('slow', {
      during: () => {
        count += 1;
        if (count === 1) kubernetes.compact();
      },
    });
    expect(said(course)).toBe('done');
  });

  test('the cluster goes away and comes back: that is said, and it goes on', async () => {
    let back: Promise<void> | null = null;
    const course = await rollOut('slow', {
      during: async ({ view, progress }) => {
        if (view.away === null && back === null) await kubernetes.away();
        else if (view.away !== null && back === null) {
          expect(progress.note).toMatch(/^The cluster cannot be reached/);
          back = kubernetes.back();
        }
      },
    });
    await back;
    expect(back).not.toBeNull();
    expect(said(course)).toBe('done');
  });

  test('the cluster stays away: our own time ends it', async () => {
    await rollOut('v1');
    await kubernetes.away();
    const course = await followed('v1', { timeoutMs: 1200 });
    await kubernetes.back();
    expect(said(course)).toMatch(
      /^timeout: Not finished after 1s, and its state is not known: The cluster cannot be reached/,
    );
  });

  test('nobody wants to know any more: nothing is left open', async () => {
    await as('operator').apply(manifest('slow'), {}, never());
    const stop = new AbortController();
    const running = (async () => {
      for await (const _ of follow(as('operator'), target('slow'), stop.signal)) stop.abort(new Error('enough'));
    })();
    await expect(running).rejects.toThrow('enough');
    for await (const _ of follow(as('operator'), target('slow'), never())) break;
  });

  test('many at once have connections of their own, and others still get theirs', async () => {
    await as('operator').apply(manifest('slow'), {}, never());
    const stop = new AbortController();
    const all = Array.from({ length: 12 }, async () => {
      for await (const _ of follow(as('operator'), target('slow'), stop.signal));
    });
    while (kubernetes.requests.filter(({ path }) => path.includes('watch=1')).length < 36) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await as('viewer').deployment(space, name, never())).not.toBeNull();
    stop.abort(new Error('enough'));
    for (const one of all) await expect(one).rejects.toThrow('enough');
  });
});
