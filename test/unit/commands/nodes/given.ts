// Nodes and pods as the API would describe them, with only what a test is about.
import { EventInfo, NodeInfo, PodInfo } from '../../../../src/cluster/schema.ts';

export const now = new Date('2026-02-01T00:00:00Z');

type Given = Readonly<Record<string, unknown>>;

export function condition(type: string, status: string, rest: Given = {}): Given {
  return { type, status, lastTransitionTime: '2026-01-31T23:00:00Z', ...rest };
}

export const ready = condition('Ready', 'True', { reason: 'KubeletReady', message: 'kubelet is posting ready status' });
export const lost = condition('Ready', 'Unknown', {
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
});

export function node(name: string, parts: { spec?: Given; status?: Given; labels?: Given } = {}): NodeInfo {
  return NodeInfo.parse({
    metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z', labels: parts.labels },
    spec: parts.spec,
    status: {
      conditions: [ready],
      allocatable: { cpu: '8', memory: '32Gi', pods: '110' },
      nodeInfo: { kubeletVersion: 'v1.36.3' },
      ...parts.status,
    },
  });
}

export function pod(name: string, cells: Given = {}, resources: Given = {}): PodInfo {
  return PodInfo.parse({
    cells: { Status: 'Running', Ready: '1/1', Restarts: '0', ...cells },
    object: { metadata: { name, namespace: 'shop' }, spec: { containers: [{ resources }] } },
  });
}

export function event(reason: string, parts: Given = {}): EventInfo {
  return EventInfo.parse({
    type: 'Normal',
    reason,
    message: `${reason} happened`,
    lastTimestamp: '2026-01-31T23:50:00Z',
    ...parts,
  });
}
