// What every controller works with, and the small operations that they share.
import { isDeepStrictEqual } from 'node:util';
import { type KubernetesObject, listAt, recordAt, textAt } from '../objects.ts';
import type { Store } from '../store.ts';
import type { RecordEvent } from './events.ts';
import type { Timers } from './timers.ts';

/** Milliseconds of a container's life; a person can watch the defaults. */
export interface Delays {
  /** From a pod's node to its readiness: 500. */
  readonly ready: number;
  /** The same where the image's tag contains `slow`: 10,000. */
  readonly slow: number;
  /** How long a `flaky` container is ready: 3,000. */
  readonly flaky: number;
  /** From the first failure to the state that says "later": 1,000. */
  readonly failed: number;
  /** Between restarts of a container that ends at once: 10,000. */
  readonly backOff: number;
  /** From a pod's deletion to its end: 100. */
  readonly terminate: number;
}

export const usualDelays: Delays = {
  ready: 500,
  slow: 10_000,
  flaky: 3_000,
  failed: 1_000,
  backOff: 10_000,
  terminate: 100,
};

export interface ControllerWorld {
  readonly store: Store;
  readonly timers: Timers;
  readonly now: () => Date;
  readonly record: RecordEvent;
  readonly delays: Delays;
}

export const deployments = 'apps/deployments';
export const replicaSets = 'apps/replicasets';

/** The object as the store has it now; undefined when it is gone. */
export function current(store: Store, resource: string, object: KubernetesObject): KubernetesObject | undefined {
  const found = store.find(resource, object.metadata.namespace ?? '', object.metadata.name);
  return found?.metadata.uid === object.metadata.uid ? found : undefined;
}

/** The objects whose controller is that one. */
export function ownedBy(store: Store, resource: string, owner: KubernetesObject): KubernetesObject[] {
  const { uid, namespace } = owner.metadata;
  return store.all(resource).filter((one) => one.metadata.namespace === namespace && controllerOf(one)?.uid === uid);
}

export function controllerOf(object: KubernetesObject): { kind: string; name: string; uid: string } | null {
  const owner = listAt(object, 'metadata.ownerReferences').find((one) => textAt(one, 'controller') === 'true');
  if (owner === undefined) return null;
  return { kind: textAt(owner, 'kind'), name: textAt(owner, 'name'), uid: textAt(owner, 'uid') };
}

export function ownerReference(owner: KubernetesObject) {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** With fields of its status replaced; those that are undefined are left out. */
export function withStatus(object: KubernetesObject, status: Readonly<Fields>): KubernetesObject {
  const known = Object.entries(status).filter(([, value]) => value !== undefined);
  return { ...object, status: Object.fromEntries(known) };
}

interface Fields {
  readonly [field: string]: unknown;
}

/** With fields of its spec replaced, which counts as a change of generation where it is one. */
export function withSpec(object: KubernetesObject, change: Readonly<Fields>): KubernetesObject {
  const before = recordAt(object, 'spec');
  const spec = { ...before, ...change };
  if (isDeepStrictEqual(before, spec)) return object;
  const generation = Number(textAt(object, 'metadata.generation') || '0') + 1;
  return { ...object, metadata: { ...object.metadata, generation }, spec };
}

export function withAnnotations(object: KubernetesObject, change: Readonly<{ [key: string]: string }>) {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...change } },
  } satisfies KubernetesObject;
}

/** Whether it is on its way out. */
export function leaving(object: KubernetesObject): boolean {
  return textAt(object, 'metadata.deletionTimestamp') !== '';
}

/** The condition of a type, of any object that has conditions. */
export function conditionOf(object: KubernetesObject, type: string): unknown {
  return listAt(object, 'status.conditions').find((one) => textAt(one, 'type') === type);
}
