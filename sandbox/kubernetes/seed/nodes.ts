// The machines of the homelab as the API shows them.
import { conditionsOf } from '../node-state.ts';
import type { KubernetesObject } from '../objects.ts';
import { timestamp } from '../store.ts';

export interface Machine {
  readonly name: string;
  readonly cpu: number;
  /** GiB. */
  readonly memory: number;
  readonly address: string;
  readonly ageDays: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
  /** Taken by the machine itself at this moment, in millicores and MiB. */
  readonly used: { readonly cpu: number; readonly memory: number };
}

const kubelet = 'v1.36.3+k3s1';

export const machines: readonly Machine[] = [
  {
    name: 'desktop-1',
    cpu: 8,
    memory: 32,
    address: '100.64.0.1',
    ageDays: 212,
    labels: { 'node-role.kubernetes.io/control-plane': 'true' },
    taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
    used: { cpu: 1240, memory: 9_320 },
  },
  { name: 'desktop-2', cpu: 12, memory: 32, address: '100.64.0.2', ageDays: 211, used: { cpu: 2860, memory: 14_780 } },
  { name: 'desktop-3', cpu: 8, memory: 16, address: '100.64.0.3', ageDays: 96, used: { cpu: 1910, memory: 10_240 } },
  {
    name: 'worker-db-01',
    cpu: 6,
    memory: 64,
    address: '100.64.0.10',
    ageDays: 180,
    labels: { 'app-type': 'db' },
    taints: [{ key: 'app-type', value: 'db', effect: 'NoSchedule' }],
    used: { cpu: 1650, memory: 41_960 },
  },
];

export function nodeOf(machine: Machine, now: Date): KubernetesObject {
  const { name, cpu, memory, address } = machine;
  const joined = new Date(now.getTime() - machine.ageDays * 86_400_000);
  const role = { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      creationTimestamp: timestamp(joined),
      labels: {
        ...machine.labels,
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        ...role,
        'node.kubernetes.io/instance-type': 'k3s',
      },
      annotations: {
        'flannel.alpha.coreos.com/public-ip': address,
        'k3s.io/hostname': name,
        'k3s.io/internal-ip': address,
      },
    },
    spec: {
      podCIDR: podNetwork(machine),
      podCIDRs: [podNetwork(machine)],
      providerID: `k3s://${name}`,
      ...(machine.taints ? { taints: machine.taints } : {}),
    },
    status: {
      capacity: {
        cpu: `${cpu}`,
        'ephemeral-storage': '479151956Ki',
        'hugepages-2Mi': '0',
        memory: `${memory * 1024 * 1024 - 219_432}Ki`,
        pods: '110',
      },
      allocatable: {
        cpu: `${cpu}`,
        'ephemeral-storage': '466119022411',
        'hugepages-2Mi': '0',
        memory: `${memory * 1024 * 1024 - 219_432}Ki`,
        pods: '110',
      },
      conditions: conditionsOf('ready', now).map((one) => ({ ...one, lastTransitionTime: timestamp(joined) })),
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: '6.12.58-1-lts',
        osImage: 'Arch Linux',
        containerRuntimeVersion: 'containerd://2.3.2-k3s1',
        kubeletVersion: kubelet,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

/** A network of 254 pods for each machine, in the order in which they joined. */
function podNetwork(machine: Machine): string {
  const place = machines.findIndex(({ name }) => name === machine.name);
  return `10.42.${place < 0 ? 250 : place}.0/24`;
}

/** As metrics-server reports it: nanocores and KiB over a window. */
export function nodeMetricsOf({ name, used }: Machine, now: Date): KubernetesObject {
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    timestamp: timestamp(new Date(now.getTime() - 15_000)),
    window: '20.041s',
    usage: { cpu: `${used.cpu * 1_000_000}n`, memory: `${used.memory * 1024}Ki` },
  };
}
