// Makes the view of a rollout out of the objects that are known: which ReplicaSet is the newest, whose the pods are, what has been so since when.
import type { RolloutView } from '../rollouts/view.ts';
import type { Deployment, ReplicaSet, RolloutPod } from './rollout-schema.ts';

export interface Known {
  readonly deployment: Deployment | null;
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly RolloutPod[];
}

/**
 * Remembers when each state was first seen; clocks of others are not to be relied on. Make one for each rollout that is followed.
 * @param now milliseconds since 1970.
 */
export function createViewer(now: () => number) {
  let before = new Map<string, number>();

  return (known: Known, more: Pick<RolloutView, 'away' | 'requests'>): RolloutView => {
    const { deployment, pods } = known;
    const seen = new Map<string, number>();
    const since = (...what: readonly string[]): number => {
      const key = what.join('/');
      const at = before.get(key) ?? now();
      seen.set(key, at);
      return at;
    };
    const newest = deployment === null ? null : newestOf(deployment, known.replicaSets);
    const failure = newest?.failure ?? null;
    const sets = new Set(known.replicaSets.filter(({ owner }) => owner === deployment?.uid).map(({ uid }) => uid));
    const view: RolloutView = {
      deployment: deployment?.view ?? null,
      replicaSet: newest && {
        name: newest.name,
        failure: failure && {
          reason: failure.reason,
          message: failure.message,
          since: since(newest.name, failure.reason),
        },
      },
      pods: pods
        .filter(({ owner, deleting }) => owner !== '' && owner === newest?.uid && !deleting)
        .map(({ name, phase, ready, createdAt, unschedulable, containers }) => ({
          name,
          phase,
          ready,
          createdAt,
          unschedulable:
            unschedulable === null ? null : { message: unschedulable, since: since(name, 'Unschedulable') },
          containers: containers.map((one) => ({
            ...one,
            waiting: one.waiting && { ...one.waiting, since: since(name, one.name, one.waiting.reason) },
          })),
        })),
      terminating: pods.filter(({ owner, deleting }) => deleting && sets.has(owner)).length,
      ...more,
    };
    before = seen;
    return view;
  };
}

/**
 * The ReplicaSet of the present pod template, as the controller marks it by its revision. Until it is known here, which may be a moment after
 * the Deployment is, there is none: an older one would be judged in its place.
 */
function newestOf({ uid, revision, view }: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | null {
  const own = replicaSets.filter((one) => one.owner === uid && sameImages(one.images, view.images));
  const marked = revision === 0 ? own : own.filter((one) => one.revision === revision);
  return marked.toSorted((one, other) => other.revision - one.revision || other.createdAt - one.createdAt)[0] ?? null;
}

function sameImages(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
