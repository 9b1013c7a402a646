// What happened in the homelab of late.
import type { KubernetesObject } from '../objects.ts';
import { timestamp } from '../store.ts';

export interface EventSeed {
  readonly kind: 'Node' | 'Pod';
  readonly name: string;
  /** Empty for a node. */
  readonly namespace: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly host?: string;
  readonly minutesAgo: number;
  readonly count?: number;
}

export const recentEvents: readonly EventSeed[] = [
  {
    kind: 'Node',
    name: 'desktop-3',
    namespace: '',
    type: 'Warning',
    reason: 'SystemOOM',
    message: 'System OOM encountered, victim process: php-fpm, pid: 81423',
    component: 'kubelet',
    host: 'desktop-3',
    minutesAgo: 42,
  },
  {
    kind: 'Node',
    name: 'desktop-2',
    namespace: '',
    type: 'Normal',
    reason: 'NodeReady',
    message: 'Node desktop-2 status is now: NodeReady',
    component: 'kubelet',
    host: 'desktop-2',
    minutesAgo: 35,
  },
  {
    kind: 'Node',
    name: 'worker-db-01',
    namespace: '',
    type: 'Warning',
    reason: 'ImageGCFailed',
    message:
      'Failed to garbage collect required amount of images. Attempted to free 4096 bytes, but only found 0 bytes eligible to free.',
    component: 'kubelet',
    host: 'worker-db-01',
    minutesAgo: 12,
    count: 3,
  },
  {
    kind: 'Pod',
    name: 'laravel-multi-tenant-6d5f8c7b94-h4v7c',
    namespace: 'laravel-apps',
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: Get "http://10.42.2.21:8000/up": context deadline exceeded',
    component: 'kubelet',
    host: 'desktop-3',
    minutesAgo: 41,
    count: 4,
  },
  {
    kind: 'Pod',
    name: 'traefik-6c8d8d9c5b-qm7wl',
    namespace: 'kube-system',
    type: 'Normal',
    reason: 'Pulled',
    message: 'Container image "rancher/mirrored-library-traefik:3.7.4" already present on machine',
    component: 'kubelet',
    host: 'desktop-1',
    minutesAgo: 55,
  },
];

/** Events of cluster-wide objects are in namespace default; the name is the object's with a time in hexadecimal nanoseconds. */
export function eventOf(seed: EventSeed, now: Date, uid: string): KubernetesObject {
  const last = new Date(now.getTime() - seed.minutesAgo * 60_000);
  const { count = 1 } = seed;
  const first = new Date(last.getTime() - (count - 1) * 60_000);
  const namespace = seed.namespace === '' ? 'default' : seed.namespace;
  const suffix = (BigInt(first.getTime()) * 1_000_000n).toString(16);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${seed.name}.${suffix}`, namespace, creationTimestamp: timestamp(first) },
    involvedObject: {
      kind: seed.kind,
      ...(seed.namespace === '' ? {} : { namespace }),
      name: seed.name,
      uid,
      apiVersion: 'v1',
    },
    reason: seed.reason,
    message: seed.message,
    source: { component: seed.component, ...(seed.host ? { host: seed.host } : {}) },
    firstTimestamp: timestamp(first),
    lastTimestamp: timestamp(last),
    count,
    type: seed.type,
    eventTime: null,
    reportingComponent: seed.component,
    reportingInstance: seed.host ?? '',
  };
}
