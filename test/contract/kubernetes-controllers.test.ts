// What acts by itself in the sandbox's cluster beyond what the shared suite asks of any: its seed, its clock, its failures, its logs.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import {
  type AppOptions,
  app,
  apply,
  applyApp,
  appSpace,
  conditionOf,
  deploymentOf,
  deploymentsPath,
  podsOf,
  podsPath,
  rolledOut,
  setsOf,
  statusOf,
  until,
} from './kubernetes/apps.ts';
import { type Client, createClient } from './kubernetes/client.ts';
import { type AnyObject, type Connection, listOf, objectOf } from './kubernetes/connection.ts';

const quick = { ready: 10, failed: 10, backOff: 20, terminate: 5 };
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: appSpace } };
const shop = '/apis/apps/v1/namespaces/laravel-apps/deployments/laravel-multi-tenant';

let cluster: Kubernetes;
let admin: Client;

async function start(options: KubernetesOptions = {}): Promise<void> {
  cluster = await startKubernetes({ delays: quick, ...options });
  admin = client();
  cluster.apply([namespace]);
}

function client(): Client {
  return createClient(
    { url: cluster.url, ...(cluster.ca === null ? {} : { ca: cluster.ca }) },
    { token: cluster.token('admin') },
  );
}

/** Only what the helpers of the suite use. */
function connection(): Connection {
  const unused = () => Promise.reject(new Error('not here'));
  return {
    endpoint: { url: cluster.url },
    admin,
    create: unused,
    patch: unused,
    remove: unused,
    token: unused,
    compact: unused,
    close: unused,
  };
}

function put(name: string, options: AppOptions = {}): Promise<AnyObject> {
  return applyApp(connection(), app(name, options));
}

async function restart(options: KubernetesOptions): Promise<void> {
  await cluster.stop();
  await start(options);
}

beforeEach(() => start());

afterEach(async () => {
  await cluster.stop();
});

function waiting(pod: AnyObject | undefined): string | undefined {
  const { containerStatuses = [] } = (pod?.['status'] ?? {}) as {
    containerStatuses?: { state: { waiting?: { reason: string } } }[];
  };
  return containerStatuses[0]?.state.waiting?.reason;
}

function podWaiting(name: string, reason: string): Promise<AnyObject | undefined> {
  return until(
    async () => (await podsOf(connection(), name)).find((pod) => waiting(pod) === reason),
    (pod) => pod !== undefined,
  );
}

describe('the demo app of the seed', () => {
  test('runs the image that it is given, and is settled from the start', async () => {
    await restart({ image: '127.0.0.1:5000/acme/shop:abc1234' });
    const before = objectOf(await admin.ask(shop));
    expect(before['status']).toMatchObject({ replicas: 3, availableReplicas: 3, observedGeneration: 1 });
    await put('other', { replicas: 1 });
    await rolledOut(connection(), 'other');
    expect(objectOf(await admin.ask(shop))).toEqual(before);
    const pods = listOf(
      await admin.ask('/api/v1/namespaces/laravel-apps/pods?labelSelector=app%3Dlaravel-multi-tenant'),
    );
    const images = pods.items.map(({ spec }) => (spec as { containers: { image: string }[] }).containers[0]?.image);
    expect(images).toEqual(Array(3).fill('127.0.0.1:5000/acme/shop:abc1234'));
  });

  test('misses the pods of a node that fails, and has them again', async () => {
    const available = async () => statusOf(objectOf(await admin.ask(shop))).availableReplicas ?? 0;
    cluster.node('desktop-2', 'notready');
    expect(await until(available, (count) => count < 3)).toBe(1);
    cluster.node('desktop-2', 'ready');
    await until(available, (count) => count === 3);
  });
});

describe('a rollout', () => {
  test('of a slow image is waited for', async () => {
    await restart({ delays: { ...quick, slow: 3_600_000 } });
    await put('lazy', { tag: 'slow-1', replicas: 1 });
    await put('brisk', { replicas: 1 });
    await rolledOut(connection(), 'brisk');
    const [pod] = await until(
      () => podsOf(connection(), 'lazy'),
      ([one]) => (one?.['status'] as { phase?: string } | undefined)?.phase === 'Running',
    );
    expect(pod?.['status']).toMatchObject({ containerStatuses: [{ ready: false, started: true }] });
    expect(statusOf(await deploymentOf(connection(), 'lazy'))).toMatchObject({ unavailableReplicas: 1 });
  });

  test('waits until pods have been ready for long enough', async () => {
    const begun = Date.now();
    let ahead = 0;
    await restart({ now: () => new Date(begun + ahead) });
    await put('careful', { replicas: 1, spec: { minReadySeconds: 3_000 } });
    const ready = await until(
      () => deploymentOf(connection(), 'careful'),
      (object) => statusOf(object).readyReplicas === 1,
    );
    expect(statusOf(ready)).toMatchObject({ unavailableReplicas: 1 });
    ahead = 3_600_000;
    // Whatever changes makes the controller look at the time again.
    const [pod] = await podsOf(connection(), 'careful');
    cluster.patch(
      { apiVersion: 'v1', kind: 'Pod', name: pod?.metadata.name ?? '', namespace: appSpace },
      { metadata: { annotations: { seen: 'yes' } } },
    );
    await rolledOut(connection(), 'careful');
  });

  test('that is paused changes no pod until it goes on', async () => {
    await put('resting', { replicas: 1 });
    await rolledOut(connection(), 'resting');
    await put('resting', { replicas: 1, tag: 'v2', spec: { paused: true } });
    await until(
      () => deploymentOf(connection(), 'resting'),
      (object) => statusOf(object).observedGeneration === 2,
    );
    expect(await setsOf(connection(), 'resting')).toHaveLength(1);
    await put('resting', { replicas: 1, tag: 'v2' });
    await rolledOut(connection(), 'resting');
    expect(await setsOf(connection(), 'resting')).toHaveLength(2);
  });

  test('that recreates ends the old pods first', async () => {
    const spec = { strategy: { type: 'Recreate' } };
    await put('anew', { replicas: 2, spec });
    await rolledOut(connection(), 'anew');
    const since = listOf(await admin.ask(podsPath)).metadata.resourceVersion;
    const watching = await admin.watch(`${podsPath}?watch=1&resourceVersion=${since}`);
    await put('anew', { replicas: 2, tag: 'v2', spec });
    const types: string[] = [];
    while (types.filter((type) => type === 'ADDED').length < 2) types.push((await watching.next())?.type ?? 'ended');
    watching.stop();
    expect(types.filter((type) => type !== 'MODIFIED')).toEqual(['DELETED', 'DELETED', 'ADDED', 'ADDED']);
    await rolledOut(connection(), 'anew');
  });

  test('keeps as many old ReplicaSets as it is told', async () => {
    for (const tag of ['v1', 'v2', 'v3', 'v4']) {
      await put('short', { tag, replicas: 1, spec: { revisionHistoryLimit: 1 } });
      await rolledOut(connection(), 'short');
    }
    await until(
      () => setsOf(connection(), 'short'),
      (sets) => sets.length === 2,
    );
  });

  test('goes on when the quota is raised', async () => {
    const quota = (pods: string) => ({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few' },
      spec: { hard: { pods } },
    });
    const path = `/api/v1/namespaces/${appSpace}/resourcequotas/few`;
    await apply(connection(), path, quota('1'));
    await put('many', { replicas: 2 });
    await until(
      () => deploymentOf(connection(), 'many'),
      (object) => conditionOf(object, 'ReplicaFailure') !== undefined,
    );
    await apply(connection(), path, quota('2'));
    expect(conditionOf(await rolledOut(connection(), 'many'), 'ReplicaFailure')).toBeUndefined();
    expect(objectOf(await admin.ask(path))['status']).toEqual({ hard: { pods: '2' }, used: { pods: '2' } });
  });

  test('avoids nodes that are cordoned, and comes when one is opened again', async () => {
    for (const name of ['desktop-2', 'desktop-3']) {
      cluster.patch({ apiVersion: 'v1', kind: 'Node', name }, { spec: { unschedulable: true } });
    }
    await put('queued', { replicas: 1 });
    const [pod] = await until(
      () => podsOf(connection(), 'queued'),
      ([one]) => JSON.stringify(one?.['status'] ?? '').includes('Unschedulable'),
    );
    const all = '0/4 nodes are available';
    expect(pod?.['status']).toMatchObject({
      conditions: [
        {
          message: `${all}: 2 node(s) had untolerated taint(s), 2 node(s) were unschedulable. no new claims to deallocate, preemption: ${all}: 4 Preemption is not helpful for scheduling.`,
        },
      ],
    });
    cluster.patch({ apiVersion: 'v1', kind: 'Node', name: 'desktop-3' }, { spec: { unschedulable: null } });
    await rolledOut(connection(), 'queued');
    expect((await podsOf(connection(), 'queued'))[0]?.['spec']).toMatchObject({ nodeName: 'desktop-3' });
  });

  test('brings metrics for each pod that is ready, and takes them along', async () => {
    const measured = async () => {
      const list = listOf(await admin.ask(`/apis/metrics.k8s.io/v1beta1/namespaces/${appSpace}/pods`));
      return list.items.map(({ metadata }) => metadata.name);
    };
    await put('measured', { replicas: 1 });
    await rolledOut(connection(), 'measured');
    expect(await measured()).toEqual((await podsOf(connection(), 'measured')).map(({ metadata }) => metadata.name));
    await admin.ask(`${deploymentsPath}/measured`, { method: 'DELETE' });
    await until(measured, (names) => names.length === 0);
    expect(await podsOf(connection(), 'measured')).toEqual([]);
  });

  test('ends with a reset, and nothing of it comes after', async () => {
    await put('gone', { replicas: 3 });
    cluster.reset();
    cluster.apply([namespace]);
    admin = client();
    await put('next', { replicas: 1 });
    await rolledOut(connection(), 'next');
    const names = listOf(await admin.ask(podsPath)).items.map(({ metadata }) => metadata.name);
    expect(names).toEqual([expect.stringMatching(/^next-/)]);
  });

  test('goes with its namespace', async () => {
    await put('homely', { replicas: 1 });
    await rolledOut(connection(), 'homely');
    await admin.ask(`/api/v1/namespaces/${appSpace}`, { method: 'DELETE' });
    await until(
      () => podsOf(connection(), 'homely'),
      (pods) => pods.length === 0,
    );
    expect(listOf(await admin.ask(deploymentsPath)).items).toEqual([]);
  });
});

describe('a log', () => {
  const log = (pod: AnyObject | undefined, query = '') => admin.ask(`${podsPath}/${pod?.metadata.name}/log${query}`);

  test('of a container that died holds a stack trace, and something that nobody should see', async () => {
    await put('dying', { tag: 'broken', replicas: 1 });
    const pod = await podWaiting('dying', 'CrashLoopBackOff');
    const { text } = await log(pod);
    expect(text).toContain('#0 /app/vendor/laravel/framework/');
    expect(text).toMatch(/^DB_PASSWORD=/m);
    expect((await log(pod, '?previous=true')).text).toBe(text);
  });

  test('of a container that never started says what it waits for', async () => {
    await put('absent', { tag: 'missing', replicas: 1 });
    const pod = await podWaiting('absent', 'ImagePullBackOff');
    const where = `container "app" in pod "${pod?.metadata.name}"`;
    expect((await log(pod)).body).toMatchObject({
      code: 400,
      message: `${where} is waiting to start: trying and failing to pull image`,
    });
    expect((await log(pod, '?previous=true')).body).toMatchObject({
      code: 400,
      message: `previous terminated ${where} not found`,
    });
  });

  test('is empty before the pod has a node', async () => {
    await put('homeless', { replicas: 1, pod: { nodeSelector: { nowhere: 'x' } } });
    const [pod] = await until(
      () => podsOf(connection(), 'homeless'),
      (pods) => pods.length === 1,
    );
    const answer = await log(pod);
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  test('is what a test gives it, and only as old as asked for', async () => {
    await put('given', { replicas: 1 });
    await rolledOut(connection(), 'given');
    const [pod] = await podsOf(connection(), 'given');
    cluster.log({ namespace: appSpace, name: pod?.metadata.name ?? '' }, 'first\nsecond\n');
    expect((await log(pod, '?tailLines=1')).text).toBe('second\n');
    expect((await log(pod, '?sinceTime=2999-01-01T00:00:00Z')).text).toBe('');
    expect((await log(pod, '?sinceSeconds=3600')).text).toBe('first\nsecond\n');
  });
});

describe('over TLS', () => {
  test('whoever trusts the authority of the kubeconfig gets an answer, others do not', async () => {
    await restart({ tls: true });
    expect(cluster.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(cluster.kubeconfig('admin')).toContain(
      Buffer.from(cluster.ca ?? '')
        .toString('base64')
        .slice(0, 60),
    );
    expect((await admin.ask('/readyz')).text).toBe('ok');
    const stranger = createClient({ url: cluster.url }, { token: cluster.token('admin') });
    await expect(stranger.ask('/readyz')).rejects.toThrow(/certificate/);
  });
});
