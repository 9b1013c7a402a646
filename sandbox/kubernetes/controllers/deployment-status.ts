// The status of a Deployment: its counts, and whether it is available, progressing, or stuck, in the real controller's words.
import { isDeepStrictEqual } from 'node:util';
import { isRecord, type KubernetesObject, listAt, numberAt, recordAt, textAt } from '../objects.ts';
import { timestamp } from '../store.ts';
import { some } from './replica-set.ts';
import { available, bounds, sum, wantedOf } from './rollout.ts';
import { type ControllerWorld, conditionOf, deployments, withStatus } from './world.ts';

type Condition = Readonly<Record<string, unknown>>;

/** Notes that a set was made for a new template: from then on its progress is measured. */
export function created(world: ControllerWorld, deployment: KubernetesObject, set: KubernetesObject): void {
  const message = `Created new replica set "${set.metadata.name}"`;
  const progressing = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', message };
  const conditions = settled(deployment, progressing, timestamp(world.now()), false);
  world.store.put(deployments, withStatus(deployment, { ...recordAt(deployment, 'status'), conditions }));
}

export function writeStatus(
  world: ControllerWorld,
  deployment: KubernetesObject,
  all: readonly KubernetesObject[],
  fresh: KubernetesObject | undefined,
  again: (ms: number) => void,
): void {
  const counts = countsOf(deployment, all, fresh);
  const at = timestamp(world.now());
  let next: KubernetesObject = withStatus(deployment, {
    ...counts,
    conditions: listAt(deployment, 'status.conditions'),
  });
  next = withCondition(next, availability(deployment, counts), at, false);
  next = withProgress(world, next, deployment, fresh, at);
  next = withFailure(next, all, fresh);
  if (!isDeepStrictEqual(next['status'], deployment['status'])) world.store.put(deployments, next);
  const left = untilDeadline(next, world.now());
  if (left !== null && left > 0) again(left + 50);
}

interface Counts {
  readonly observedGeneration: number;
  readonly replicas: number | undefined;
  readonly updatedReplicas: number | undefined;
  readonly readyReplicas: number | undefined;
  readonly availableReplicas: number | undefined;
  readonly unavailableReplicas: number | undefined;
  readonly terminatingReplicas: number;
}

function countsOf(
  deployment: KubernetesObject,
  all: readonly KubernetesObject[],
  fresh: KubernetesObject | undefined,
): Counts {
  const figure = (name: string) => sum(all, (set) => numberAt(set, `status.${name}`, 0));
  return {
    observedGeneration: numberAt(deployment, 'metadata.generation', 1),
    replicas: some(figure('replicas')),
    updatedReplicas: some(numberAt(fresh, 'status.replicas', 0)),
    readyReplicas: some(figure('readyReplicas')),
    availableReplicas: some(figure('availableReplicas')),
    unavailableReplicas: some(Math.max(0, sum(all, wantedOf) - sum(all, available))),
    terminatingReplicas: figure('terminatingReplicas'),
  };
}

function availability(deployment: KubernetesObject, counts: Counts): Condition {
  const needed = numberAt(deployment, 'spec.replicas', 1) - bounds(deployment).maxUnavailable;
  return (counts.availableReplicas ?? 0) >= needed
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function withProgress(
  world: ControllerWorld,
  next: KubernetesObject,
  before: KubernetesObject,
  fresh: KubernetesObject | undefined,
  at: string,
): KubernetesObject {
  const reason = textAt(conditionOf(next, 'Progressing'), 'reason');
  const count = (object: KubernetesObject, name: string) => numberAt(object, `status.${name}`, 0);
  const old = (object: KubernetesObject) => count(object, 'replicas') - count(object, 'updatedReplicas');
  if (reason === 'NewReplicaSetAvailable' && old(next) === 0) return next;
  const name = `ReplicaSet "${fresh?.metadata.name ?? ''}"`;
  const wanted = numberAt(next, 'spec.replicas', 1);
  const done = ['updatedReplicas', 'replicas', 'availableReplicas'].every((one) => count(next, one) === wanted);
  if (done) {
    const message = `${name} has successfully progressed.`;
    return withCondition(next, progressing('True', 'NewReplicaSetAvailable', message), at, false);
  }
  const moved =
    ['updatedReplicas', 'readyReplicas', 'availableReplicas'].some((one) => count(next, one) > count(before, one)) ||
    old(next) < old(before);
  if (moved) return withCondition(next, progressing('True', 'ReplicaSetUpdated', `${name} is progressing.`), at, true);
  const left = untilDeadline(next, world.now());
  if (left === null || left > 0) return next;
  const message = `${name} has timed out progressing.`;
  return withCondition(next, progressing('False', 'ProgressDeadlineExceeded', message), at, false);
}

function progressing(status: 'True' | 'False', reason: string, message: string): Condition {
  return { type: 'Progressing', status, reason, message };
}

/** Milliseconds until a rollout without progress counts as stuck; null where none is under way. */
function untilDeadline(deployment: KubernetesObject, now: Date): number | null {
  const condition = conditionOf(deployment, 'Progressing');
  const over = ['', 'NewReplicaSetAvailable', 'ProgressDeadlineExceeded'];
  if (over.includes(textAt(condition, 'reason')) || textAt(deployment, 'spec.paused') === 'true') return null;
  const since = Date.parse(textAt(condition, 'lastUpdateTime'));
  return since + numberAt(deployment, 'spec.progressDeadlineSeconds', 600) * 1000 - now.getTime();
}

/** A set that could not make its pods says so here too: the one that is wanted, or else any. */
function withFailure(
  next: KubernetesObject,
  all: readonly KubernetesObject[],
  fresh: KubernetesObject | undefined,
): KubernetesObject {
  const rest = conditionsOf(next).filter((one) => one['type'] !== 'ReplicaFailure');
  const found = [fresh, ...all].map((set) => set && conditionOf(set, 'ReplicaFailure')).find(isRecord);
  const { lastTransitionTime: since } = found ?? {};
  const conditions = found ? [...rest, { ...found, lastUpdateTime: since }] : rest;
  return withStatus(next, { ...recordAt(next, 'status'), conditions });
}

function withCondition(object: KubernetesObject, wanted: Condition, at: string, anew: boolean): KubernetesObject {
  return withStatus(object, { ...recordAt(object, 'status'), conditions: settled(object, wanted, at, anew) });
}

/** An unchanged condition keeps its times, unless it is to be told anew; one of the same status keeps the moment of its transition. */
function settled(object: KubernetesObject, wanted: Condition, at: string, anew: boolean): Condition[] {
  const all = conditionsOf(object);
  const before = all.find((one) => one['type'] === wanted['type']);
  const same = before?.['status'] === wanted['status'];
  if (before && same && before['reason'] === wanted['reason'] && !anew) return all;
  const since = before && same ? before['lastTransitionTime'] : at;
  const { type, status, reason, message } = wanted;
  const made = { type, status, lastUpdateTime: at, lastTransitionTime: since, reason, message };
  return [...all.filter((one) => one['type'] !== type), made];
}

function conditionsOf(object: KubernetesObject): Condition[] {
  return listAt(object, 'status.conditions').filter(isRecord);
}
