// The table of pods: how many containers are ready, the one word for its state, and restarts.
import { type KubernetesObject, listAt, textAt } from '../objects.ts';
import type { Columns } from './columns.ts';
import { age, ageColumn, nameColumn, none } from './common.ts';

export const podColumns: Columns = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    priority: 0,
    cell: (pod) => `${readyContainers(pod)}/${listAt(pod, 'spec.containers').length}`,
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The aggregate status of the containers in this pod.',
    priority: 0,
    cell: podStatus,
  },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    priority: 0,
    cell: restarts,
  },
  ageColumn,
  {
    name: 'IP',
    type: 'string',
    description: 'podIP address allocated to the pod.',
    priority: 1,
    cell: (pod) => textAt(pod, 'status.podIP') || none,
  },
  {
    name: 'Node',
    type: 'string',
    description: 'NodeName indicates in which node this pod is scheduled.',
    priority: 1,
    cell: (pod) => textAt(pod, 'spec.nodeName') || none,
  },
  {
    name: 'Nominated Node',
    type: 'string',
    description: 'nominatedNodeName is set only when this pod preempts other pods on the node.',
    priority: 1,
    cell: (pod) => textAt(pod, 'status.nominatedNodeName') || none,
  },
  {
    name: 'Readiness Gates',
    type: 'string',
    description: 'If specified, all readiness gates will be evaluated for pod readiness.',
    priority: 1,
    cell: readinessGates,
  },
];

function containers(pod: KubernetesObject): readonly unknown[] {
  return listAt(pod, 'status.containerStatuses');
}

function readyContainers(pod: KubernetesObject): number {
  return containers(pod).filter(
    (one) => textAt(one, 'ready') === 'true' && textAt(one, 'state.running.startedAt') !== '',
  ).length;
}

/** The word that `kubectl get pods` shows: what waits or ended in a container says more than the phase. */
function podStatus(pod: KubernetesObject): string {
  let word = textAt(pod, 'status.reason') || textAt(pod, 'status.phase');
  const init = initStatus(pod);
  if (init !== null) word = init;
  else {
    const statuses = containers(pod);
    for (const one of statuses.toReversed()) word = containerWord(one) ?? word;
    const someRun = statuses.some(
      (one) => textAt(one, 'ready') === 'true' && textAt(one, 'state.running.startedAt') !== '',
    );
    if (word === 'Completed' && someRun) word = conditionIsTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  }
  if (textAt(pod, 'metadata.deletionTimestamp') === '') return word;
  if (textAt(pod, 'status.reason') === 'NodeLost') return 'Unknown';
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status.phase')) ? word : 'Terminating';
}

function containerWord(container: unknown): string | null {
  const waiting = textAt(container, 'state.waiting.reason');
  if (waiting !== '') return waiting;
  const code = textAt(container, 'state.terminated.exitCode');
  if (code === '') return null;
  const reason = textAt(container, 'state.terminated.reason');
  const signal = textAt(container, 'state.terminated.signal');
  if (reason !== '') return reason;
  return signal !== '' && signal !== '0' ? `Signal:${signal}` : `ExitCode:${code}`;
}

/** Of the first init container that is not done; null when all are. */
function initStatus(pod: KubernetesObject): string | null {
  const statuses = listAt(pod, 'status.initContainerStatuses');
  const total = listAt(pod, 'spec.initContainers').length;
  for (const [index, one] of statuses.entries()) {
    if (textAt(one, 'state.terminated.exitCode') === '0') continue;
    const word = containerWord(one);
    return word === null || word === 'PodInitializing' ? `Init:${index}/${total}` : `Init:${word}`;
  }
  return null;
}

function conditionIsTrue(pod: KubernetesObject, type: string): boolean {
  const found = listAt(pod, 'status.conditions').find((one) => textAt(one, 'type') === type);
  return textAt(found, 'status') === 'True';
}

function restarts(pod: KubernetesObject, now: Date): string {
  const count = containers(pod).reduce<number>((sum, one) => sum + Number(textAt(one, 'restartCount') || '0'), 0);
  const ended = containers(pod)
    .map((one) => textAt(one, 'lastState.terminated.finishedAt'))
    .filter((time) => time !== '')
    .sort();
  const last = ended.at(-1);
  return count === 0 || last === undefined ? `${count}` : `${count} (${age(last, now)} ago)`;
}

function readinessGates(pod: KubernetesObject): string {
  const gates = listAt(pod, 'spec.readinessGates');
  if (gates.length === 0) return none;
  return `${gates.filter((one) => conditionIsTrue(pod, textAt(one, 'conditionType'))).length}/${gates.length}`;
}
