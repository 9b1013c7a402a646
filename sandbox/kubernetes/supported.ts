// What this server supports, for people; a test compares it with what is served. Everything else is answered 501 by its name.

import { logParameters } from './pod-logs.ts';
import { writeParameters } from './writes/write-options.ts';

export interface SupportedResource {
  /** `v1`, or `<group>/<version>`. */
  readonly groupVersion: string;
  readonly resource: string;
  readonly verbs: string;
  /** Subresources. */
  readonly parts: string;
  /** Whether kubectl's tables are drawn. */
  readonly table: boolean;
}

const all = 'create delete get list patch update watch';

export const supportedResources: readonly SupportedResource[] = [
  row('v1', 'events', 'get list watch', true),
  row('v1', 'namespaces', all, true),
  row('v1', 'nodes', 'get list watch', true),
  row('v1', 'pods', 'get list watch delete', true, 'log'),
  row('v1', 'serviceaccounts', all, true),
  row('v1', 'configmaps', all, true),
  row('v1', 'persistentvolumeclaims', all, true, 'status'),
  row('v1', 'resourcequotas', all, true, 'status'),
  row('v1', 'services', all, true, 'status'),
  row('apps/v1', 'deployments', all, true, 'scale status'),
  row('apps/v1', 'replicasets', all, true, 'scale status'),
  row('autoscaling/v2', 'horizontalpodautoscalers', all, true, 'status'),
  row('batch/v1', 'cronjobs', all, true, 'status'),
  row('batch/v1', 'jobs', all, true, 'status'),
  row('networking.k8s.io/v1', 'ingresses', all, true, 'status'),
  row('networking.k8s.io/v1', 'networkpolicies', all, true),
  row('policy/v1', 'poddisruptionbudgets', all, true, 'status'),
  row('events.k8s.io/v1', 'events', 'get list watch', true),
  row('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'get list watch', true),
  row('rbac.authorization.k8s.io/v1', 'clusterroles', 'get list watch', true),
  row('rbac.authorization.k8s.io/v1', 'rolebindings', 'get list watch', true),
  row('rbac.authorization.k8s.io/v1', 'roles', 'get list watch', true),
  row('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'get list watch', false),
  row('metrics.k8s.io/v1beta1', 'nodes', 'get list', false),
  row('metrics.k8s.io/v1beta1', 'pods', 'get list', false),
  row('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'create', false),
  row('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'create', false),
  row('authentication.k8s.io/v1', 'selfsubjectreviews', 'create', false),
];

function row(groupVersion: string, resource: string, verbs: string, table: boolean, parts = ''): SupportedResource {
  return { groupVersion, resource, verbs, parts, table };
}

/** Paths that are no resources; `{group}` is each group above. */
export const supportedPaths: readonly string[] = [
  '/version',
  '/healthz',
  '/livez',
  '/readyz',
  '/api',
  '/apis',
  '/api/v1',
  '/apis/{group}',
  '/apis/{group}/{version}',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/apis/{group}/{version}',
];

/** Of the query of a list or watch. */
export const supportedParameters: readonly string[] = [
  'labelSelector',
  'fieldSelector',
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'watch',
  'allowWatchBookmarks',
  'sendInitialEvents',
  'timeoutSeconds',
  'includeObject',
];

/** Of the query of a change; a deletion takes `gracePeriodSeconds` and `propagationPolicy` too, here or in its body. */
export const supportedForChanges: readonly string[] = writeParameters;

/** What a patch may be; strategic merge patches are answered 501. */
export const supportedPatches: readonly string[] = [
  'application/apply-patch+yaml',
  'application/merge-patch+json',
  'application/json-patch+json',
];

/** Of the query of a pod's log; `follow` may only be false. */
export const supportedForLogs: readonly string[] = logParameters;
