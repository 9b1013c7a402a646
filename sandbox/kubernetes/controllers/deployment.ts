// The Deployment controller: a ReplicaSet per template, replaced step by step within maxSurge and maxUnavailable.
// The steps are those of kubernetes, pkg/controller/deployment (rolling.go, recreate.go, sync.go), without proportional scaling.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type KubernetesObject, labelsAt, numberAt, recordAt, textAt } from '../objects.ts';
import { created, writeStatus } from './deployment-status.ts';
import { available, bounds, type Rollout, sum, totalOf, wantedOf } from './rollout.ts';
import {
  type ControllerWorld,
  current,
  deployments,
  leaving,
  ownedBy,
  ownerReference,
  replicaSets,
  withAnnotations,
  withSpec,
} from './world.ts';

const by = 'deployment-controller';
const revisionKey = 'deployment.kubernetes.io/revision';

export function reconcileDeployment(
  world: ControllerWorld,
  deployment: KubernetesObject,
  again: (ms: number) => void,
): void {
  const { store } = world;
  const paused = textAt(deployment, 'spec.paused') === 'true';
  const recreate = textAt(deployment, 'spec.strategy.type') === 'Recreate';
  const sets = ownedBy(store, replicaSets, deployment).filter((one) => !leaving(one));
  const olds = sets.filter((one) => !sameTemplate(one, deployment));
  let fresh = sets.find((one) => sameTemplate(one, deployment));
  if (recreate && !paused && sum(olds, wantedOf) > 0) {
    for (const old of olds) scale(world, deployment, old, 0);
  } else if (
    recreate &&
    !paused &&
    !fresh &&
    sum(olds, (one) => numberAt(one, 'status.replicas', 0) + leavingPods(one)) > 0
  ) {
    // The old pods are still ending.
  } else if (!fresh && !paused) {
    fresh = create(world, deployment, olds, recreate);
  } else if (fresh) {
    fresh = revise(world, deployment, fresh, olds);
    roll(world, { deployment, fresh, olds, again }, paused, recreate);
  }
  const now = current(store, deployments, deployment) ?? deployment;
  const all = ownedBy(store, replicaSets, deployment);
  writeStatus(
    world,
    now,
    all,
    all.find((one) => one.metadata.uid === fresh?.metadata.uid),
    again,
  );
  cleanUp(world, now, all);
}

function leavingPods(set: KubernetesObject): number {
  return numberAt(set, 'status.terminatingReplicas', 0);
}

/** Whether that set runs what the deployment wants; its hash is the set's own label. */
function sameTemplate(set: KubernetesObject, deployment: KubernetesObject): boolean {
  const bare = (object: KubernetesObject) => {
    const { 'pod-template-hash': _, ...labels } = labelsAt(object, 'spec.template.metadata.labels');
    const { creationTimestamp: _c, ...metadata } = recordAt(object, 'spec.template.metadata');
    return { ...recordAt(object, 'spec.template'), metadata: { ...metadata, labels } };
  };
  return isDeepStrictEqual(bare(set), bare(deployment));
}

function create(
  world: ControllerWorld,
  deployment: KubernetesObject,
  olds: readonly KubernetesObject[],
  recreate: boolean,
): KubernetesObject {
  const { store, record } = world;
  const hash = hashOf(deployment, (name) => store.find(replicaSets, deployment.metadata.namespace ?? '', name));
  const wanted = numberAt(deployment, 'spec.replicas', 1);
  const room = wanted + bounds(deployment).maxSurge - sum(olds, wantedOf);
  const replicas = recreate ? wanted : Math.max(0, Math.min(wanted, room));
  const revision = highest(olds) + 1;
  const label = { 'pod-template-hash': hash };
  const template = recordAt(deployment, 'spec.template');
  const metadata = recordAt(template, 'metadata');
  const labels = labelsAt(template, 'metadata.labels');
  const minReady = numberAt(deployment, 'spec.minReadySeconds', 0);
  const set = store.put(replicaSets, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace ? { namespace: deployment.metadata.namespace } : {}),
      generation: 1,
      labels: { ...labels, ...label },
      annotations: { ...inherited(deployment), ...figures(deployment), [revisionKey]: `${revision}` },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas,
      ...(minReady > 0 ? { minReadySeconds: minReady } : {}),
      selector: { matchLabels: { ...labelsAt(deployment, 'spec.selector.matchLabels'), ...label } },
      template: { ...template, metadata: { ...metadata, labels: { ...labels, ...label } } },
    },
    status: { replicas: 0 },
  });
  const message = `Scaled up replica set ${set.metadata.name} from 0 to ${replicas}`;
  if (replicas > 0) record({ about: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message, by });
  created(world, annotated(deployment, revision), set);
  return set;
}

/** Gives the wanted set the highest revision, as an undone change has when its set comes back. */
function revise(
  { store }: ControllerWorld,
  deployment: KubernetesObject,
  fresh: KubernetesObject,
  olds: readonly KubernetesObject[],
): KubernetesObject {
  const own = revisionOf(fresh);
  const revision = own > highest(olds) ? own : highest(olds) + 1;
  const minReady = numberAt(deployment, 'spec.minReadySeconds', 0);
  const timed =
    minReady === numberAt(fresh, 'spec.minReadySeconds', 0) ? fresh : withSpec(fresh, { minReadySeconds: minReady });
  store.put(deployments, annotated(deployment, revision));
  return store.put(replicaSets, withAnnotations(timed, { ...figures(deployment), [revisionKey]: `${revision}` }));
}

function roll(world: ControllerWorld, rollout: Rollout, paused: boolean, recreate: boolean): void {
  const { deployment, fresh, olds } = rollout;
  const wanted = numberAt(deployment, 'spec.replicas', 1);
  const have = wantedOf(fresh);
  const alone = paused && sum(olds, wantedOf) === 0;
  const room = wanted + bounds(deployment).maxSurge - totalOf(rollout);
  if (have > wanted || recreate || alone) scale(world, deployment, fresh, wanted);
  else if (paused) return;
  else if (have < wanted && room > 0) scale(world, deployment, fresh, have + Math.min(wanted - have, room));
  else for (const [old, replicas] of shrunk(rollout)) scale(world, deployment, old, replicas);
}

/** How many replicas each old set keeps for now. */
function shrunk(rollout: Rollout): Map<KubernetesObject, number> {
  const { deployment, fresh, olds } = rollout;
  const fewest = numberAt(deployment, 'spec.replicas', 1) - bounds(deployment).maxUnavailable;
  let down = Math.max(0, totalOf(rollout) - fewest - (wantedOf(fresh) - available(fresh)));
  let spare = Math.max(0, sum([fresh, ...olds], available) - fewest);
  const left = new Map<KubernetesObject, number>();
  // Replicas that never became ready go first: nobody misses them.
  for (const old of olds.toSorted(byAge)) {
    const unhealthy = Math.min(down, Math.max(0, wantedOf(old) - available(old)));
    left.set(old, wantedOf(old) - unhealthy);
    down -= unhealthy;
  }
  for (const [old, have] of left) {
    const fewer = Math.min(spare, have, down);
    left.set(old, have - fewer);
    spare -= fewer;
    down -= fewer;
  }
  return left;
}

function scale(world: ControllerWorld, deployment: KubernetesObject, set: KubernetesObject, replicas: number): void {
  const from = wantedOf(set);
  if (from === replicas) return;
  world.store.put(replicaSets, withAnnotations(withSpec(set, { replicas }), figures(deployment)));
  const direction = replicas > from ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${set.metadata.name} from ${from} to ${replicas}`;
  world.record({ about: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message, by });
}

/** Old sets without pods, beyond as many as are to be kept for going back. */
function cleanUp({ store }: ControllerWorld, deployment: KubernetesObject, all: readonly KubernetesObject[]): void {
  const keep = numberAt(deployment, 'spec.revisionHistoryLimit', 10);
  const idle = all.filter(
    (one) => !sameTemplate(one, deployment) && wantedOf(one) === 0 && numberAt(one, 'status.replicas', 0) === 0,
  );
  const surplus = idle.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, idle.length - keep));
  for (const { metadata } of surplus) store.remove(replicaSets, metadata.namespace ?? '', metadata.name);
}

function byAge(a: KubernetesObject, b: KubernetesObject): number {
  return revisionOf(a) - revisionOf(b);
}

function revisionOf(object: KubernetesObject): number {
  return Number(object.metadata.annotations?.[revisionKey] ?? '0') || 0;
}

function highest(sets: readonly KubernetesObject[]): number {
  return Math.max(0, ...sets.map(revisionOf));
}

function annotated(deployment: KubernetesObject, revision: number): KubernetesObject {
  return withAnnotations(deployment, { [revisionKey]: `${revision}` });
}

function figures(deployment: KubernetesObject): { [key: string]: string } {
  const wanted = numberAt(deployment, 'spec.replicas', 1);
  return {
    'deployment.kubernetes.io/desired-replicas': `${wanted}`,
    'deployment.kubernetes.io/max-replicas': `${wanted + bounds(deployment).maxSurge}`,
  };
}

/** A set has its deployment's annotations, but for those that kubectl and the controller keep about themselves. */
function inherited(deployment: KubernetesObject): { [key: string]: string } {
  const own = ['kubectl.kubernetes.io/last-applied-configuration', revisionKey];
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !own.includes(key)),
  );
}

/** Ten letters that the real server could have made; another try where that name is taken. */
function hashOf(deployment: KubernetesObject, find: (name: string) => KubernetesObject | undefined): string {
  const letters = 'bcdf2456789';
  for (let collisions = 0; ; collisions += 1) {
    const text = JSON.stringify([recordAt(deployment, 'spec.template'), collisions]);
    const bytes = createHash('sha256').update(text).digest().subarray(0, 10);
    const hash = [...bytes].map((byte) => letters[byte % letters.length]).join('');
    if (!find(`${deployment.metadata.name}-${hash}`)) return hash;
  }
}
