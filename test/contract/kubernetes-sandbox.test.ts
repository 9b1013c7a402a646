// What the sandbox's cluster has beyond the real one: its seed, metrics, faults, outages, and the means by which tests change it.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { groupVersion, resources } from '../../sandbox/kubernetes/resources.ts';
import { supportedPaths, supportedResources } from '../../sandbox/kubernetes/supported.ts';
import { columnsFor } from '../../sandbox/kubernetes/tables/columns.ts';
import { type Answered, type Asked, createClient } from './kubernetes/client.ts';
import { listOf, namesOf, objectOf } from './kubernetes/connection.ts';

let cluster: Kubernetes;

beforeEach(async () => {
  cluster = await startKubernetes();
});

afterEach(async () => {
  await cluster.stop();
});

function ask(path: string, asked?: Asked): Promise<Answered> {
  return createClient({ url: cluster.url }, { token: cluster.token('admin') }).ask(path, asked);
}

async function restart(options: KubernetesOptions): Promise<void> {
  await cluster.stop();
  cluster = await startKubernetes(options);
}

function node(name: string) {
  return { apiVersion: 'v1', kind: 'Node', name };
}

describe('the homelab', () => {
  test('has the machines of the specification', async () => {
    expect(namesOf(await ask('/api/v1/nodes'))).toEqual(['desktop-1', 'desktop-2', 'desktop-3', 'worker-db-01']);
    const database = objectOf(await ask('/api/v1/nodes/worker-db-01'));
    expect(database).toMatchObject({
      metadata: { labels: { 'app-type': 'db' } },
      spec: { taints: [{ key: 'app-type', value: 'db', effect: 'NoSchedule' }] },
      status: { addresses: [{ type: 'InternalIP', address: '100.64.0.10' }, expect.anything()] },
    });
  });

  test('runs the workloads on nodes that exist, each with metrics', async () => {
    const pods = listOf(await ask('/api/v1/pods'));
    const nodes = namesOf(await ask('/api/v1/nodes'));
    for (const { spec } of pods.items) expect(nodes).toContain((spec as { nodeName: string }).nodeName);
    expect(pods.items.filter(({ metadata }) => metadata.namespace === 'laravel-apps')).toHaveLength(4);
    const measured = namesOf(await ask('/apis/metrics.k8s.io/v1beta1/pods'));
    expect(measured).toEqual(pods.items.map(({ metadata }) => metadata.name));
  });

  test('measures its nodes as metrics-server does', async () => {
    const list = listOf(await ask('/apis/metrics.k8s.io/v1beta1/nodes'));
    expect([list.kind, list.apiVersion, list.metadata]).toEqual(['NodeMetricsList', 'metrics.k8s.io/v1beta1', {}]);
    expect(list.items[0]).toEqual({
      metadata: {
        name: 'desktop-1',
        creationTimestamp: expect.any(String),
        labels: { 'kubernetes.io/hostname': 'desktop-1' },
      },
      timestamp: expect.any(String),
      window: expect.stringMatching(/s$/),
      usage: { cpu: expect.stringMatching(/^\d+n$/), memory: expect.stringMatching(/^\d+Ki$/) },
    });
    expect((await ask('/apis/metrics.k8s.io/v1beta1/nodes/nope')).body).toMatchObject({
      message: 'nodes.metrics.k8s.io "nope" not found',
    });
  });

  test('counts every age from the clock that it is given', async () => {
    const now = new Date('2030-05-05T12:00:00Z');
    await restart({ now: () => now });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const table = (await ask('/api/v1/nodes', { headers: { accept } })).body as { rows: { cells: unknown[] }[] };
    expect(table.rows.map(({ cells }) => cells[3])).toEqual(['212d', '211d', '96d', '180d']);
  });
});

describe('changing it', () => {
  test.each([
    ['notready', 'False', 'KubeletNotReady', 'node.kubernetes.io/not-ready'],
    ['lost', 'Unknown', 'NodeStatusUnknown', 'node.kubernetes.io/unreachable'],
  ] as const)('a node that is %s, and well again', async (state, status, reason, taint) => {
    const before = cluster.get(node('desktop-2'));
    cluster.node('desktop-2', state);
    const failed = cluster.get(node('desktop-2'));
    expect(failed).toMatchObject({
      spec: { taints: expect.arrayContaining([expect.objectContaining({ key: taint, effect: 'NoExecute' })]) },
      status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status, reason })]) },
    });
    const pods = listOf(await ask('/api/v1/pods?fieldSelector=spec.nodeName%3Ddesktop-2'));
    for (const pod of pods.items) {
      expect(pod['status']).toMatchObject({
        conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'False' })]),
      });
    }
    cluster.node('desktop-2', 'ready');
    expect(cluster.get(node('desktop-2'))?.['spec']).toEqual(before?.['spec']);
  });

  test('a change reaches who watches', async () => {
    const client = createClient({ url: cluster.url }, { token: cluster.token('admin') });
    const since = listOf(await ask('/api/v1/nodes')).metadata.resourceVersion;
    const watching = await client.watch(`/api/v1/nodes?watch=1&resourceVersion=${since}`);
    cluster.patch(node('desktop-3'), { spec: { unschedulable: true } });
    cluster.remove(node('desktop-3'));
    expect([(await watching.next())?.type, (await watching.next())?.type]).toEqual(['MODIFIED', 'DELETED']);
    watching.stop();
  });

  test('a bookmark comes from time to time', async () => {
    await restart({ bookmarkMs: 10 });
    const client = createClient({ url: cluster.url }, { token: cluster.token('admin') });
    const watching = await client.watch(
      '/api/v1/nodes?watch=1&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dnope',
    );
    await watching.next();
    const bookmark = await watching.next();
    watching.stop();
    expect([bookmark?.type, Object.keys(bookmark?.object.metadata ?? {})]).toEqual(['BOOKMARK', ['resourceVersion']]);
  });

  test('it grows to a thousand nodes', async () => {
    cluster.scale({ nodes: 1000, pods: 60 });
    const nodes = namesOf(await ask('/api/v1/nodes'));
    expect([nodes.length, new Set(nodes).size]).toEqual([1000, 1000]);
    expect(namesOf(await ask('/apis/metrics.k8s.io/v1beta1/nodes'))).toHaveLength(1000);
    expect(namesOf(await ask('/api/v1/pods'))).toHaveLength(60);
  });

  test('a kind that is not held is refused by its name', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'default' } };
    expect(() => cluster.apply([secret])).toThrow('the sandbox holds no Secret of v1');
  });

  test('reset brings the seed back, and forgets requests and faults', async () => {
    cluster.remove(node('desktop-3'));
    cluster.faults.next({}, { status: 500 });
    cluster.reset();
    expect(cluster.requests).toEqual([]);
    expect((await ask('/api/v1/nodes/desktop-3')).status).toBe(200);
  });
});

describe('who asks', () => {
  test('without credentials it is 401, as in K3s', async () => {
    expect((await createClient({ url: cluster.url }, 'none').ask('/healthz')).status).toBe(401);
  });

  test('a kubeconfig holds server, token and namespace', () => {
    expect(parse(cluster.kubeconfig({ serviceAccount: 'chatops/homelab-bot' }))).toMatchObject({
      clusters: [{ cluster: { server: cluster.url } }],
      users: [{ name: 'homelab-bot', user: { token: cluster.token({ serviceAccount: 'chatops/homelab-bot' }) } }],
      contexts: [{ context: { namespace: 'chatops' } }],
    });
  });

  test('the log tells who, and as whom', async () => {
    await ask('/api/v1/nodes?limit=1', {
      headers: {
        'impersonate-user': 'someone',
        'impersonate-group': 'people',
        'impersonate-extra-discord-user': '1 ops',
      },
    });
    expect(cluster.requests).toMatchObject([
      {
        verb: 'list',
        resource: 'nodes',
        user: { name: 'admin' },
        impersonated: {
          name: 'someone',
          groups: ['people', 'system:authenticated'],
          extra: { 'discord-user': ['1 ops'] },
        },
        status: 403,
      },
    ]);
  });

  test('kubectl sends its reviews as protobuf', async () => {
    // What kubectl 1.36 sends for `auth can-i list nodes`.
    const text = (number: number, value: Buffer | string) =>
      Buffer.concat([Buffer.from([number * 8 + 2, value.length]), Buffer.from(value)]);
    const attributes = Buffer.concat([
      text(1, 'default'),
      text(2, 'list'),
      text(3, ''),
      text(4, '*'),
      text(5, 'nodes'),
    ]);
    const type = Buffer.concat([text(1, 'authorization.k8s.io/v1'), text(2, 'SelfSubjectAccessReview')]);
    const review = Buffer.concat([
      text(1, ''),
      text(2, text(1, attributes)),
      text(3, Buffer.concat([Buffer.from([8, 0])])),
    ]);
    const body = Buffer.concat([Buffer.from('k8s\0'), text(1, type), text(2, review)]);
    const answer = await fetch(`${cluster.url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${cluster.token({ serviceAccount: 'chatops/homelab-bot' })}`,
        'content-type': 'application/vnd.kubernetes.protobuf',
        connection: 'close',
      },
      body,
    });
    expect(await answer.json()).toMatchObject({
      spec: { resourceAttributes: { namespace: 'default', verb: 'list', resource: 'nodes' } },
      status: { allowed: false },
    });
  });
});

describe('what goes wrong', () => {
  test('a status instead of an answer, as often as asked for', async () => {
    cluster.faults.next({ path: '/nodes', times: 2 }, { status: 503 });
    const answers = [
      await ask('/api/v1/pods?limit=1'),
      await ask('/api/v1/nodes'),
      await ask('/api/v1/nodes'),
      await ask('/api/v1/nodes'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 503, 503, 200]);
    expect(answers[1]?.body).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable', code: 503 });
  });

  test.each(['drop before acting', 'drop after acting'] as const)('the connection is lost: %s', async (fault) => {
    cluster.faults.next({ verb: 'list' }, fault);
    await expect(ask('/api/v1/nodes')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(cluster.requests.at(-1)).toMatchObject({
      status: null,
      user: fault === 'drop after acting' ? { name: 'admin' } : null,
    });
  });

  test('a hanging request ends with the server', async () => {
    cluster.faults.next({}, 'hang');
    const hanging = expect(ask('/api/v1/nodes')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await ask('/readyz')).text).toBe('ok');
    await cluster.stop();
    await hanging;
  });

  test('a slow answer is the same answer', async () => {
    cluster.faults.next({}, { delayMs: 5 });
    expect((await ask('/api/v1/nodes')).status).toBe(200);
  });

  test('it goes away, cutting watches, and comes back on the same port', async () => {
    const client = createClient({ url: cluster.url }, { token: cluster.token('admin') });
    const watching = await client.watch('/api/v1/nodes?watch=1&fieldSelector=metadata.name%3Ddesktop-1');
    await watching.next();
    const { url } = cluster;
    await cluster.away();
    await expect(watching.next()).rejects.toThrow(/aborted/);
    await expect(ask('/readyz')).rejects.toThrow(/ECONNREFUSED/);
    await cluster.back();
    expect(cluster.url).toBe(url);
    expect((await ask('/readyz')).text).toBe('ok');
  });
});

describe('what is not supported', () => {
  test.each([
    ['GET', '/api/v1/endpoints', 'the resource endpoints'],
    ['GET', '/apis/storage.k8s.io/v1/storageclasses', 'the API group storage.k8s.io/v1'],
    ['GET', '/api/v1/namespaces/laravel-apps/pods/mysql-0/attach', 'the subresource pods/attach'],
    ['GET', '/api/v1/namespaces/laravel-apps/pods/mysql-0/log?follow=true', 'following a log'],
    ['POST', '/api/v1/namespaces/laravel-apps/pods', 'create of pods'],
    ['DELETE', '/apis/apps/v1/namespaces/laravel-apps/deployments', 'deletecollection of deployments'],
    ['PATCH', '/api/v1/nodes/desktop-1', 'patch of nodes'],
    ['GET', '/api/v1/nodes?dryRun=All', 'the parameter dryRun'],
    ['GET', '/openapi/v3/apis/storage.k8s.io/v1', '/openapi/v3/apis/storage.k8s.io/v1'],
    ['POST', '/api/v1/namespaces/laravel-apps/pods/mysql-0/eviction', 'the subresource pods/eviction'],
  ])('%s %s is answered 501, naming itself', async (method, path, what) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(501);
    expect(answer.body).toMatchObject({
      kind: 'Status',
      reason: 'NotImplemented',
      message: `the sandbox does not support ${what} (${method} ${path.split('?')[0]})`,
    });
  });

  test('the table of what is supported says what is served', () => {
    const served = resources.map((one) => ({
      groupVersion: groupVersion(one),
      resource: one.resource,
      verbs: one.verbs.join(' '),
      parts: (one.subresources ?? []).map(({ name }) => name).join(' '),
      table: columnsFor(one) !== undefined,
    }));
    const key = (one: (typeof served)[number]) => JSON.stringify(one);
    expect(supportedResources.map(key).toSorted()).toEqual(served.map(key).toSorted());
  });

  test.each(supportedPaths)('%s is served for every group', async (path) => {
    const groups = new Map(resources.filter(({ group }) => group !== '').map((one) => [one.group, one.version]));
    const paths = [...groups].map(([group, version]) => path.replace('{group}', group).replace('{version}', version));
    for (const each of new Set(paths)) expect([each, (await ask(each)).status]).toEqual([each, 200]);
  });
});
