// The objects that the suite puts into a cluster, on top of the nodes desktop-1, desktop-2 and worker-db-01.
import { appSpace } from './apps.ts';
import type { AnyObject } from './connection.ts';

export const space = 'contract';

const rbac = 'rbac.authorization.k8s.io';

export const robot = { user: `system:serviceaccount:${space}:robot`, namespace: space, name: 'robot' };

export const fixture: readonly AnyObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: appSpace } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: space } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'idle', namespace: space } },
  pod('db-1', { app: 'db', tier: 'data' }),
  pod('web-1', { app: 'web' }),
  pod('web-2', { app: 'web', canary: '' }),
  event('web-1.1', 'web-1', 'Warning', 'Unhealthy', 'Readiness probe failed: <timeout>'),
  event('web-2.1', 'web-2', 'Normal', 'Pulled', 'Container image already present'),
  clusterRole('contract-viewer', [
    { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
    { nonResourceURLs: ['/metrics'], verbs: ['get'] },
  ]),
  clusterBinding('contract-viewer', 'contract-viewer', [{ apiGroup: rbac, kind: 'Group', name: 'contract:viewer' }]),
  clusterRole('contract-impersonation', [
    {
      apiGroups: [''],
      resources: ['users'],
      verbs: ['impersonate'],
      resourceNames: ['contract:viewer', 'contract:nobody'],
    },
    { apiGroups: [''], resources: ['groups'], verbs: ['impersonate'], resourceNames: ['contract:viewer'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['userextras/discord-user'], verbs: ['impersonate'] },
  ]),
  clusterBinding('contract-impersonation', 'contract-impersonation', [
    { kind: 'ServiceAccount', name: 'robot', namespace: space },
  ]),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name: 'one-pod', namespace: space },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], resourceNames: ['web-1'] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'one-pod', namespace: space },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'one-pod' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: 'contract:one' }],
  },
  clusterRole('contract-patcher', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }]),
  clusterBinding('contract-patcher', 'contract-patcher', [{ apiGroup: rbac, kind: 'User', name: 'contract:patcher' }]),
  clusterRole('contract-reviewer', [
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ]),
  clusterBinding('contract-reviewer', 'contract-reviewer', [
    { apiGroup: rbac, kind: 'Group', name: 'system:unauthenticated' },
  ]),
  clusterBinding('contract-broken', 'contract-absent', [{ apiGroup: rbac, kind: 'User', name: 'contract:broken' }]),
];

/** A pod on desktop-2 whose one container does nothing. */
export function pod(name: string, labels: Readonly<Record<string, string>>): AnyObject {
  const started = '2026-01-02T03:04:05Z';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: space, labels },
    spec: { nodeName: 'desktop-2', containers: [{ name: 'app', image: 'registry.test/app:v1' }] },
    // A real API server ignores what a client says of the status; there the kubelet writes it.
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      podIP: '10.42.0.9',
      podIPs: [{ ip: '10.42.0.9' }],
      containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: { startedAt: started } } }],
    },
  };
}

function event(name: string, about: string, type: string, reason: string, message: string): AnyObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: space },
    involvedObject: { kind: 'Pod', namespace: space, name: about, uid: `uid-of-${about}`, apiVersion: 'v1' },
    reason,
    message,
    source: { component: 'kubelet', host: 'desktop-2' },
    firstTimestamp: '2026-01-02T03:04:05Z',
    lastTimestamp: '2026-01-02T03:09:05Z',
    count: 4,
    type,
    eventTime: null,
    reportingComponent: 'kubelet',
    reportingInstance: 'desktop-2',
  };
}

function clusterRole(name: string, rules: readonly object[]): AnyObject {
  return { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
}

function clusterBinding(name: string, role: string, subjects: readonly object[]): AnyObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects,
  };
}
