// Everything that acts by itself: each change of an object makes those controllers look again whom it concerns, a moment later.
import { type KubernetesObject, textAt } from '../objects.ts';
import type { Change, Store } from '../store.ts';
import { reconcileDeployment } from './deployment.ts';
import { createRecorder } from './events.ts';
import { collect } from './garbage.ts';
import { tend } from './kubelet.ts';
import { countQuotas } from './quota.ts';
import { reconcileReplicaSet } from './replica-set.ts';
import { schedule } from './scheduler.ts';
import { createTimers } from './timers.ts';
import {
  type ControllerWorld,
  controllerOf,
  type Delays,
  deployments,
  leaving,
  replicaSets,
  usualDelays,
} from './world.ts';

export interface Controllers {
  /** Forgets all that was under way, without acting on what is changed until `start`. */
  stop(): void;
  /** Looks at everything once, and from then on at whatever changes. */
  start(): void;
}

type Task =
  | { readonly of: 'deployment' | 'set' | 'pod'; readonly namespace: string; readonly name: string }
  | { readonly of: 'quota'; readonly namespace: string }
  | { readonly of: 'pending' };

export interface ControllerOptions {
  readonly store: Store;
  readonly now: () => Date;
  readonly delays?: Partial<Delays>;
}

export function createControllers({ store, now, delays }: ControllerOptions): Controllers {
  const timers = createTimers();
  const record = createRecorder(store, now);
  const world: ControllerWorld = { store, timers, now, record, delays: { ...usualDelays, ...delays } };
  let tasks = new Map<string, Task>();
  let unsubscribe = () => {};

  const add = (task: Task) => {
    tasks.set(Object.values(task).join(' '), task);
    if (!timers.has('work')) timers.after('work', 0, work);
  };
  const work = () => {
    const due = tasks;
    tasks = new Map();
    for (const task of due.values()) act(world, task, (ms) => later(task, ms), add);
  };
  const later = (task: Task, ms: number) => timers.after(`again ${Object.values(task).join(' ')}`, ms, () => add(task));

  return {
    stop() {
      unsubscribe();
      timers.stop();
      tasks = new Map();
    },
    start() {
      timers.resume();
      unsubscribe = store.subscribe((change) => {
        collect(world, change);
        for (const task of concerned(change)) add(task);
      });
      for (const one of store.all(deployments)) add(taskFor('deployment', one));
      for (const one of store.all(replicaSets)) add(taskFor('set', one));
      for (const one of store.all('pods')) if (needsCare(one)) add(taskFor('pod', one));
      for (const one of store.all('resourcequotas')) add({ of: 'quota', namespace: one.metadata.namespace ?? '' });
    },
  };
}

function taskFor(of: 'deployment' | 'set' | 'pod', { metadata }: KubernetesObject): Task {
  return { of, namespace: metadata.namespace ?? '', name: metadata.name };
}

function needsCare(pod: KubernetesObject): boolean {
  return leaving(pod) || ['', 'Pending'].includes(textAt(pod, 'status.phase'));
}

function concerned({ resource, before, after }: Change): Task[] {
  const object = after ?? before;
  if (!object) return [];
  const namespace = object.metadata.namespace ?? '';
  switch (resource) {
    case deployments:
      return after ? [taskFor('deployment', object)] : [];
    case replicaSets:
      return [...(after ? [taskFor('set', object)] : []), ...ownerTask(object, 'Deployment', 'deployment')];
    case 'pods':
      return [
        ...(after && needsCare(after) ? [taskFor('pod', object)] : []),
        ...ownerTask(object, 'ReplicaSet', 'set'),
        // A pod that came or went changes what is used, and may leave room for one that waits.
        ...(before && after ? [] : [{ of: 'quota' as const, namespace }]),
        ...(after ? [] : [{ of: 'pending' as const }]),
      ];
    case 'nodes':
      return [{ of: 'pending' }];
    case 'resourcequotas':
      return [{ of: 'quota', namespace }];
    default:
      return [];
  }
}

function ownerTask(object: KubernetesObject, kind: string, of: 'deployment' | 'set'): Task[] {
  const owner = controllerOf(object);
  if (owner?.kind !== kind) return [];
  return [{ of, namespace: object.metadata.namespace ?? '', name: owner.name }];
}

function act(world: ControllerWorld, task: Task, again: (ms: number) => void, add: (task: Task) => void): void {
  const { store } = world;
  if (task.of === 'pending') {
    for (const pod of store.all('pods')) if (waits(pod)) add(taskFor('pod', pod));
    return;
  }
  if (task.of === 'quota') {
    countQuotas(store, task.namespace);
    for (const set of store.all(replicaSets)) {
      if (set.metadata.namespace === task.namespace && isShort(set)) add(taskFor('set', set));
    }
    return;
  }
  const held = { deployment: deployments, set: replicaSets, pod: 'pods' }[task.of];
  const object = store.find(held, task.namespace, task.name);
  if (!object) return;
  if (task.of === 'deployment') reconcileDeployment(world, object, again);
  else if (task.of === 'set') reconcileReplicaSet(world, object, again);
  else if (waits(object)) schedule(world, object);
  else tend(world, object);
}

function waits(pod: KubernetesObject): boolean {
  return textAt(pod, 'spec.nodeName') === '' && !leaving(pod);
}

function isShort(set: KubernetesObject): boolean {
  return textAt(set, 'status.replicas') !== (textAt(set, 'spec.replicas') || '1');
}
