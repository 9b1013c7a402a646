// All about one node as plain text, without any cut. Pure.
import type { EventInfo, PodInfo } from '../../src/cluster/schema.ts';
import { age, bytes, cores } from './amounts.ts';
import { columns } from './columns.ts';
import type { Detail } from './detail.ts';
import { taintText } from './judge.ts';

export function wholeDetail({ node, pods, events, now, headline }: Detail & { readonly headline: string }): string {
  const { system, allocatable } = node;
  const facts = [
    ['Roles', node.roles.join(', ')],
    ['Taints', node.taints.map(taintText).join(', ')],
    [
      'Allocatable',
      `${count(allocatable.cpu, cores)} CPU, ${count(allocatable.memory, bytes)}, ${count(allocatable.pods, String)} pods`,
    ],
    ['Kubelet', system.kubeletVersion],
    ['System', [system.osImage, system.kernelVersion, system.architecture].filter(Boolean).join(', ')],
    ['Runtime', system.containerRuntimeVersion],
    ['Address', node.address ?? ''],
    ['Created', node.createdAt?.toISOString() ?? 'unknown'],
  ];
  const sections = [
    `${headline}\n`,
    facts.map(([name, value]) => `${name}: ${value === '' ? 'none' : value}\n`).join(''),
    columns(
      ['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
      node.conditions.map(({ type, status, since, reason, message }) => [
        type,
        status,
        since?.toISOString() ?? '',
        reason,
        message,
      ]),
    ),
    podsText(pods, now),
    eventsText(events),
  ];
  return sections.join('\n');
}

function podsText(pods: readonly PodInfo[], now: Date): string {
  return columns(
    [
      'NAMESPACE',
      'POD',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'CPU REQUESTS',
      'CPU LIMITS',
      'MEMORY REQUESTS',
      'MEMORY LIMITS',
    ],
    pods.map(({ namespace, name, ready, status, restarts, createdAt, requests, limits }) => [
      namespace,
      name,
      ready,
      status,
      restarts,
      age(createdAt, now),
      cores(requests.cpu),
      cores(limits.cpu),
      bytes(requests.memory),
      bytes(limits.memory),
    ]),
  );
}

function eventsText(events: readonly EventInfo[]): string {
  return columns(
    ['LAST SEEN', 'TYPE', 'REASON', 'COUNT', 'FROM', 'MESSAGE'],
    events.map(({ at, type, reason, count, from, message }) => [
      at?.toISOString() ?? '',
      type,
      reason,
      String(count),
      from,
      message,
    ]),
  );
}

function count(value: number | null, format: (value: number) => string): string {
  return value === null ? 'unknown' : format(value);
}
