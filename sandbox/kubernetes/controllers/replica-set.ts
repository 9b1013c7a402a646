// The ReplicaSet controller: as many pods as wanted, made from the template, and the status that counts them.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type KubernetesObject, labelsAt, listAt, numberAt, recordAt, textAt } from '../objects.ts';
import { timestamp } from '../store.ts';
import { isPodReady } from './pod-status.ts';
import { exceeded } from './quota.ts';
import {
  type ControllerWorld,
  conditionOf,
  leaving,
  ownedBy,
  ownerReference,
  replicaSets,
  withStatus,
} from './world.ts';

const by = 'replicaset-controller';

/** `again` is called in so many milliseconds when nothing else would make it look again. */
export function reconcileReplicaSet(world: ControllerWorld, set: KubernetesObject, again: (ms: number) => void): void {
  const wanted = numberAt(set, 'spec.replicas', 1);
  const living = podsOf(world, set).filter((pod) => !leaving(pod));
  let failure: string | null = null;
  for (let missing = wanted - living.length; missing > 0 && failure === null; missing -= 1) {
    failure = create(world, set);
  }
  if (living.length > wanted) {
    for (const pod of living.toSorted(firstToGo).slice(0, living.length - wanted)) remove(world, set, pod);
  }
  if (failure !== null) again(1_000);
  writeStatus(world, set, failure, again);
}

function podsOf({ store }: ControllerWorld, set: KubernetesObject): KubernetesObject[] {
  const over = ['Succeeded', 'Failed'];
  return ownedBy(store, 'pods', set).filter((pod) => !over.includes(textAt(pod, 'status.phase')));
}

/** Null, or why the API server refused the pod. */
function create({ store, record }: ControllerWorld, set: KubernetesObject): string | null {
  const namespace = set.metadata.namespace ?? '';
  const name = freeName(store, set);
  const refused = exceeded(store, namespace, name);
  if (refused !== null) {
    record({ about: set, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${refused}`, by });
    return refused;
  }
  const spec = recordAt(set, 'spec.template.spec');
  const account = textAt(spec, 'serviceAccountName') || 'default';
  const annotations = labelsAt(set, 'spec.template.metadata.annotations');
  store.put('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace,
      generation: 1,
      labels: labelsAt(set, 'spec.template.metadata.labels'),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [ownerReference(set)],
    },
    spec: {
      ...spec,
      serviceAccount: account,
      serviceAccountName: account,
      tolerations: [...listAt(spec, 'tolerations'), ...usualTolerations],
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  });
  record({ about: set, type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${name}`, by });
  return null;
}

/** What admission gives every pod. */
const usualTolerations = ['not-ready', 'unreachable'].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** Letters that spell no words, as the real server's generator has them. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** One that no pod of this set ever had: the version of the store is another each time. */
function freeName({ find, version }: ControllerWorld['store'], set: KubernetesObject): string {
  for (let number = 0; ; number += 1) {
    const bytes = createHash('sha256').update(`${set.metadata.uid}/${version}/${number}`).digest().subarray(0, 5);
    const name = `${set.metadata.name}-${[...bytes].map((byte) => letters[byte % letters.length]).join('')}`;
    if (!find('pods', set.metadata.namespace ?? '', name)) return name;
  }
}

function remove({ store, record, now }: ControllerWorld, set: KubernetesObject, pod: KubernetesObject): void {
  markDeleted(store, pod, now());
  const message = `Deleted pod: ${pod.metadata.name}`;
  record({ about: set, type: 'Normal', reason: 'SuccessfulDelete', message, by });
}

/** A pod is not gone at once: its kubelet ends it first. */
export function markDeleted(store: ControllerWorld['store'], pod: KubernetesObject, now: Date): KubernetesObject {
  if (leaving(pod)) return pod;
  const seconds = numberAt(pod, 'spec.terminationGracePeriodSeconds', 30);
  const generation = numberAt(pod, 'metadata.generation', 1) + 1;
  const deletionTimestamp = timestamp(new Date(now.getTime() + seconds * 1000));
  const metadata = { ...pod.metadata, generation, deletionTimestamp, deletionGracePeriodSeconds: seconds };
  return store.put('pods', { ...pod, metadata });
}

/** Those without a node first, then those that are not ready, then the youngest. */
function firstToGo(a: KubernetesObject, b: KubernetesObject): number {
  const rank = (pod: KubernetesObject) => (textAt(pod, 'spec.nodeName') === '' ? 0 : isPodReady(pod) ? 2 : 1);
  const young = textAt(b, 'metadata.creationTimestamp').localeCompare(textAt(a, 'metadata.creationTimestamp'));
  return rank(a) - rank(b) || young || versionOf(b) - versionOf(a);
}

function versionOf(pod: KubernetesObject): number {
  return Number(pod.metadata.resourceVersion ?? '0');
}

function writeStatus(
  world: ControllerWorld,
  set: KubernetesObject,
  failure: string | null,
  again: (ms: number) => void,
): void {
  const { store, now } = world;
  const pods = podsOf(world, set);
  const living = pods.filter((pod) => !leaving(pod));
  const labels = Object.entries(labelsAt(set, 'spec.template.metadata.labels'));
  const ready = living.filter(isPodReady);
  const waits = ready.map((pod) => untilAvailable(pod, numberAt(set, 'spec.minReadySeconds', 0), now()));
  const soonest = Math.min(...waits.filter((ms) => ms > 0));
  if (Number.isFinite(soonest)) again(soonest);
  const conditions = failure === null ? undefined : [replicaFailure(set, failure, timestamp(now()))];
  const status = {
    replicas: living.length,
    fullyLabeledReplicas: some(
      living.filter(({ metadata }) => labels.every(([key, value]) => metadata.labels?.[key] === value)).length,
    ),
    readyReplicas: some(ready.length),
    availableReplicas: some(waits.filter((ms) => ms <= 0).length),
    terminatingReplicas: pods.length - living.length,
    observedGeneration: numberAt(set, 'metadata.generation', 1),
    conditions,
  };
  const next = withStatus(set, status);
  if (!isDeepStrictEqual(next['status'], set['status'])) store.put(replicaSets, next);
}

/** Milliseconds until a ready pod has been so for long enough. */
function untilAvailable(pod: KubernetesObject, seconds: number, now: Date): number {
  if (seconds === 0) return 0;
  const since = Date.parse(textAt(conditionOf(pod, 'Ready'), 'lastTransitionTime'));
  return Number.isNaN(since) ? 0 : since + seconds * 1000 - now.getTime();
}

function replicaFailure(set: KubernetesObject, message: string, at: string) {
  const before = conditionOf(set, 'ReplicaFailure');
  // The name of the pod that was refused is another each time; the condition tells of the first.
  return before ?? { type: 'ReplicaFailure', status: 'True', lastTransitionTime: at, reason: 'FailedCreate', message };
}

/** Go's omitempty: a count of zero is left out. */
export function some(count: number): number | undefined {
  return count === 0 ? undefined : count;
}
