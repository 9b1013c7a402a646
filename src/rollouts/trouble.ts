// What is wrong with the pods of a rollout, and whether it may still become right by itself. Pure.
import type { ContainerView, PodView, RolloutView } from './view.ts';

export type TroubleReason = 'image pull' | 'crash loop' | 'container config' | 'unschedulable' | 'quota';

/** Whose log tells more. */
export interface Culprit {
  readonly pod: string;
  readonly container: string;
}

export interface Trouble {
  readonly reason: TroubleReason;
  /** A sentence for people, with what Kubernetes says. */
  readonly said: string;
  readonly culprit: Culprit | null;
  /** False while it may pass: a first error, or room that pods which are ending will give free. */
  readonly certain: boolean;
}

/** The cluster's clock and ours may differ by this much, in milliseconds. */
const skewMs = 5000;

/** Milliseconds that a first error of the kubelet is given: registries hiccup, and ConfigMaps arrive a moment later. */
const firstErrorMs = 10_000;
const quotaMs = 10_000;
const unschedulableMs = 15_000;
/** Room and quota are waited for this long while pods are ending; 30 s is the usual grace of a pod. */
const endingMs = 60_000;
/** Restarts of a container that is not ready, of which one may be a dependency that came up later. */
const restartsOfALoop = 2;

/** Reasons after which the kubelet tries again in vain, or not at all. */
const pullOver = ['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];
const pullErrors = ['ErrImagePull', 'ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed'];
const configErrors = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
];

/** Certain trouble first; null where all is well so far. */
export function podTrouble(view: RolloutView, startedAt: number, now: number): Trouble | null {
  const all = troubles(view, startedAt, now);
  return all.find(({ certain }) => certain) ?? all[0] ?? null;
}

/** Where a deadline is over and nothing is wrong: a container that runs without becoming ready. */
export function unready({ pods }: RolloutView): Pick<Trouble, 'said' | 'culprit'> | null {
  for (const { name, phase, containers } of pods) {
    const one =
      phase === 'Running'
        ? containers.find(({ init, ready, waiting }) => !init && !ready && waiting === null)
        : undefined;
    if (one === undefined) continue;
    const said = `The container ${one.name} of ${name} runs, but does not become ready: its readiness probe fails.`;
    return { said, culprit: { pod: name, container: one.name } };
  }
  return null;
}

function troubles({ pods, replicaSet, terminating }: RolloutView, startedAt: number, now: number): Trouble[] {
  // Pods that have failed as a whole (evicted, for example) are replaced by the ReplicaSet.
  const live = pods.filter(({ phase }) => phase !== 'Failed' && phase !== 'Succeeded');
  const found = live.flatMap((pod) =>
    pod.containers.flatMap((one) => containerTrouble(pod, one, startedAt, now) ?? []),
  );
  const over = (since: number, graceMs: number) => now - since >= (terminating > 0 ? endingMs : graceMs);
  if (replicaSet?.failure) {
    const { reason, message, since } = replicaSet.failure;
    const said = `No pod can be made (${reason}): ${message}`;
    found.push({ reason: 'quota', said, culprit: null, certain: over(since, quotaMs) });
  }
  for (const { name, unschedulable } of live) {
    if (unschedulable === null) continue;
    const said = `No node takes the pod ${name} (Unschedulable): ${unschedulable.message}`;
    const certain = over(unschedulable.since, unschedulableMs);
    found.push({ reason: 'unschedulable', said, culprit: null, certain });
  }
  return found;
}

function containerTrouble(pod: PodView, container: ContainerView, startedAt: number, now: number): Trouble | null {
  const { waiting } = container;
  const culprit = { pod: pod.name, container: container.name };
  const of = `${container.init ? 'init container' : 'container'} ${container.name} of ${pod.name}`;
  if (isCrashing(pod, container, startedAt)) {
    return { reason: 'crash loop', said: `The ${of} ${crash(container)}`, culprit, certain: true };
  }
  if (waiting === null) return null;
  const words = waiting.message === '' ? waiting.reason : `${waiting.reason}: ${waiting.message}`;
  const first = now - waiting.since >= firstErrorMs;
  if (pullOver.includes(waiting.reason) || pullErrors.includes(waiting.reason)) {
    const certain = first || pullOver.includes(waiting.reason);
    return { reason: 'image pull', said: `The ${of} has no image. ${words}`, culprit: null, certain };
  }
  if (configErrors.includes(waiting.reason)) {
    return { reason: 'container config', said: `The ${of} cannot be started. ${words}`, culprit: null, certain: first };
  }
  return null;
}

function isCrashing({ createdAt }: PodView, { waiting, restarts, ready }: ContainerView, startedAt: number): boolean {
  if (waiting?.reason === 'CrashLoopBackOff') return true;
  // A pod that was there before has restarts of its past.
  return restarts >= restartsOfALoop && !ready && createdAt >= startedAt - skewMs;
}

function crash({ lastExit, restarts, waiting }: ContainerView): string {
  const times = `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
  const state = waiting?.reason === 'CrashLoopBackOff' ? 'crashes (CrashLoopBackOff)' : 'crashes';
  if (lastExit === null) return `${state}: ${times}.`;
  const { code, reason, message } = lastExit;
  if (reason === 'OOMKilled')
    return `${state}: OOMKilled, exit code ${code}: it took more memory than its limit; ${times}.`;
  const why = reason === '' || reason === 'Error' ? '' : ` (${reason}${message === '' ? '' : `: ${message}`})`;
  return `${state}: exit code ${code}${why}, ${times}.`;
}
