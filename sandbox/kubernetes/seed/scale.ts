// Many nodes and pods, for measuring.
import type { KubernetesObject } from '../objects.ts';
import { machines, nodeMetricsOf, nodeOf } from './nodes.ts';
import { type PodSeed, podMetricsOf, podOf } from './pods.ts';
import { namespace } from './roles.ts';

/** How many there should be in all. */
export interface Scale {
  readonly nodes?: number;
  readonly pods?: number;
}

const namespaces = 5;

/** What is missing: desktop-4 and on, and pods in namespaces bench-1 and on, spread over the untainted nodes. */
export function scaled(
  to: Scale,
  nodes: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
  now: Date,
): KubernetesObject[] {
  const names = new Set(nodes.map((node) => node.metadata.name));
  const made: KubernetesObject[] = [];
  for (let number = 2; names.size < (to.nodes ?? 0); number += 1) {
    const name = `desktop-${number}`;
    if (names.has(name)) continue;
    names.add(name);
    const used = { cpu: 100 + ((number * 37) % 6000), memory: 1_000 + ((number * 211) % 28_000) };
    const address = `100.${64 + Math.floor(number / 65_536)}.${Math.floor(number / 256) % 256}.${number % 256}`;
    const machine = { name, cpu: 8, memory: 32, address, ageDays: 1 + (number % 90), used };
    made.push(nodeOf(machine, now), nodeMetricsOf(machine, now));
  }
  const tainted = new Set(machines.filter(({ taints }) => taints).map(({ name }) => name));
  const hosts = [...names].filter((name) => !tainted.has(name));
  if (pods.length < (to.pods ?? 0))
    made.push(...Array.from({ length: namespaces }, (_, index) => namespace(`bench-${index + 1}`)));
  for (let number = pods.length; number < (to.pods ?? 0); number += 1) {
    const seed = benchPod(number, hosts[number % hosts.length] ?? 'desktop-2');
    made.push(podOf(seed, now), podMetricsOf(seed, now));
  }
  return made;
}

function benchPod(number: number, node: string): PodSeed {
  const app = `app-${1 + (number % 20)}`;
  return {
    namespace: `bench-${1 + (number % namespaces)}`,
    name: `${app}-5c9d8f7b6-${number.toString(36).padStart(5, '0')}`,
    node,
    ip: `10.43.${Math.floor(number / 250) % 250}.${1 + (number % 250)}`,
    image: `registry.test/bench/${app}:v1`,
    container: 'app',
    ageHours: 1 + (number % 300),
    owner: ['ReplicaSet', `${app}-5c9d8f7b6`],
    labels: { app },
    requests: { cpu: 10, memory: 16 },
    used: { cpu: 5, memory: 12 },
  };
}
