// The roles and bindings that every API server makes for itself, as far as users feel them, and the namespaces that are always there.
import type { KubernetesObject } from '../objects.ts';
import { timestamp } from '../store.ts';

const rbac = 'rbac.authorization.k8s.io';
const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

const health = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const discovery = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

/** As old as the cluster: the homelab was set up 212 days before `now`. */
export function defaultRoles(now: Date): KubernetesObject[] {
  const creationTimestamp = setUp(now);
  const objects = [
    ...['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => namespace(name)),
    role('cluster-admin', [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ]),
    binding('cluster-admin', ['system:masters']),
    role('system:basic-user', [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ]),
    binding('system:basic-user', ['system:authenticated']),
    role('system:discovery', [{ nonResourceURLs: discovery, verbs: ['get'] }]),
    binding('system:discovery', ['system:authenticated']),
    role('system:public-info-viewer', [{ nonResourceURLs: health, verbs: ['get'] }]),
    binding('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
  ];
  return objects.map((object) => ({ ...object, metadata: { ...object.metadata, creationTimestamp } }));
}

/** When the first machine joined. */
export function setUp(now: Date): string {
  return timestamp(new Date(now.getTime() - 212 * 86_400_000));
}

/** Made at this moment, unless told otherwise. */
export function namespace(name: string, creationTimestamp?: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function role(name: string, rules: readonly object[]): KubernetesObject {
  return { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name, labels }, rules };
}

function binding(name: string, groups: readonly string[]): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    subjects: groups.map((group) => ({ apiGroup: rbac, kind: 'Group', name: group })),
  };
}
