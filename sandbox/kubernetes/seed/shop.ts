// The demo app as it runs in the seed: Service, Deployment, ReplicaSet and three pods.
import { parse } from 'yaml';
import { homelabFiles, seedPath } from '../../git/seed.ts';
import { type KubernetesObject, recordAt } from '../objects.ts';
import { timestamp } from '../store.ts';
import { withPodDefaults } from '../writes/pod-defaults.ts';
import { type PodSeed, podOf, uidOf } from './pods.ts';
import { runningSha } from './workloads.ts';

export const shopImage = `ghcr.io/acme/shop:${runningSha}`;

const name = 'laravel-multi-tenant';
const namespace = 'laravel-apps';
const labels = { app: name };
const hash = { 'pod-template-hash': '6d5f8c7b94' };
const setName = `${name}-${hash['pod-template-hash']}`;
const revision = { 'deployment.kubernetes.io/revision': '7' };

/** As the manifest repository has it, so that applying the running commit changes nothing. */
function manifests(image: string): { readonly deployment: KubernetesObject; readonly service: KubernetesObject } {
  const at = image.lastIndexOf(':');
  const files = homelabFiles({ image: image.slice(0, at), tag: image.slice(at + 1) });
  const text = files[`${seedPath}/deployment.yaml`]?.replace(/image: .+/, () => `image: ${image}`) ?? '';
  return { deployment: parse(text), service: parse(files[`${seedPath}/service.yaml`] ?? '') };
}

/** Everything as it is once all pods run; `image` is theirs, with its tag. */
export function shopRunning(image: string, now: Date): KubernetesObject[] {
  const since = timestamp(new Date(now.getTime() - 26 * 3_600_000));
  const { deployment, service } = manifests(image);
  const template = recordAt(deployment, 'spec.template');
  const counts = { replicas: 3, readyReplicas: 3, availableReplicas: 3, terminatingReplicas: 0, observedGeneration: 1 };
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: uidOf(`Deployment/${name}`) };
  const figures = { 'deployment.kubernetes.io/desired-replicas': '3', 'deployment.kubernetes.io/max-replicas': '4' };
  return [
    service,
    {
      ...deployment,
      metadata: {
        ...deployment.metadata,
        uid: owner.uid,
        creationTimestamp: timestamp(new Date(now.getTime() - 1_900 * 3_600_000)),
        annotations: revision,
      },
      status: { ...counts, updatedReplicas: 3, conditions: conditions(since) },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: setName,
        namespace,
        uid: uidOf(`ReplicaSet/${setName}`),
        creationTimestamp: since,
        labels: { ...labels, ...hash },
        annotations: { ...figures, ...revision },
        ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
      },
      spec: {
        replicas: 3,
        selector: { matchLabels: { ...labels, ...hash } },
        template: { ...template, metadata: { labels: { ...labels, ...hash } } },
      },
      status: { ...counts, fullyLabeledReplicas: 3 },
    },
    ...shopPods.map((pod) => ofTemplate(podOf({ ...pod, image }, now), recordAt(template, 'spec'))),
  ];
}

export const shopPods: readonly Omit<PodSeed, 'image'>[] = (['desktop-2', 'desktop-3', 'desktop-2'] as const).map(
  (node, index) => ({
    namespace,
    name: `${setName}-${['2xk9p', 'h4v7c', 'zq6tn'][index]}`,
    node,
    ip: `10.42.${node === 'desktop-2' ? 1 : 2}.${20 + index}`,
    container: 'laravel-app',
    ageHours: 26,
    owner: ['ReplicaSet', setName],
    labels: { ...labels, ...hash },
    requests: { cpu: 250, memory: 256 },
    used: { cpu: 180 + 35 * index, memory: 212 + 18 * index },
  }),
);

function ofTemplate(pod: KubernetesObject, spec: Record<string, unknown>): KubernetesObject {
  return { ...pod, spec: { ...recordAt(pod, 'spec'), ...recordAt(withPodDefaults({ spec }), 'spec') } };
}

function conditions(since: string): object[] {
  const times = { lastUpdateTime: since, lastTransitionTime: since };
  return [
    {
      type: 'Available',
      status: 'True',
      ...times,
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    },
    {
      type: 'Progressing',
      status: 'True',
      ...times,
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${setName}" has successfully progressed.`,
    },
  ];
}
