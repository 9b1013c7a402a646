// Watches a rollout: the Deployment, its ReplicaSets and its Pods, anew where the server forgot the history or was away.
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../lib/backoff.ts';
import type { RolloutView } from '../rollouts/view.ts';
import type { Bound } from './bound.ts';
import { createReflection, Lost, type Reflection, retry } from './reflect.ts';
import { Deployment, ReplicaSet, RolloutPod } from './rollout-schema.ts';
import { createViewer } from './rollout-view.ts';

/** Milliseconds; a bookmark comes each minute. The Deployment is asked after more often, so that a cluster that hangs is noticed. */
const silenceMs = { deployment: 20_000, others: 90_000 } as const;

/** One round of lists and watches. */
interface Round {
  readonly deployments: Reflection<Deployment>;
  readonly replicaSets: Reflection<ReplicaSet> | null;
  readonly pods: Reflection<RolloutPod> | null;
}

/** See `Cluster.watchRollout`. Changes that come faster than they are taken are seen in the newest state alone. */
export async function* watchRollout(
  bound: Bound,
  namespace: string,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<RolloutView, void, void> {
  const view = createViewer(Date.now);
  const stop = new AbortController();
  const within = AbortSignal.any([signal, stop.signal]);
  /** The last round that knew all three, or that the Deployment is gone. */
  let known: Round | null = null;
  let away: RolloutView['away'] = null;
  let requests = 0;
  let dirty = false;
  let wake: () => void = () => {};
  const events = {
    requested: () => {
      requests += 1;
    },
    changed: () => {
      dirty = true;
      wake();
    },
  };

  function knows(round: Round): void {
    known = round;
    away = null;
    events.changed();
  }

  /** Resolves once the Deployment is gone. */
  async function round(): Promise<void> {
    const end = new AbortController();
    const here = AbortSignal.any([within, end.signal]);
    const deployments = createReflection(bound, deploymentsNamed(namespace, name), events);
    await deployments.list(here);
    const deployment = deployments.items.get(name);
    if (deployment === undefined) return knows({ deployments, replicaSets: null, pods: null });
    const replicaSets = createReflection(bound, replicaSetsOf(namespace, deployment.selector), events);
    const pods = createReflection(bound, podsOf(namespace, deployment.selector), events);
    await Promise.all([replicaSets.list(here), pods.list(here)]);
    knows({ deployments, replicaSets, pods });
    const never = () => false;
    const watches = [
      deployments.watch(() => !deployments.items.has(name), here),
      replicaSets.watch(never, here),
      pods.watch(never, here),
    ];
    try {
      await Promise.race(watches);
    } finally {
      end.abort(new Error('This round is over'));
      await Promise.allSettled(watches);
    }
  }

  async function rounds(): Promise<void> {
    for (let failures = 0; ; ) {
      const before = known;
      try {
        return await round();
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        failures = known === before ? failures + 1 : 1;
        if (error.said !== null) {
          away = { said: error.said, since: away?.since ?? Date.now() };
          events.changed();
        }
      }
      await sleep(backoff(retry, failures, Math.random), undefined, { signal: within });
    }
  }

  const end: { error?: unknown; at: 'running' | 'gone' | 'failed' } = { at: 'running' };
  const running = rounds()
    .then(
      () => {
        end.at = 'gone';
      },
      (error: unknown) => {
        end.at = 'failed';
        end.error = error;
      },
    )
    .finally(() => wake());
  try {
    for (;;) {
      signal.throwIfAborted();
      if (end.at === 'failed') throw end.error;
      if (dirty) {
        dirty = false;
        yield view(objectsOf(known, name), { away, requests });
        continue;
      }
      if (end.at === 'gone') return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
  } finally {
    stop.abort(new Error('Nobody watches any more'));
    await running;
  }
}

function objectsOf(round: Round | null, name: string) {
  return {
    deployment: round?.deployments.items.get(name) ?? null,
    replicaSets: [...(round?.replicaSets?.items.values() ?? [])],
    pods: [...(round?.pods?.items.values() ?? [])],
  };
}

function deploymentsNamed(namespace: string, name: string) {
  return {
    resource: 'deployments.apps',
    path: `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`,
    query: { fieldSelector: `metadata.name=${name}` },
    schema: Deployment,
    silenceMs: silenceMs.deployment,
  };
}

function replicaSetsOf(namespace: string, labelSelector: string) {
  return {
    resource: 'replicasets.apps',
    path: `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/replicasets`,
    query: { labelSelector },
    schema: ReplicaSet,
    silenceMs: silenceMs.others,
  };
}

function podsOf(namespace: string, labelSelector: string) {
  return {
    resource: 'pods',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector },
    schema: RolloutPod,
    silenceMs: silenceMs.others,
  };
}
