// How long /nodes takes to its answer on a real control plane, beside `kubectl get nodes` on the same.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { nodes } from '../commands/nodes.ts';
import { noCluster } from '../src/dispatch/no-cluster.ts';
import { type Cluster, missingCluster, startCluster } from '../test/e2e/cluster.ts';
import { rbacFolder } from '../test/rbac-manifests.ts';
import { noApps } from '../test/unit/dispatch/no-apps.ts';
import { percentile, type Row } from './row.ts';

const run = promisify(execFile);
const sizes = [{ nodes: 3 }, { nodes: 1000, pods: 5000 }] as const;
const runs = 9;

/** Medians of several runs, the two in turn. Nothing where no control plane can be had. */
export async function nodesBench(): Promise<Row[]> {
  const missing = missingCluster();
  if (missing !== null) {
    console.log(`Without /nodes beside kubectl. ${missing}`);
    return [];
  }
  const cluster = await startCluster();
  try {
    const kubectl = join(await cluster.programs(), 'kubectl');
    await run(kubectl, ['--kubeconfig', cluster.kubeconfigPath, 'apply', '-k', rbacFolder]);
    const account = join(cluster.dir, 'homelab-bot.kubeconfig');
    await writeFile(account, await cluster.user({ serviceAccount: 'chatops/homelab-bot' }));
    const figures: Row[] = [];
    for (const size of sizes) {
      if (size.nodes > 3) await cluster.scale(size);
      figures.push(await measured(cluster, { kubectl, account, size }));
    }
    return figures;
  } finally {
    await cluster.stop();
  }
}

async function measured(
  cluster: Cluster,
  { kubectl, account, size }: { kubectl: string; account: string; size: { nodes: number; pods?: number } },
): Promise<Row> {
  // Loaded here, as the bot does: the library is large.
  const { openCluster } = await import('../src/cluster/room.ts');
  const log = pino({ level: 'silent' });
  const room = await openCluster({ kubernetes: { kind: 'file', path: account }, log });
  const own: number[] = [];
  const others: number[] = [];
  try {
    const bound = room.as({ level: 'viewer', discordUser: 'homelab-bot' });
    const context = {
      person: { id: '1', username: 'bench', roles: [] },
      level: 'viewer' as const,
      cluster: { ...noCluster(), ...bound },
      standing: { level: 'viewer' as const, grants: [], anyoneHasALevel: true },
      identity: null,
      log,
      now: () => new Date(),
      commands: [],
      channelId: '1',
      reference: 'bench',
      deploys: noApps.deploys,
      trail: noApps.trail,
      linkTo: noApps.linkTo,
      alerts: noApps.alerts,
      firing: noApps.firing,
    };
    // The first one opens the connections and is not counted.
    for (let count = 0; count <= runs; count += 1) {
      const took = await milliseconds(async () => {
        for await (const answer of nodes.run(
          { ...context, signal: AbortSignal.timeout(30_000) },
          { node: undefined },
        )) {
          if (answer === undefined) throw new Error('There is no answer');
        }
      });
      const beside = await milliseconds(() =>
        run(kubectl, ['--kubeconfig', cluster.kubeconfigPath, 'get', 'nodes'], { maxBuffer: 2 ** 26 }),
      );
      if (count > 0) {
        own.push(took);
        others.push(beside);
      }
    }
  } finally {
    await room.stop();
  }
  return {
    name: `/nodes on ${size.nodes} nodes${size.pods === undefined ? '' : ` with ${size.pods} pods`}`,
    value: percentile(own, 0.5),
    unit: 'ms',
    beside: { name: 'kubectl get nodes', value: percentile(others, 0.5) },
    note: `median of ${runs}, in a process that runs; kubectl starts anew each time and does not count pods`,
  };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
