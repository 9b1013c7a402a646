// The homelab of the specification as a cluster: its machines, what runs on them, what they use and what happened.
import type { KubernetesObject } from './objects.ts';
import { eventOf, recentEvents } from './seed/events.ts';
import { machines, nodeMetricsOf, nodeOf } from './seed/nodes.ts';
import { podMetricsOf, podOf } from './seed/pods.ts';
import { namespace, setUp } from './seed/roles.ts';
import { shopImage, shopPods, shopRunning } from './seed/shop.ts';
import { workloads } from './seed/workloads.ts';

/** Every age in it counts from `now`; `image` is the demo app's, with its tag. It holds no RBAC objects of the bot: whoever starts the server applies those of the manifests. */
export function homelabCluster(now: Date, image = shopImage): KubernetesObject[] {
  return [
    ...['chatops', 'laravel-apps', 'monitoring'].map((name) => namespace(name, setUp(now))),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'homelab-bot', namespace: 'chatops' } },
    ...machines.map((machine) => nodeOf(machine, now)),
    ...machines.map((machine) => nodeMetricsOf(machine, now)),
    ...workloads.map((pod) => podOf(pod, now)),
    ...shopRunning(image, now),
    ...[...workloads, ...shopPods.map((pod) => ({ ...pod, image }))].map((pod) => podMetricsOf(pod, now)),
    // The kubelet names a node as the uid of the events about it.
    ...recentEvents.map((event) => eventOf(event, now, event.name)),
  ];
}
