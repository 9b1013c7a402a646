// What a rollout's state means: it goes on, it is done, or it cannot succeed, and why. Pure.
import { formatDuration } from '../lib/duration.ts';
import { type Culprit, podTrouble, type Trouble, type TroubleReason, unready } from './trouble.ts';
import type { DeploymentView, RolloutView } from './view.ts';

export type FailureReason = TroubleReason | 'deadline' | 'timeout' | 'paused' | 'gone' | 'taken over';

/** How far it is; JSON. */
export interface Progress {
  readonly wanted: number;
  readonly updated: number;
  /** Of all pods, old ones too. */
  readonly ready: number;
  readonly unavailable: number;
  /** Pods of earlier versions that are still there. */
  readonly old: number;
  /** What it waits for, in words. */
  readonly note: string;
}

export type Verdict =
  | { readonly kind: 'progressing'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly progress: Progress }
  | {
      readonly kind: 'failed';
      readonly progress: Progress;
      readonly reason: FailureReason;
      /** A sentence for people, with what Kubernetes says. */
      readonly said: string;
      /** Whose log tells more. */
      readonly culprit: Culprit | null;
    };

export interface Since {
  /** When the change was applied, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly timeoutMs: number;
  readonly container: string;
  /** What the container is to run; null where nobody knows, and then nothing can take over. */
  readonly image: string | null;
}

/**
 * As `kubectl rollout status` has it, which never looks at a status before `observedGeneration` has caught up, and besides it what makes success
 * impossible long before the deadline.
 * @param now milliseconds since 1970.
 */
export function judge(view: RolloutView, since: Since, now: number): Verdict {
  const progress = progressOf(view);
  const { deployment } = view;
  const failed = (reason: FailureReason, said: string, culprit: Culprit | null = null): Verdict => ({
    kind: 'failed',
    progress,
    reason,
    said,
    culprit,
  });
  if (deployment === null) {
    if (view.away === null) return failed('gone', 'The Deployment is gone: somebody deleted it.');
    if (isOver(since, now)) return failed('timeout', timedOut(view, progress, since));
    return { kind: 'progressing', progress };
  }
  const other = otherImage(deployment, since);
  if (other !== null) return failed('taken over', other);
  if (view.away === null && isDone(deployment)) return { kind: 'done', progress };

  // While the cluster is away, and until its controller has looked, what is seen may belong to what was before.
  const current = view.away === null && isObserved(deployment);
  const trouble = current ? podTrouble(view, since.startedAt, now) : null;
  if (trouble?.certain) return failed(trouble.reason, trouble.said, trouble.culprit);
  const blamed = trouble ?? (current ? unready(view) : null);
  const stopped = current ? stoppedBy(view) : null;
  if (stopped !== null) return failed(stopped.reason, withTrouble(stopped.said, blamed), blamed?.culprit);
  if (isOver(since, now)) {
    return failed('timeout', withTrouble(timedOut(view, progress, since), blamed), blamed?.culprit);
  }
  return { kind: 'progressing', progress: trouble === null ? progress : { ...progress, note: trouble.said } };
}

function isOver({ startedAt, timeoutMs }: Since, now: number): boolean {
  return now - startedAt >= timeoutMs;
}

export function progressOf({ deployment, away, replicaSet }: RolloutView): Progress {
  if (deployment === null)
    return { wanted: 0, updated: 0, ready: 0, unavailable: 0, old: 0, note: awayNote(away) ?? '' };
  const { wanted, updated, ready, unavailable, total } = deployment;
  const isNew = isObserved(deployment);
  const counts = { wanted, ready, unavailable, updated: isNew ? updated : 0, old: isNew ? total - updated : total };
  const note = awayNote(away) ?? replicaSet?.failure?.message ?? waitingFor(deployment);
  return { ...counts, note };
}

function awayNote(away: RolloutView['away']): string | null {
  return away === null ? null : `${away.said} It is tried again.`;
}

/** In the words of `kubectl rollout status`. */
function waitingFor(deployment: DeploymentView): string {
  const { wanted, updated, total, available } = deployment;
  if (!isObserved(deployment)) return 'the change has not been looked at yet';
  if (updated < wanted) return `${updated} of ${wanted} new pods have been made`;
  if (total > updated) return `${total - updated} old ${total - updated === 1 ? 'pod is' : 'pods are'} ending`;
  if (available < updated) return `${available} of ${updated} updated pods are available`;
  return '';
}

/** https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go */
function isDone(deployment: DeploymentView): boolean {
  const { wanted, updated, total, available } = deployment;
  return isObserved(deployment) && updated >= wanted && total <= updated && available >= updated;
}

/** Whether the status is one of the present specification. */
function isObserved({ observedGeneration, generation }: DeploymentView): boolean {
  return observedGeneration >= generation;
}

function otherImage({ images }: DeploymentView, { container, image }: Since): string | null {
  if (image === null) return null;
  const seen = Object.hasOwn(images, container) ? images[container] : undefined;
  // An admission webhook may have added the digest.
  if (seen === image || seen?.startsWith(`${image}@`)) return null;
  return seen === undefined
    ? `Another change took over: the Deployment has no container ${container} any more.`
    : `Another change took over: the container ${container} is to run ${seen} now.`;
}

function stoppedBy({ deployment, replicaSet }: RolloutView): { reason: FailureReason; said: string } | null {
  if (deployment?.paused) {
    return {
      reason: 'paused',
      said: 'The Deployment is paused: nothing of it is rolled out until somebody resumes it (kubectl rollout resume).',
    };
  }
  const deadline = deployment?.conditions.find(
    ({ type, status, reason }) => type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded',
  );
  if (deadline === undefined) return null;
  // The controller leaves this condition of the version before standing until the new one has made a step; it names its ReplicaSet.
  const about = /^ReplicaSet "([^"]+)"/.exec(deadline.message)?.[1];
  if (about !== undefined && about !== replicaSet?.name) return null;
  return { reason: 'deadline', said: `Kubernetes gave up waiting (ProgressDeadlineExceeded): ${deadline.message}` };
}

function timedOut({ away }: RolloutView, { wanted, updated, note }: Progress, { timeoutMs }: Since): string {
  const after = `Not finished after ${formatDuration(timeoutMs)}`;
  if (away !== null) return `${after}, and its state is not known: ${away.said}`;
  return `${after}: ${note === '' ? `${updated} of ${wanted} pods are updated` : note}.`;
}

function withTrouble(said: string, trouble: Pick<Trouble, 'said'> | null): string {
  return trouble === null ? said : `${said}\n${trouble.said}`;
}
