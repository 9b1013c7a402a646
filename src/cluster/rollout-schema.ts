// Deployments, ReplicaSets and Pods as far as a rollout is judged by them; what is missing or of the wrong kind becomes empty, never a failure.
import { z } from 'zod';
import { list, message, name, part, text, time } from './schema.ts';

const count = z.number().int().nonnegative().catch(0);
const labels = z.record(z.string(), z.string()).catch({});
/** Labels and values of a selector are at most 63 characters, with the prefix of a label 253 more. */
const Selector = part({
  matchLabels: labels,
  matchExpressions: list(part({ key: text(317), operator: name, values: list(name) })),
});

const Condition = part({ type: name, status: name, reason: name, message });
const containers = list(part({ name, image: text(1000) })).transform((all) =>
  Object.fromEntries(all.map(({ name, image }) => [name, image])),
);
const template = part({ spec: part({ containers }) });
const owners = list(part({ uid: name, controller: z.boolean().catch(false) })).transform(
  (all) => all.find(({ controller }) => controller)?.uid ?? '',
);
const identified = z.object({ name: z.string().min(1) });
const revisionKey = 'deployment.kubernetes.io/revision';
/** A Deployment and its ReplicaSets carry it: which ReplicaSet is the newest. 0 where it is not written yet. */
const revision = labels.transform((all) => Number(all[revisionKey] ?? 0) || 0);

export const Deployment = z
  .object({
    metadata: identified.and(part({ uid: name, generation: count, annotations: revision })),
    spec: part({
      // Kubernetes fills it in; 1 is what it fills in.
      replicas: z.number().int().nonnegative().catch(1),
      paused: z.boolean().catch(false),
      selector: Selector,
      template,
    }),
    status: part({
      observedGeneration: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      unavailableReplicas: count,
      replicas: count,
      conditions: list(Condition),
    }),
  })
  .transform(({ metadata, spec, status }) => ({
    uid: metadata.uid,
    revision: metadata.annotations,
    selector: selectorText(spec.selector),
    view: {
      generation: metadata.generation,
      observedGeneration: status.observedGeneration,
      wanted: spec.replicas,
      updated: status.updatedReplicas,
      ready: status.readyReplicas,
      available: status.availableReplicas,
      unavailable: status.unavailableReplicas,
      total: status.replicas,
      paused: spec.paused,
      conditions: status.conditions,
      images: spec.template.spec.containers,
    },
  }));
export type Deployment = z.output<typeof Deployment>;

export const ReplicaSet = z
  .object({
    metadata: identified.and(
      part({ ownerReferences: owners, annotations: revision, creationTimestamp: time, uid: name }),
    ),
    spec: part({ template }),
    status: part({ conditions: list(Condition) }),
  })
  .transform(({ metadata, spec, status }) => ({
    name: metadata.name,
    uid: metadata.uid,
    owner: metadata.ownerReferences,
    revision: metadata.annotations,
    createdAt: metadata.creationTimestamp?.getTime() ?? 0,
    images: spec.template.spec.containers,
    failure: status.conditions.find((one) => one.type === 'ReplicaFailure' && one.status === 'True') ?? null,
  }));
export type ReplicaSet = z.output<typeof ReplicaSet>;

const Terminated = part({ exitCode: z.number().int().catch(0), reason: name, message: text(300) });
const terminated = z.preprocess((value) => value ?? null, Terminated.nullable()).catch(null);
const waiting = z.preprocess((value) => value ?? null, part({ reason: name, message }).nullable()).catch(null);

const ContainerStatus = part({
  name,
  ready: z.boolean().catch(false),
  restartCount: count,
  state: part({ waiting, terminated }),
  lastState: part({ terminated }),
});

/** Only of these is the message Kubernetes' own; else the container itself may have written it. */
const startFailures = ['StartError', 'ContainerCannotRun'];

export const RolloutPod = z
  .object({
    metadata: identified.and(
      part({ ownerReferences: owners, creationTimestamp: time, deletionTimestamp: time.optional() }),
    ),
    status: part({
      phase: name,
      conditions: list(part({ type: name, status: name, reason: name, message })),
      containerStatuses: list(ContainerStatus),
      initContainerStatuses: list(ContainerStatus),
    }),
  })
  .transform(({ metadata, status }) => {
    const condition = (type: string) => status.conditions.find((one) => one.type === type);
    const scheduled = condition('PodScheduled');
    const container = (init: boolean) => (one: z.output<typeof ContainerStatus>) => {
      const exit = one.state.terminated ?? one.lastState.terminated;
      return {
        name: one.name,
        init,
        ready: one.ready,
        restarts: one.restartCount,
        waiting: one.state.waiting,
        lastExit:
          exit === null
            ? null
            : {
                code: exit.exitCode,
                reason: exit.reason,
                message: startFailures.includes(exit.reason) ? exit.message : '',
              },
      };
    };
    return {
      name: metadata.name,
      owner: metadata.ownerReferences,
      deleting: metadata.deletionTimestamp instanceof Date,
      createdAt: metadata.creationTimestamp?.getTime() ?? 0,
      phase: status.phase,
      ready: condition('Ready')?.status === 'True',
      unschedulable: scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' ? scheduled.message : null,
      containers: [
        ...status.initContainerStatuses.map(container(true)),
        ...status.containerStatuses.map(container(false)),
      ],
    };
  });
export type RolloutPod = z.output<typeof RolloutPod>;

/** As the API takes it in `labelSelector`. An operator that is not known selects nothing rather than everything. */
function selectorText({ matchLabels, matchExpressions }: z.output<typeof Selector>): string {
  const parts = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values } of matchExpressions) {
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`);
  }
  return parts.join(',');
}

/** One line of a watch. */
export const WatchEvent = z.object({ type: z.string(), object: z.unknown() });

/** Of any object: where a watch goes on from. */
export const Versioned = part({ metadata: part({ name, resourceVersion: name }), code: count });
