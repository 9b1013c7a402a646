// The columns of each kind, in the real server's order and words (kubernetes, pkg/printers/internalversion).
import { type KubernetesObject, listAt, textAt } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { storeName } from '../resources.ts';
import { ageColumn, createdAtColumn, nameColumn } from './common.ts';
import { eventColumns } from './events.ts';
import { claimColumns, configMapColumns, ingressColumns, networkPolicyColumns, serviceColumns } from './network.ts';
import { nodeColumns } from './nodes.ts';
import { podColumns } from './pods.ts';
import {
  autoscalerColumns,
  budgetColumns,
  cronJobColumns,
  deploymentColumns,
  jobColumns,
  quotaColumns,
  replicaSetColumns,
} from './workloads.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly format?: string;
  readonly description: string;
  /** 1 is shown by `-o wide` only. */
  readonly priority: number;
  readonly cell: (object: KubernetesObject, now: Date) => string | number;
}

export type Columns = readonly Column[];

const namespaceColumns: Columns = [
  nameColumn,
  {
    name: 'Status',
    type: 'string',
    description: 'The status of the namespace',
    priority: 0,
    cell: (namespace) => textAt(namespace, 'status.phase'),
  },
  ageColumn,
];

function bindingColumns(what: string): Columns {
  const subjects = (title: string, kind: string): Column => ({
    name: title,
    type: 'string',
    description: `${title} in the ${what}`,
    priority: 1,
    cell: (binding) =>
      listAt(binding, 'subjects')
        .filter((one) => textAt(one, 'kind') === kind)
        .map((one) =>
          kind === 'ServiceAccount' ? `${textAt(one, 'namespace')}/${textAt(one, 'name')}` : textAt(one, 'name'),
        )
        .join(', '),
  });
  return [
    nameColumn,
    {
      name: 'Role',
      type: 'string',
      description: `RoleRef of the ${what}.`,
      priority: 0,
      cell: (binding) => `${textAt(binding, 'roleRef.kind')}/${textAt(binding, 'roleRef.name')}`,
    },
    ageColumn,
    subjects('Users', 'User'),
    subjects('Groups', 'Group'),
    subjects('ServiceAccounts', 'ServiceAccount'),
  ];
}

const tables: Readonly<Record<string, Columns>> = {
  nodes: nodeColumns,
  pods: podColumns,
  events: eventColumns,
  'events.k8s.io/events': eventColumns,
  namespaces: namespaceColumns,
  serviceaccounts: [nameColumn, ageColumn],
  configmaps: configMapColumns,
  persistentvolumeclaims: claimColumns,
  resourcequotas: quotaColumns,
  services: serviceColumns,
  'apps/deployments': deploymentColumns,
  'apps/replicasets': replicaSetColumns,
  'autoscaling/horizontalpodautoscalers': autoscalerColumns,
  'batch/cronjobs': cronJobColumns,
  'batch/jobs': jobColumns,
  'networking.k8s.io/ingresses': ingressColumns,
  'networking.k8s.io/networkpolicies': networkPolicyColumns,
  'policy/poddisruptionbudgets': budgetColumns,
  'rbac.authorization.k8s.io/clusterroles': [nameColumn, createdAtColumn],
  'rbac.authorization.k8s.io/roles': [nameColumn, createdAtColumn],
  'rbac.authorization.k8s.io/clusterrolebindings': bindingColumns('clusterRoleBinding'),
  'rbac.authorization.k8s.io/rolebindings': bindingColumns('roleBinding'),
};

/** Undefined for a resource that has no table here; kubectl then draws one itself. */
export function columnsFor(resource: Resource): Columns | undefined {
  return tables[storeName(resource)];
}
