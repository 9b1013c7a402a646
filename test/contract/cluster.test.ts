// The cluster room over HTTP: as whom it asks, what it makes of the answers, and what it says where there are none.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import type { Cluster, ClusterRoom } from '../../src/cluster/cluster.ts';
import { openCluster } from '../../src/cluster/room.ts';

const vera = { level: 'viewer', discordUser: '123456789012345678 vera' } as const;

let folder = '';
let kubernetes: Kubernetes;
let rooms: ClusterRoom[] = [];
let logged: { level: number; msg: string }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cluster-room-'));
  kubernetes = await startKubernetes();
});
beforeEach(async () => {
  kubernetes.reset();
  kubernetes.apply(await rbacObjects());
  logged = [];
});
afterEach(async () => {
  for (const room of rooms) await room.stop();
  rooms = [];
});
afterAll(async () => {
  await kubernetes.stop();
  rmSync(folder, { recursive: true });
});

async function open(options: { kubeconfig?: string; answerMs?: number; timeoutMs?: number; refreshMs?: number } = {}) {
  const { kubeconfig = kubernetes.kubeconfig({ serviceAccount: 'chatops/homelab-bot' }), ...rest } = options;
  const path = join(folder, `${rooms.length}.yaml`);
  writeFileSync(path, kubeconfig);
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const room = await openCluster({ kubernetes: { kind: 'file', path }, log, ...rest });
  rooms.push(room);
  return room;
}

function never(): AbortSignal {
  return new AbortController().signal;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5);
}

/** What someone is told. */
async function told(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('It succeeded'),
    (reason: unknown) => reason,
  );
  const { name, message } = error as Error;
  return name === 'UserError' ? message : `${name}: ${message}`;
}

describe('as whom it asks', () => {
  test("every request carries the person's level and the person", async () => {
    const cluster = (await open()).as(vera);
    // What changes something, and what rollouts are followed by, is in rollouts.test.ts.
    const reads = [
      () => cluster.nodes(never()),
      () => cluster.node('desktop-1', never()),
      () => cluster.nodeUsage(never()),
      () => cluster.podCounts(never()),
      () => cluster.podsOn('desktop-1', never()),
      () => cluster.eventsOn('Node', 'desktop-1', never()),
    ];
    for (const ask of reads) await ask();
    expect(kubernetes.requests).toHaveLength(6);
    for (const { user, impersonated, status } of kubernetes.requests) {
      expect(status).toBe(200);
      expect(user?.name).toBe('system:serviceaccount:chatops:homelab-bot');
      expect(impersonated?.name).toBe('homelab-bot:viewer');
      expect(impersonated?.groups).toContain('homelab-bot:viewer');
      expect(impersonated?.extra).toEqual({ 'discord-user': [vera.discordUser] });
    }
  });

  test('two people over one connection are two people', async () => {
    const room = await open();
    await room.as(vera).node('desktop-1', never());
    await room.as({ level: 'admin', discordUser: '223456789012345678 Ann' }).node('desktop-1', never());
    expect(kubernetes.requests.map(({ impersonated }) => impersonated?.name)).toEqual([
      'homelab-bot:viewer',
      'homelab-bot:admin',
    ]);
    expect(kubernetes.requests[1]?.impersonated?.extra).toEqual({ 'discord-user': ['223456789012345678 %41nn'] });
  });

  test('without the manifests it may nothing, and says which ones', async () => {
    kubernetes.reset();
    const message = await told((await open()).as(vera).nodes(never()));
    expect(message).toMatch(/own account may not act as homelab-bot:viewer.*manifests\/chatops\/rbac/);
  });

  test('a level without a right is told which one', async () => {
    kubernetes.remove({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      name: 'homelab-bot:viewer',
    });
    const message = await told((await open()).as(vera).podCounts(never()));
    expect(message).toContain('does not let homelab-bot:viewer list pods');
  });
});

describe('what it makes of the answers', () => {
  test('nodes, their use, and how many running pods each has', async () => {
    const cluster = (await open()).as(vera);
    const [nodes, usage, counts] = await Promise.all([
      cluster.nodes(never()),
      cluster.nodeUsage(never()),
      cluster.podCounts(never()),
    ]);
    expect(nodes.length).toBeGreaterThan(2);
    for (const { name, allocatable, conditions } of nodes) {
      expect(allocatable.cpu).toBeGreaterThan(0);
      expect(conditions.some(({ type }) => type === 'Ready')).toBe(true);
      expect(usage?.get(name)?.memory).toBeGreaterThan(0);
      expect(await cluster.podsOn(name, never())).toHaveLength(counts.get(name) ?? 0);
    }
  });

  test('pods that have ended count no more', async () => {
    const cluster = (await open()).as(vera);
    const before = (await cluster.podsOn('desktop-1', never())).length;
    kubernetes.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'done', namespace: 'default' },
        spec: { nodeName: 'desktop-1', containers: [{ name: 'a', image: 'a' }] },
        status: { phase: 'Succeeded' },
      },
    ]);
    expect(await cluster.podsOn('desktop-1', never())).toHaveLength(before);
  });

  test('long lists come in chunks and are whole', async () => {
    kubernetes.scale({ nodes: 1100, pods: 1500 });
    const cluster = (await open()).as(vera);
    const nodes = await cluster.nodes(never());
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(1100);
    expect(kubernetes.requests).toHaveLength(5);
  });

  test('events on a node, newest first', async () => {
    const event = (name: string, at: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: 'default' },
      involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'desktop-1' },
      reason: name,
      message: '',
      type: 'Normal',
      lastTimestamp: at,
    });
    kubernetes.apply([
      event('one', '2001-01-01T00:00:00Z'),
      event('three', '2091-01-03T00:00:00Z'),
      event('two', '2091-01-02T00:00:00Z'),
    ]);
    const reasons = (await (await open()).as(vera).eventsOn('Node', 'desktop-1', never())).map(({ reason }) => reason);
    expect(reasons.slice(0, 2)).toEqual(['three', 'two']);
    expect(reasons.at(-1)).toBe('one');
  });

  test('where metrics are not served their absence is no failure', async () => {
    kubernetes.faults.next({ path: '/apis/metrics.k8s.io' }, { status: 404 });
    const room = await open();
    expect(await room.as(vera).nodeUsage(never())).toBeNull();
    kubernetes.faults.next({ path: '/apis/metrics.k8s.io' }, { status: 503 });
    await room.as(vera).nodes(never());
    expect(await told(room.as(vera).nodeUsage(never()))).toContain('nodes.metrics.k8s.io now (503)');
    expect(room.state()).toBe('ready');
  });

  test('a node that is not there is told with the names that are near', async () => {
    expect(await told((await open()).as(vera).node('dekstop-1', never()))).toMatch(
      /no node called dekstop-1\. Did you mean desktop-1/,
    );
  });
});

describe('where there are no answers', () => {
  test('nothing listens', async () => {
    const room = await open();
    await kubernetes.away();
    expect(await told(room.as(vera).nodes(never()))).toMatch(
      /^The cluster cannot be reached \(connection refused at 127\.0\.0\.1:\d+\)/,
    );
    expect(room.state()).toBe('away');
    await kubernetes.back();
    await expect(room.as(vera).nodes(never())).resolves.not.toHaveLength(0);
    expect(room.state()).toBe('ready');
  });

  test('it hangs', async () => {
    kubernetes.faults.next({}, 'hang');
    const room = await open({ answerMs: 50 });
    expect(await told(room.as(vera).nodes(never()))).toContain('did not answer within 0.05 s');
    expect(room.state()).toBe('away');
  });

  test('a kept connection was closed meanwhile: it is asked again over a new one', async () => {
    const room = await open();
    await room.as(vera).nodes(never());
    kubernetes.faults.next({}, 'drop before acting');
    await expect(room.as(vera).nodes(never())).resolves.not.toHaveLength(0);
    kubernetes.faults.next({ times: 2 }, 'drop before acting');
    expect(await told(room.as(vera).nodes(never()))).toContain('connection closed');
  });

  test('the token is none of its own', async () => {
    const kubeconfig = kubernetes
      .kubeconfig({ serviceAccount: 'chatops/homelab-bot' })
      .replace(/token: .*/, 'token: old');
    expect(await told((await open({ kubeconfig })).as(vera).nodes(never()))).toContain(
      "does not take the bot's credentials (401)",
    );
  });

  test('whoever asks gives up', async () => {
    kubernetes.faults.next({}, 'hang');
    const asker = new AbortController();
    const work = told((await open()).as(vera).nodes(asker.signal));
    await until(() => kubernetes.requests.length === 1);
    asker.abort(new Error('enough'));
    expect(await work).toBe('Error: enough');
  });
});

describe('what answers is no API server', () => {
  async function served<T>(
    listener: RequestListener,
    work: (cluster: Cluster) => Promise<T>,
    timeoutMs = 5000,
  ): Promise<T> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const kubeconfig = kubernetes
      .kubeconfig({ serviceAccount: 'chatops/homelab-bot' })
      .replace(/server: .*/, `server: http://127.0.0.1:${port}`);
    try {
      return await work((await open({ kubeconfig, answerMs: 2500, timeoutMs })).as(vera));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test.each<[string, string]>([
    ['a web page', '<html>'],
    ['other JSON', '[]'],
    ['a list of nothing', '{"items":{}}'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('%s', async (_, body) => {
    const ask = (cluster: Cluster) => told(cluster.nodes(never()));
    expect(await served((_, response) => response.end(body), ask)).toContain('does not answer as Kubernetes does');
  });

  test('an answer without end is read for so long', async () => {
    const drip: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    };
    expect(await served(drip, (cluster) => told(cluster.nodes(never())), 150)).toContain(
      'did not answer within 0.15 s',
    );
  });

  test('a flood is read so far', async () => {
    const block = Buffer.alloc(8 * 2 ** 20, ' ');
    const flood: RequestListener = (_, response) => {
      for (let count = 0; count < 5; count += 1) response.write(block);
    };
    expect(await served(flood, (cluster) => told(cluster.nodes(never())))).toMatch(
      /larger than 32 MiB|did not answer within/,
    );
  });

  test('a refusal that never ends is one', async () => {
    const listener: RequestListener = (_, response) => response.writeHead(500).end('x'.repeat(10 * 2 ** 20));
    expect(await served(listener, (cluster) => told(cluster.nodes(never())))).toContain(
      'cannot answer about nodes now (500)',
    );
  });
});

describe('in the background', () => {
  test('names are kept for autocomplete, as nobody in particular, and stay while the cluster is away', async () => {
    const room = await open({ refreshMs: 10 });
    expect(room.cache.nodeNames()).toEqual([]);
    expect(room.state()).toBe('away');
    room.start();
    await until(() => room.cache.nodeNames().includes('desktop-1'));
    expect(kubernetes.requests[0]?.impersonated).toMatchObject({
      name: 'homelab-bot:viewer',
      extra: { 'discord-user': ['homelab-bot'] },
    });
    await kubernetes.away();
    await until(() => room.state() === 'away');
    expect(room.cache.nodeNames()).toContain('desktop-1');
    await kubernetes.back();
    await until(() => room.state() === 'ready');
    kubernetes.remove({ apiVersion: 'v1', kind: 'Node', name: 'desktop-1' });
    await until(() => !room.cache.nodeNames().includes('desktop-1'));
  });

  test('the log says once that the cluster is away, and once that it is back', async () => {
    const room = await open({ refreshMs: 5 });
    room.start();
    await until(() => room.state() === 'ready');
    await kubernetes.away();
    await until(() => room.state() === 'away');
    for (let count = 0; count < 5; count += 1) await told(room.as(vera).nodes(never()));
    await kubernetes.back();
    await until(() => room.state() === 'ready');
    expect(logged.map(({ level, msg }) => [level, msg])).toEqual([
      [40, 'The cluster is away; it is tried again in the background'],
      [30, 'The cluster answers again'],
    ]);
  });

  test('refused names are said once, and are no outage', async () => {
    kubernetes.remove({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      name: 'homelab-bot:viewer',
    });
    const room = await open({ refreshMs: 5 });
    room.start();
    await until(() => kubernetes.requests.length > 3);
    expect(room.state()).toBe('ready');
    expect(logged.map(({ level, msg }) => [level, msg])).toEqual([[40, 'The cluster refuses what suggestions need']]);
  });

  test('stopping ends what is under way', async () => {
    kubernetes.faults.next({}, 'hang');
    const room = await open({ refreshMs: 5 });
    room.start();
    await until(() => kubernetes.requests.length === 1);
    await room.stop();
    expect(logged).toEqual([]);
  });
});

test('a token file that ends in a newline is taken', async () => {
  const config = kubernetes.kubeconfig({ serviceAccount: 'chatops/homelab-bot' });
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${kubernetes.token({ serviceAccount: 'chatops/homelab-bot' })}\n`);
  const user = stringify({ 'auth-provider': { name: 'tokenFile', config: { tokenFile } } }).replaceAll(
    '\n',
    '\n      ',
  );
  const kubeconfig = config.replace(/token: .*/, user.trimEnd());
  await expect((await open({ kubeconfig })).as(vera).nodes(never())).resolves.not.toHaveLength(0);
});

test('without a cluster everything says so', async () => {
  const room = await openCluster({ kubernetes: { kind: 'none' }, log: pino({ level: 'silent' }) });
  room.start();
  expect(room.state()).toBe('none');
  expect(room.cache.nodeNames()).toEqual([]);
  expect(await told(room.as(vera).nodes(never()))).toContain('KUBECONFIG');
  await room.stop();
});
