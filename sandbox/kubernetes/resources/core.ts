// Kinds of the core group, and events as events.k8s.io shows them.
import { type KubernetesObject, listAt, textAt } from '../objects.ts';
import type { Resource } from './resource.ts';
import { readable, statusPart, writable } from './verbs.ts';

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

export const coreResources: readonly Resource[] = [
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
    verbs: writable,
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
    verbs: [...readable, 'delete'],
    subresources: [{ name: 'log', verbs: ['get'] }],
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
    verbs: writable,
    shortNames: ['sa'],
    fields: [],
  },
  core('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  core('persistentvolumeclaims', 'PersistentVolumeClaim', {
    shortNames: ['pvc'],
    subresources: [statusPart],
    blank: { spec: { resources: {} }, status: {} },
  }),
  core('resourcequotas', 'ResourceQuota', {
    shortNames: ['quota'],
    subresources: [statusPart],
    blank: { spec: {}, status: {} },
  }),
  core('services', 'Service', {
    shortNames: ['svc'],
    categories: ['all'],
    subresources: [statusPart],
    fields: ['spec.clusterIP', 'spec.type'],
    blank: { spec: {}, status: { loadBalancer: {} } },
  }),
];

function core(resource: string, kind: string, more: Partial<Resource>): Resource {
  const singular = kind.toLowerCase();
  return { group: '', version: 'v1', resource, singular, kind, namespaced: true, verbs: writable, fields: [], ...more };
}

export const newerEvents: Resource = {
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
};

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
