// The table of nodes.
import { type KubernetesObject, listAt, textAt } from '../objects.ts';
import type { Columns } from './columns.ts';
import { ageColumn, nameColumn, none } from './common.ts';

const rolePrefix = 'node-role.kubernetes.io/';

export const nodeColumns: Columns = [
  nameColumn,
  { name: 'Status', type: 'string', description: 'The status of the node', priority: 0, cell: status },
  { name: 'Roles', type: 'string', description: 'The roles of the node', priority: 0, cell: roles },
  ageColumn,
  {
    name: 'Version',
    type: 'string',
    description: 'Kubelet Version reported by the node.',
    priority: 0,
    cell: (node) => textAt(node, 'status.nodeInfo.kubeletVersion'),
  },
  {
    name: 'Internal-IP',
    type: 'string',
    description: 'List of addresses reachable to the node.',
    priority: 1,
    cell: (node) => address(node, 'InternalIP'),
  },
  {
    name: 'External-IP',
    type: 'string',
    description: 'List of addresses reachable to the node.',
    priority: 1,
    cell: (node) => address(node, 'ExternalIP'),
  },
  {
    name: 'OS-Image',
    type: 'string',
    description: 'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
    priority: 1,
    cell: (node) => textAt(node, 'status.nodeInfo.osImage') || '<unknown>',
  },
  {
    name: 'Kernel-Version',
    type: 'string',
    description: "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
    priority: 1,
    cell: kernel,
  },
  {
    name: 'Container-Runtime',
    type: 'string',
    description: 'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
    priority: 1,
    cell: (node) => textAt(node, 'status.nodeInfo.containerRuntimeVersion') || '<unknown>',
  },
];

function status(node: KubernetesObject): string {
  const ready = listAt(node, 'status.conditions').find((one) => textAt(one, 'type') === 'Ready');
  const word = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return textAt(node, 'spec.unschedulable') === 'true' ? `${word},SchedulingDisabled` : word;
}

function roles(node: KubernetesObject): string {
  const labels = Object.entries(node.metadata.labels ?? {});
  const found = labels.flatMap(([label, value]) => {
    if (label.startsWith(rolePrefix)) return label.length > rolePrefix.length ? [label.slice(rolePrefix.length)] : [];
    return label === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return found.length === 0 ? none : [...new Set(found)].sort().join(',');
}

function kernel(node: KubernetesObject): string {
  const version = textAt(node, 'status.nodeInfo.kernelVersion');
  const architecture = textAt(node, 'status.nodeInfo.architecture');
  if (version === '') return '<unknown>';
  return architecture === '' ? version : `${version} (${architecture})`;
}

function address(node: KubernetesObject, type: string): string {
  const found = listAt(node, 'status.addresses').find((one) => textAt(one, 'type') === type);
  return textAt(found, 'address') || none;
}
