// The pods of the homelab, written as what differs between them.
import type { KubernetesObject } from '../objects.ts';
import { timestamp } from '../store.ts';
import { machines } from './nodes.ts';

export interface PodSeed {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly ip: string;
  readonly image: string;
  readonly container?: string;
  readonly ageHours: number;
  readonly owner: readonly [kind: string, name: string];
  readonly labels: Readonly<Record<string, string>>;
  /** Requests, and what it uses now, in millicores and MiB. */
  readonly requests?: { readonly cpu: number; readonly memory: number };
  readonly used: { readonly cpu: number; readonly memory: number };
  readonly restarts?: number;
  readonly tolerations?: readonly object[];
}

export function podOf(seed: PodSeed, now: Date): KubernetesObject {
  const { namespace, name, node, ip, image, labels, owner, restarts = 0 } = seed;
  const container = seed.container ?? owner[1];
  const host = machines.find((machine) => machine.name === node)?.address;
  const started = timestamp(new Date(now.getTime() - seed.ageHours * 3_600_000));
  const ready = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      creationTimestamp: started,
      labels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: owner[0],
          name: owner[1],
          uid: uidOf(owner.join('/')),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      containers: [
        {
          name: container,
          image,
          resources: resourcesOf(seed),
          terminationMessagePath: '/dev/termination-log',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      nodeName: node,
      schedulerName: 'default-scheduler',
      ...(seed.tolerations ? { tolerations: seed.tolerations } : {}),
    },
    status: {
      phase: 'Running',
      conditions: ready.map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: started })),
      ...(host ? { hostIP: host, hostIPs: [{ ip: host }] } : {}),
      podIP: ip,
      podIPs: [{ ip }],
      startTime: started,
      containerStatuses: [
        {
          name: container,
          state: { running: { startedAt: started } },
          lastState:
            restarts === 0
              ? {}
              : { terminated: { exitCode: 1, reason: 'Error', startedAt: started, finishedAt: started } },
          ready: true,
          restartCount: restarts,
          image,
          imageID: '',
          containerID: `containerd://${uidOf(name).replaceAll('-', '')}`,
          started: true,
        },
      ],
      qosClass: seed.requests ? 'Burstable' : 'BestEffort',
    },
  };
}

export function podMetricsOf(seed: PodSeed, now: Date): KubernetesObject {
  const usage = { cpu: `${seed.used.cpu * 1_000_000}n`, memory: `${seed.used.memory * 1024}Ki` };
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name: seed.name, namespace: seed.namespace, labels: seed.labels },
    timestamp: timestamp(new Date(now.getTime() - 15_000)),
    window: '18.204s',
    containers: [{ name: seed.container ?? seed.owner[1], usage }],
  };
}

function resourcesOf({ requests }: PodSeed): object {
  if (!requests) return {};
  const { cpu, memory } = requests;
  return { requests: { cpu: `${cpu}m`, memory: `${memory}Mi` }, limits: { memory: `${memory * 2}Mi` } };
}

/** The same for the same text, so that a reset gives owners the same uid. */
export function uidOf(text: string): string {
  const hex = Buffer.from(text.padEnd(16, '.')).toString('hex').slice(-32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
