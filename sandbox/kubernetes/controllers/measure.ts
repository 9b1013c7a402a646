// What pods use, as metrics-server would report it.
import type { KubernetesObject } from '../objects.ts';
import { type Store, timestamp } from '../store.ts';
import { containersOf } from './containers.ts';

const measured = 'metrics.k8s.io/pods';

export function measure(store: Store, pod: KubernetesObject, now: Date): void {
  const { name, namespace, labels, uid = '0' } = pod.metadata;
  const spread = Number.parseInt(uid.slice(0, 4), 16) || 0;
  store.put(measured, {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) },
    timestamp: timestamp(now),
    window: '18.204s',
    containers: containersOf(pod).map((container) => ({
      name: container.name,
      usage: { cpu: `${(40 + (spread % 160)) * 1_000_000}n`, memory: `${(120 + (spread % 90)) * 1024}Ki` },
    })),
  });
}

export function forgetUse(store: Store, pod: KubernetesObject): void {
  store.remove(measured, pod.metadata.namespace ?? '', pod.metadata.name);
}
