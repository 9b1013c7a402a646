// The status of a pod as its kubelet writes it: phase, conditions, addresses and containers.
import { type KubernetesObject, listAt, recordAt, textAt } from '../objects.ts';
import { type ContainerStatus, completed, containersOf } from './containers.ts';
import { conditionOf } from './world.ts';

/** The pod with these containers; times of conditions that stay as they were stay too. */
export function withContainers(
  pod: KubernetesObject,
  node: KubernetesObject | undefined,
  containers: readonly ContainerStatus[],
  at: string,
): KubernetesObject {
  const running =
    containers.some(({ state }) => !('waiting' in state)) || containers.some(({ restartCount }) => restartCount > 0);
  const unready = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const inits = containersOf(pod, 'spec.initContainers');
  const given = recordAt(pod, 'status');
  const host = addressOf(node);
  const ip = textAt(pod, 'status.podIP') || (running ? podAddress(pod, node) : '');
  return {
    ...pod,
    status: {
      phase: running ? 'Running' : 'Pending',
      conditions: conditionsOf(pod, running, unready, at),
      ...(host === '' ? {} : { hostIP: host, hostIPs: [{ ip: host }] }),
      ...(ip === '' ? {} : { podIP: ip, podIPs: [{ ip }] }),
      startTime: given['startTime'] ?? at,
      ...(inits.length === 0 ? {} : { initContainerStatuses: inits.map((one) => completed(pod, one, at)) }),
      containerStatuses: containers,
      qosClass: qosClass(pod),
    },
  };
}

export function isPodReady(pod: KubernetesObject): boolean {
  return textAt(conditionOf(pod, 'Ready'), 'status') === 'True';
}

function conditionsOf(pod: KubernetesObject, running: boolean, unready: readonly string[], at: string) {
  const why =
    unready.length === 0
      ? {}
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const gates = listAt(pod, 'spec.readinessGates').map((one) => textAt(one, 'conditionType'));
  const ready = unready.length === 0;
  return [
    { type: 'PodReadyToStartContainers', status: running },
    { type: 'Initialized', status: true },
    { type: 'Ready', status: ready, ...why },
    { type: 'ContainersReady', status: ready, ...why },
    { type: 'PodScheduled', status: true },
    ...gates.map((type) => ({ type, status: ready })),
  ].map((one) => {
    const status = one.status ? 'True' : 'False';
    const before = conditionOf(pod, one.type);
    const since = textAt(before, 'status') === status ? textAt(before, 'lastTransitionTime') : at;
    return { ...one, status, lastProbeTime: null, lastTransitionTime: since };
  });
}

function addressOf(node: KubernetesObject | undefined): string {
  const internal = listAt(node, 'status.addresses').find((one) => textAt(one, 'type') === 'InternalIP');
  return textAt(internal, 'address');
}

/** One of the node's network, told from the pod's uid. */
function podAddress(pod: KubernetesObject, node: KubernetesObject | undefined): string {
  const network = textAt(node, 'spec.podCIDR') || '10.42.250.0/24';
  const place = 30 + (Number.parseInt((pod.metadata.uid ?? '0').replaceAll('-', '').slice(-6), 16) % 220);
  return network.replace(/\.\d+\/\d+$/, `.${place}`);
}

function qosClass(pod: KubernetesObject): string {
  const resources = listAt(pod, 'spec.containers').map((one) => recordAt(one, 'resources'));
  return resources.some((one) => Object.keys({ ...recordAt(one, 'requests'), ...recordAt(one, 'limits') }).length > 0)
    ? 'Burstable'
    : 'BestEffort';
}
