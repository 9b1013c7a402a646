// The kinds that are served, and what the API says of each in discovery.
import { type KubernetesObject, listAt, textAt } from './objects.ts';

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly ('get' | 'list' | 'watch' | 'create')[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Fields for `fieldSelector` besides metadata.name and metadata.namespace. */
  readonly fields: readonly string[];
  /** Where a field of a selector is not at its own path. */
  readonly field?: (object: KubernetesObject, field: string) => string | undefined;
  /** What an empty object of the kind looks like beside its metadata, as in a bookmark. */
  readonly blank?: Readonly<Record<string, unknown>>;
  /** The resource that really holds the objects, where this is another view of it. */
  readonly view?: { readonly of: string; readonly show: (object: KubernetesObject) => KubernetesObject };
}

const readable = ['get', 'list', 'watch'] as const;
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', verbs: readable, fields: [] };
const metrics = { group: 'metrics.k8s.io', version: 'v1beta1', verbs: ['get', 'list'] as const, fields: [] };

const emptyRole = { rules: null };
const emptyBinding = { roleRef: { apiGroup: '', kind: '', name: '' } };
const emptyNode = {
  spec: {},
  status: {
    daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
    nodeInfo: {
      machineID: '',
      systemUUID: '',
      bootID: '',
      kernelVersion: '',
      osImage: '',
      containerRuntimeVersion: '',
      kubeletVersion: '',
      kubeProxyVersion: '',
      operatingSystem: '',
      architecture: '',
    },
  },
};

const events = {
  version: 'v1',
  resource: 'events',
  singular: 'event',
  kind: 'Event',
  namespaced: true,
  verbs: readable,
  shortNames: ['ev'],
};

export const resources: readonly Resource[] = [
  {
    ...events,
    group: '',
    fields: [
      ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
        (one) => `involvedObject.${one}`,
      ),
      ...['reason', 'reportingComponent', 'source', 'type'],
    ],
    field: (event, field) =>
      field === 'source' ? textAt(event, 'source.component') || textAt(event, 'reportingComponent') : undefined,
    blank: {
      involvedObject: {},
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    },
  },
  {
    group: '',
    version: 'v1',
    resource: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    namespaced: false,
    verbs: readable,
    shortNames: ['ns'],
    fields: ['status.phase', 'name'],
    field: (namespace, field) => (field === 'name' ? namespace.metadata.name : undefined),
    blank: { spec: {}, status: {} },
  },
  {
    group: '',
    version: 'v1',
    resource: 'nodes',
    singular: 'node',
    kind: 'Node',
    namespaced: false,
    verbs: readable,
    shortNames: ['no'],
    fields: ['spec.unschedulable'],
    field: (node, field) => (field === 'spec.unschedulable' ? textAt(node, field) || 'false' : undefined),
    blank: emptyNode,
  },
  {
    group: '',
    version: 'v1',
    resource: 'pods',
    singular: 'pod',
    kind: 'Pod',
    namespaced: true,
    verbs: readable,
    shortNames: ['po'],
    categories: ['all'],
    fields: [
      ...['nodeName', 'restartPolicy', 'schedulerName', 'serviceAccountName', 'hostNetwork'].map(
        (one) => `spec.${one}`,
      ),
      ...['phase', 'podIP', 'podIPs', 'nominatedNodeName'].map((one) => `status.${one}`),
    ],
    field: (pod, field) =>
      field === 'spec.hostNetwork'
        ? textAt(pod, field) || 'false'
        : field === 'status.podIPs'
          ? listAt(pod, field)
              .map((one) => textAt(one, 'ip'))
              .join(',')
          : undefined,
    blank: { spec: { containers: null }, status: {} },
  },
  {
    group: '',
    version: 'v1',
    resource: 'serviceaccounts',
    singular: 'serviceaccount',
    kind: 'ServiceAccount',
    namespaced: true,
    verbs: readable,
    shortNames: ['sa'],
    fields: [],
  },
  {
    ...events,
    group: 'events.k8s.io',
    fields: [
      'regarding.kind',
      'regarding.namespace',
      'regarding.name',
      'regarding.uid',
      'regarding.apiVersion',
      'regarding.resourceVersion',
      'regarding.fieldPath',
      'reason',
      'reportingController',
      'type',
    ],
    view: { of: 'events', show: newerEvent },
  },
  {
    ...rbac,
    resource: 'clusterrolebindings',
    blank: emptyBinding,
    singular: 'clusterrolebinding',
    kind: 'ClusterRoleBinding',
    namespaced: false,
  },
  {
    ...rbac,
    resource: 'clusterroles',
    blank: emptyRole,
    singular: 'clusterrole',
    kind: 'ClusterRole',
    namespaced: false,
  },
  {
    ...rbac,
    resource: 'rolebindings',
    blank: emptyBinding,
    singular: 'rolebinding',
    kind: 'RoleBinding',
    namespaced: true,
  },
  { ...rbac, resource: 'roles', blank: emptyRole, singular: 'role', kind: 'Role', namespaced: true },
  { ...metrics, resource: 'nodes', singular: '', kind: 'NodeMetrics', namespaced: false },
  { ...metrics, resource: 'pods', singular: '', kind: 'PodMetrics', namespaced: true },
  ...(['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] as const).map((resource) =>
    review('authorization.k8s.io', resource),
  ),
  review('authentication.k8s.io', 'selfsubjectreviews'),
];

function review(
  group: string,
  resource: 'selfsubjectaccessreviews' | 'selfsubjectrulesreviews' | 'selfsubjectreviews',
): Resource {
  const kinds = {
    selfsubjectaccessreviews: 'SelfSubjectAccessReview',
    selfsubjectrulesreviews: 'SelfSubjectRulesReview',
    selfsubjectreviews: 'SelfSubjectReview',
  };
  return {
    group,
    version: 'v1',
    resource,
    singular: resource.slice(0, -1),
    kind: kinds[resource],
    namespaced: false,
    verbs: ['create'],
    fields: [],
  };
}

/** `pods`, or `<group>/<resource>`: the name under which the store holds it. */
export function storeName(resource: Pick<Resource, 'group' | 'resource'>): string {
  return resource.group === '' ? resource.resource : `${resource.group}/${resource.resource}`;
}

export function findResource(group: string, version: string, resource: string): Resource | undefined {
  return resources.find((one) => one.group === group && one.version === version && one.resource === resource);
}

/** The resource that holds objects of a kind, as `apply` needs it; undefined for a kind that is not held. */
export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return resources.find(
    (one) => one.kind === kind && !one.view && groupVersion(one) === apiVersion && one.verbs.includes('get'),
  );
}

export function groupVersion({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** A core event as events.k8s.io shows it. */
function newerEvent(event: KubernetesObject): KubernetesObject {
  const {
    involvedObject,
    message,
    firstTimestamp,
    lastTimestamp,
    count,
    source,
    reportingComponent,
    reportingInstance,
    ...rest
  } = event;
  return {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
    reportingInstance,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  };
}
