// How a node looks when it fails, and when it is well again: its conditions and taints, and its pods.
import { isRecord, type KubernetesObject, listAt, textAt } from './objects.ts';
import { timestamp } from './store.ts';

export type NodeState = 'ready' | 'notready' | 'lost';

const failureTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

const well: Readonly<Record<string, readonly [reason: string, message: string]>> = {
  MemoryPressure: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
};

/** The node and the pods on it that change with it. */
export function nodeAs(
  node: KubernetesObject,
  state: NodeState,
  pods: readonly KubernetesObject[],
  now: Date,
): KubernetesObject[] {
  const onIt = pods.filter(
    (pod) => textAt(pod, 'spec.nodeName') === node.metadata.name && textAt(pod, 'status.phase') === 'Running',
  );
  return [
    withTaints(withConditions(node, conditionsOf(state, now)), state, now),
    ...onIt.map((pod) => podOn(pod, state, now)),
  ];
}

/** Conditions of a node in that state. A lost one is told by the node controller, which marks all of them unknown. */
export function conditionsOf(state: NodeState, now: Date): Record<string, unknown>[] {
  const at = { lastHeartbeatTime: timestamp(now), lastTransitionTime: timestamp(now) };
  if (state === 'lost') {
    const silent = {
      status: 'Unknown',
      ...at,
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    };
    return [...pressures, 'Ready'].map((type) => ({ type, ...silent }));
  }
  const ready =
    state === 'ready'
      ? { status: 'True', ...at, reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { status: 'False', ...at, reason: 'KubeletNotReady', message: 'container runtime is down' };
  return [
    ...pressures.map((type) => ({ type, status: 'False', ...at, reason: well[type]?.[0], message: well[type]?.[1] })),
    { type: 'Ready', ...ready },
  ];
}

function withConditions(node: KubernetesObject, conditions: readonly Record<string, unknown>[]): KubernetesObject {
  const held = listAt(node, 'status.conditions');
  const settled = conditions.map((condition) => {
    const before = held.find((one) => textAt(one, 'type') === condition['type']);
    const same = textAt(before, 'status') === condition['status'];
    // The moment of the transition stays while the status does.
    return same ? { ...condition, lastTransitionTime: textAt(before, 'lastTransitionTime') } : condition;
  });
  return { ...node, status: { ...(isRecord(node['status']) ? node['status'] : {}), conditions: settled } };
}

function withTaints(node: KubernetesObject, state: NodeState, now: Date): KubernetesObject {
  const kept = listAt(node, 'spec.taints').filter((taint) => !failureTaints.includes(textAt(taint, 'key')));
  const key = state === 'lost' ? 'node.kubernetes.io/unreachable' : 'node.kubernetes.io/not-ready';
  const added =
    state === 'ready' ? [] : ['NoSchedule', 'NoExecute'].map((effect) => ({ key, effect, timeAdded: timestamp(now) }));
  const { taints: _, ...spec } = isRecord(node['spec']) ? node['spec'] : {};
  const taints = [...kept, ...added];
  return { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } };
}

/** The node controller marks the pods of a failed node not ready; their containers may well still run. */
function podOn(pod: KubernetesObject, state: NodeState, now: Date): KubernetesObject {
  const ready = state === 'ready' ? 'True' : 'False';
  const conditions = listAt(pod, 'status.conditions').map((one) =>
    isRecord(one) && one['type'] === 'Ready' && one['status'] !== ready
      ? { ...one, status: ready, lastTransitionTime: timestamp(now) }
      : one,
  );
  return { ...pod, status: { ...(isRecord(pod['status']) ? pod['status'] : {}), conditions } };
}
