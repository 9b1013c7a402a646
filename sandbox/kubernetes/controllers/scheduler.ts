// The scheduler: a node for each pod that has none, or the reason why there is none, in the real one's words.
import { type KubernetesObject, listAt, recordAt, textAt } from '../objects.ts';
import { timestamp } from '../store.ts';
import { type ControllerWorld, controllerOf } from './world.ts';

const full = 'Too many pods';

export function schedule(world: ControllerWorld, pod: KubernetesObject): void {
  const nodes = world.store.all('nodes');
  const pods = world.store.all('pods');
  const refusals = nodes.map((node) => refusalOf(pod, node, pods));
  const free = nodes.filter((_, index) => refusals[index] === null);
  const chosen = choose(pod, free, pods);
  if (chosen === undefined) {
    refuse(world, pod, tell(refusals.filter((one) => one !== null)));
    return;
  }
  const { name, namespace } = pod.metadata;
  const scheduled = condition(world.now(), { type: 'PodScheduled', status: 'True' });
  world.store.put('pods', {
    ...pod,
    spec: { ...recordAt(pod, 'spec'), nodeName: chosen },
    status: { ...recordAt(pod, 'status'), phase: 'Pending', conditions: [scheduled] },
  });
  const message = `Successfully assigned ${namespace}/${name} to ${chosen}`;
  world.record({ about: pod, type: 'Normal', reason: 'Scheduled', message, by: 'default-scheduler' });
}

function refuse(world: ControllerWorld, pod: KubernetesObject, message: string): void {
  const before = listAt(pod, 'status.conditions').find((one) => textAt(one, 'type') === 'PodScheduled');
  if (textAt(before, 'message') === message) return;
  const why = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  const status = { ...recordAt(pod, 'status'), phase: 'Pending', conditions: [condition(world.now(), why)] };
  world.store.put('pods', { ...pod, status });
  world.record({ about: pod, type: 'Warning', reason: 'FailedScheduling', message, by: 'default-scheduler' });
}

function condition(now: Date, fields: Readonly<Record<string, string>>) {
  return { lastProbeTime: null, lastTransitionTime: timestamp(now), ...fields };
}

/** Why a pod cannot run on a node, by the first of the scheduler's filters that says no. */
function refusalOf(pod: KubernetesObject, node: KubernetesObject, pods: readonly KubernetesObject[]): string | null {
  if (textAt(node, 'spec.unschedulable') === 'true') return 'node(s) were unschedulable';
  const taints = listAt(node, 'spec.taints').filter((one) =>
    ['NoSchedule', 'NoExecute'].includes(textAt(one, 'effect')),
  );
  const tolerations = listAt(pod, 'spec.tolerations');
  if (taints.some((taint) => !tolerations.some((one) => tolerates(one, taint)))) {
    return 'node(s) had untolerated taint(s)';
  }
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(recordAt(pod, 'spec.nodeSelector'));
  if (selector.some(([key, value]) => labels[key] !== value)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const room = Number(textAt(node, 'status.allocatable.pods') || '110');
  const onIt = pods.filter((one) => textAt(one, 'spec.nodeName') === node.metadata.name);
  return onIt.length >= room ? full : null;
}

function tolerates(toleration: unknown, taint: unknown): boolean {
  const effect = textAt(toleration, 'effect');
  if (effect !== '' && effect !== textAt(taint, 'effect')) return false;
  const key = textAt(toleration, 'key');
  const exists = textAt(toleration, 'operator') === 'Exists';
  if (key === '') return exists;
  if (key !== textAt(taint, 'key')) return false;
  return exists || textAt(toleration, 'value') === textAt(taint, 'value');
}

/** The node with the fewest pods of the same owner, then the fewest at all, then by name. */
function choose(
  pod: KubernetesObject,
  free: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
): string | undefined {
  const owner = controllerOf(pod)?.uid;
  const scored = free.map(({ metadata: { name } }) => {
    const onIt = pods.filter((one) => textAt(one, 'spec.nodeName') === name);
    return { name, alike: onIt.filter((one) => controllerOf(one)?.uid === owner).length, all: onIt.length };
  });
  return scored.toSorted((a, b) => a.alike - b.alike || a.all - b.all || (a.name < b.name ? -1 : 1))[0]?.name;
}

/** Reasons with the number of nodes, in their alphabetical order, and what moving other pods away would do about them. */
function tell(refusals: readonly string[]): string {
  if (refusals.length === 0) return 'no nodes available to schedule pods';
  const all = `0/${refusals.length} nodes are available`;
  const helpless = refusals.map((one) =>
    one === full ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
  );
  return `${all}: ${counted(refusals)}. no new claims to deallocate, preemption: ${all}: ${counted(helpless)}.`;
}

function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
