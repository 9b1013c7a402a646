// Which rights of Kubernetes it takes to look at a Deployment, to follow its rollout and to apply an app's manifests; commands name them as theirs.

type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch';

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly Verb[];
}

/** How a Deployment stands. */
export const statusRights: readonly Right[] = [{ group: 'apps', resource: 'deployments', verbs: ['get'] }];

export const followRights: readonly Right[] = [
  { group: 'apps', resource: 'deployments', verbs: ['list', 'watch'] },
  { group: 'apps', resource: 'replicasets', verbs: ['list', 'watch'] },
  { group: '', resource: 'pods', verbs: ['list', 'watch'] },
  { group: '', resource: 'pods/log', verbs: ['get'] },
];

const applied: Readonly<Record<string, readonly string[]>> = {
  '': ['configmaps', 'persistentvolumeclaims', 'serviceaccounts', 'services'],
  apps: ['deployments'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
};

/** The kinds that an app's manifests may hold, and leaving the replicas to an autoscaler. Never Secrets. */
export const applyRights: readonly Right[] = [
  ...Object.entries(applied).flatMap(([group, resources]) =>
    resources.map((resource): Right => ({ group, resource, verbs: ['create', 'patch'] })),
  ),
  { group: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: ['list'] },
  { group: 'apps', resource: 'deployments/scale', verbs: ['patch'] },
];
