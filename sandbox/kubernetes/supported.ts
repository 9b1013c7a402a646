// What this server supports, for people; a test compares it with what is served. Everything else is answered 501 by its name.

export interface SupportedResource {
  /** `v1`, or `<group>/<version>`. */
  readonly groupVersion: string;
  readonly resource: string;
  readonly verbs: string;
  /** Whether kubectl's tables are drawn. */
  readonly table: boolean;
}

export const supportedResources: readonly SupportedResource[] = [
  { groupVersion: 'v1', resource: 'events', verbs: 'get list watch', table: true },
  { groupVersion: 'v1', resource: 'namespaces', verbs: 'get list watch', table: true },
  { groupVersion: 'v1', resource: 'nodes', verbs: 'get list watch', table: true },
  { groupVersion: 'v1', resource: 'pods', verbs: 'get list watch', table: true },
  { groupVersion: 'v1', resource: 'serviceaccounts', verbs: 'get list watch', table: true },
  { groupVersion: 'events.k8s.io/v1', resource: 'events', verbs: 'get list watch', table: true },
  {
    groupVersion: 'rbac.authorization.k8s.io/v1',
    resource: 'clusterrolebindings',
    verbs: 'get list watch',
    table: true,
  },
  { groupVersion: 'rbac.authorization.k8s.io/v1', resource: 'clusterroles', verbs: 'get list watch', table: true },
  { groupVersion: 'rbac.authorization.k8s.io/v1', resource: 'rolebindings', verbs: 'get list watch', table: true },
  { groupVersion: 'rbac.authorization.k8s.io/v1', resource: 'roles', verbs: 'get list watch', table: true },
  { groupVersion: 'metrics.k8s.io/v1beta1', resource: 'nodes', verbs: 'get list', table: false },
  { groupVersion: 'metrics.k8s.io/v1beta1', resource: 'pods', verbs: 'get list', table: false },
  { groupVersion: 'authorization.k8s.io/v1', resource: 'selfsubjectaccessreviews', verbs: 'create', table: false },
  { groupVersion: 'authorization.k8s.io/v1', resource: 'selfsubjectrulesreviews', verbs: 'create', table: false },
  { groupVersion: 'authentication.k8s.io/v1', resource: 'selfsubjectreviews', verbs: 'create', table: false },
];

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
