// What the API server adds to an object of each kind that leaves it open, and the status that a new one begins with.
import { createHash } from 'node:crypto';
import { isRecord, type KubernetesObject, labelsAt, listAt, recordAt, textAt } from '../objects.ts';
import { type Resource, storeName } from '../resources.ts';
import { withPodDefaults, withTcp } from './pod-defaults.ts';

type Fields = Record<string, unknown>;

export function withDefaults(resource: Resource, object: KubernetesObject): KubernetesObject {
  const change = defaults[storeName(resource)];
  return change ? { ...object, ...change(object) } : object;
}

/** Of an object that was not there before; undefined where the kind has none. */
export function firstStatus(resource: Resource, object: KubernetesObject): unknown {
  switch (storeName(resource)) {
    case 'persistentvolumeclaims':
      return {
        phase: 'Bound',
        accessModes: listAt(object, 'spec.accessModes'),
        capacity: recordAt(object, 'spec.resources.requests'),
      };
    case 'policy/poddisruptionbudgets':
      return { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    default:
      return resource.blank?.['status'];
  }
}

const defaults: Readonly<Record<string, (object: KubernetesObject) => Fields>> = {
  'apps/deployments': (object) => ({ spec: deployment(recordAt(object, 'spec')) }),
  'apps/replicasets': (object) => {
    const spec = recordAt(object, 'spec');
    return { spec: { replicas: 1, ...spec, template: withPodDefaults(recordAt(spec, 'template')) } };
  },
  'autoscaling/horizontalpodautoscalers': (object) => ({ spec: { minReplicas: 1, ...recordAt(object, 'spec') } }),
  'batch/cronjobs': (object) => ({ spec: cronJob(recordAt(object, 'spec')) }),
  'batch/jobs': (object) => ({ spec: job(recordAt(object, 'spec')) }),
  'networking.k8s.io/networkpolicies': (object) => ({ spec: networkPolicy(recordAt(object, 'spec')) }),
  services: (object) => ({ spec: service(object, recordAt(object, 'spec')) }),
  persistentvolumeclaims: (object) => ({ spec: { volumeMode: 'Filesystem', ...recordAt(object, 'spec') } }),
  namespaces: ({ metadata, ...object }) => ({
    metadata: {
      ...metadata,
      labels: { ...labelsAt({ metadata }, 'metadata.labels'), 'kubernetes.io/metadata.name': metadata.name },
    },
    spec: { finalizers: ['kubernetes'], ...recordAt(object, 'spec') },
    status: { phase: 'Active', ...recordAt(object, 'status') },
  }),
};

function deployment(spec: Fields): Fields {
  const strategy = recordAt(spec, 'strategy');
  const type = textAt(strategy, 'type') || 'RollingUpdate';
  const rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...recordAt(strategy, 'rollingUpdate') };
  return {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...spec,
    template: withPodDefaults(recordAt(spec, 'template')),
    strategy: type === 'RollingUpdate' ? { ...strategy, type, rollingUpdate } : { ...strategy, type },
  };
}

function job(spec: Fields): Fields {
  const settings = { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false };
  return { ...settings, ...spec, template: withPodDefaults(recordAt(spec, 'template')) };
}

function cronJob(spec: Fields): Fields {
  const template = recordAt(spec, 'jobTemplate');
  const inner = recordAt(template, 'spec');
  return {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    ...spec,
    jobTemplate: {
      metadata: {},
      ...template,
      spec: { ...inner, template: withPodDefaults(recordAt(inner, 'template')) },
    },
  };
}

function networkPolicy(spec: Fields): Fields {
  const withPorts = (rules: unknown) =>
    Array.isArray(rules)
      ? rules.map((rule) =>
          isRecord(rule) && Array.isArray(rule['ports']) ? { ...rule, ports: rule['ports'].map(withTcp) } : rule,
        )
      : rules;
  const types = ['Ingress', ...('egress' in spec ? ['Egress'] : [])];
  const filled = ['ingress', 'egress'].filter((one) => one in spec).map((one) => [one, withPorts(spec[one])]);
  return { policyTypes: types, ...spec, ...Object.fromEntries(filled) };
}

function service(object: KubernetesObject, spec: Fields): Fields {
  const { name, namespace } = object.metadata;
  const [a = 0, b = 0] = createHash('sha256').update(`${namespace}/${name}`).digest();
  const clusterIP = textAt(spec, 'clusterIP') || `10.43.${a}.${1 + (b % 254)}`;
  const ports = listAt(spec, 'ports').map((port) => {
    const filled = withTcp(port);
    return isRecord(filled) ? { ...filled, targetPort: filled['targetPort'] ?? filled['port'] } : filled;
  });
  return {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ...spec,
    ...(ports.length === 0 ? {} : { ports }),
    clusterIP,
    clusterIPs: [clusterIP],
  };
}
