// Kinds outside the core group that an app brings along: what runs, how it is reached, and how it scales.
import { textAt } from '../objects.ts';
import type { Resource } from './resource.ts';
import { scalePart, statusPart, writable } from './verbs.ts';

type Given = Pick<Resource, 'group' | 'resource' | 'kind'> & Partial<Resource>;

function workload(given: Given): Resource {
  const shared = { version: 'v1', namespaced: true, verbs: writable, fields: [], subresources: [statusPart] };
  return { ...shared, singular: given.kind.toLowerCase(), generation: true, ...given };
}

const noTemplate = { metadata: {}, spec: { containers: null } };

export const workloadResources: readonly Resource[] = [
  workload({
    group: 'apps',
    resource: 'deployments',
    kind: 'Deployment',
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: [scalePart, statusPart],
    blank: { spec: { replicas: 0, selector: null, template: noTemplate, strategy: {} }, status: {} },
  }),
  workload({
    group: 'apps',
    resource: 'replicasets',
    kind: 'ReplicaSet',
    shortNames: ['rs'],
    categories: ['all'],
    subresources: [scalePart, statusPart],
    fields: ['status.replicas'],
    field: (set, field) => (field === 'status.replicas' ? textAt(set, field) || '0' : undefined),
    blank: { spec: { replicas: 0, selector: null, template: noTemplate }, status: { replicas: 0 } },
  }),
  workload({
    group: 'autoscaling',
    version: 'v2',
    resource: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    shortNames: ['hpa'],
    categories: ['all'],
    generation: false,
    blank: {
      spec: { scaleTargetRef: { kind: '', name: '' }, maxReplicas: 0 },
      status: { desiredReplicas: 0, currentMetrics: null },
    },
  }),
  workload({
    group: 'batch',
    resource: 'cronjobs',
    kind: 'CronJob',
    shortNames: ['cj'],
    categories: ['all'],
    blank: { spec: { schedule: '', jobTemplate: { metadata: {}, spec: { template: noTemplate } } }, status: {} },
  }),
  workload({
    group: 'batch',
    resource: 'jobs',
    kind: 'Job',
    categories: ['all'],
    fields: ['status.successful'],
    blank: { spec: { template: noTemplate }, status: {} },
  }),
  workload({
    group: 'networking.k8s.io',
    resource: 'ingresses',
    kind: 'Ingress',
    shortNames: ['ing'],
    blank: { spec: {}, status: { loadBalancer: {} } },
  }),
  workload({
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    singular: 'networkpolicy',
    kind: 'NetworkPolicy',
    shortNames: ['netpol'],
    subresources: [],
    blank: { spec: { podSelector: {} } },
  }),
  workload({
    group: 'policy',
    resource: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    shortNames: ['pdb'],
    blank: {
      spec: {},
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    },
  }),
];
