// The cluster room: one connection, a bound cluster per identity, and what autocomplete needs in memory.
import type { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { UserError } from '../lib/user-error.ts';
import { createBound } from './bound.ts';
import { createCache } from './cache.ts';
import type { Cluster, ClusterRoom, Identity } from './cluster.ts';
import { connect, type Source } from './connection.ts';
import { createHealth } from './health.ts';
import { ImpersonatingConfig } from './identity.ts';
import { createKubectl } from './kubectl.ts';
import { createReads } from './reads.ts';
import { createRequests } from './requests.ts';
import { watchRollout } from './rollout-watch.ts';
import { openScratch } from './scratch.ts';
import { createWorkloads } from './workloads.ts';

const nobody: Identity = { level: 'viewer', discordUser: 'homelab-bot' };

export interface ClusterOptions {
  readonly kubernetes: Source;
  readonly log: Logger;
  /** Of the programs that are run, see `programEnvironment`: kubectl is found on its PATH, without which there is none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until an answer has to begin: people are told within 3 s what is away. */
  readonly answerMs?: number;
  /** Milliseconds until an answer has to be complete. */
  readonly timeoutMs?: number;
  /** Milliseconds between two refreshes of the names for autocomplete. */
  readonly refreshMs?: number;
}

/**
 * Contacts nothing yet.
 * @throws UserError one sentence about what is wrong with the kubeconfig; it has been logged.
 */
export async function openCluster(options: ClusterOptions): Promise<ClusterRoom> {
  const { kubernetes, log, env = {}, answerMs = 2500, timeoutMs = 5000, refreshMs = 30_000 } = options;
  const config = configured(kubernetes, log);
  if (config === null) return noCluster();
  const requests = createRequests({ answerMs, timeoutMs, bytes: 32 * 2 ** 20 });
  const health = createHealth(log);
  const server = new URL(config.getCurrentCluster()?.server ?? '').host;

  const scratch = await openScratch(env['TMPDIR']);

  const bind = (identity: Identity) => {
    const as = new ImpersonatingConfig(config, identity);
    const bound = createBound({ requests, as, level: identity.level, server, health });
    return {
      ...createReads({ bound, known: () => cache.nodeNames() }),
      ...createWorkloads(bound),
      ...createKubectl({ config, identity, env, scratch, server }),
      watchRollout: (namespace: string, name: string, signal: AbortSignal) =>
        watchRollout(bound, namespace, name, signal),
    };
  };
  const cache = createCache({
    names: (signal) => bind(nobody).nodeNames(signal),
    everyMs: refreshMs,
    failed: (err) => {
      // Where it is away that has been said already.
      if (health.state() === 'ready') log.warn({ err }, 'The cluster refuses what suggestions need');
    },
  });

  return {
    as: bind,
    cache,
    state: () => health.state(),
    start: () => cache.start(),
    async stop() {
      await cache.stop();
      requests.close();
      await scratch.close();
    },
  };
}

function configured(source: Source, log: Logger): KubeConfig | null {
  try {
    return connect(source);
  } catch (cause) {
    log.error({ err: cause }, 'The cluster cannot be used: its kubeconfig is wrong');
    throw new UserError(cause instanceof Error ? cause.message : 'The kubeconfig is wrong.', { cause });
  }
}

function noCluster(): ClusterRoom {
  const refuse = async (): Promise<never> => {
    throw new UserError(
      'The bot knows no cluster: it runs outside of one and has no kubeconfig. Whoever runs the bot sets KUBECONFIG.',
    );
  };
  const cluster: Cluster = {
    nodes: refuse,
    node: refuse,
    nodeUsage: refuse,
    podCounts: refuse,
    podsOn: refuse,
    eventsOn: refuse,
    deployment: refuse,
    async *watchRollout() {
      yield await refuse();
    },
    podLog: refuse,
    autoscalerOf: refuse,
    scaleOwner: refuse,
    writeScale: refuse,
    apply: refuse,
    render: refuse,
  };
  return {
    as: () => cluster,
    cache: { nodeNames: () => [] },
    state: () => 'none',
    start: () => {},
    stop: async () => {},
  };
}
