// How a deploy, and a rollback, is done: commit, apply, follow; and where that fails, the same backwards.
import type { Cluster, Identity } from '../cluster/cluster.ts';
import { imageOf, withoutReplicas } from '../cluster/render.ts';
import { UserError } from '../lib/user-error.ts';
import type { After, Operation, Procedure, StepContext } from '../operations/operation.ts';
import type { AppSource, Attribution, PlacedChange, Repository } from '../repository/repository.ts';
import type { App } from './app.ts';
import { deployMessage } from './message.ts';
import type { Outside } from './outside.ts';
import type { DeployState, Step } from './state.ts';

type Deploy = Operation<DeployState>;
type Context = StepContext<DeployState>;

/** Git and kubectl have limits of their own; this one is for the sum of their tries. In milliseconds. */
const stepMs = 120_000;

/** The procedure of operations of kind `deploy` and `rollback`; they differ in what the commit is. */
export function deployProcedure(kind: 'deploy' | 'rollback', outside: Outside): Procedure<DeployState> {
  return {
    kind,
    message: deployMessage,
    interrupted: (operation, reason, aborted) => failed(operation, reason, aborted, outside),
    async perform(operation, context) {
      const work = workOf(operation, outside);
      switch (stepOf(operation)) {
        case 'commit':
          return commit(work, context);
        case 'look for the commit':
          return lookForCommit(work, context);
        case 'apply':
          return apply(work, work.state.change, 'follow', context);
        case 'follow':
          return follow(work, { end: 'done' }, context);
        case 'undo commit':
          return undoCommit(work, context);
        case 'undo apply':
          return apply(work, work.state.undo, 'undo follow', context);
        case 'undo follow':
          return follow(work, { end: 'undone' }, context);
      }
    },
  };
}

interface Work {
  readonly operation: Deploy;
  readonly state: DeployState;
  readonly app: App;
  readonly source: AppSource;
  readonly by: Attribution;
  readonly repository: Repository;
  readonly cluster: Cluster;
  readonly outside: Outside;
}

function workOf(operation: Deploy, outside: Outside): Work {
  const app = outside.apps.find((one) => one.name === operation.app);
  if (app === undefined) throw new UserError(`The configuration no longer names the app ${operation.app}.`);
  if (outside.repository === null) throw new UserError('MANIFEST_REPO_URL is no longer set.');
  const { requester, level, reason, id, state, resumed } = operation;
  const identity: Identity = { level, discordUser: `${requester.id} ${requester.username}` };
  return {
    operation,
    state,
    app,
    source: { app: app.name, path: app.path, image: app.image },
    by: { person: requester, reason, operation: id, again: resumed > 0 },
    repository: outside.repository,
    cluster: outside.clusterAs(identity),
    outside,
  };
}

/** A push that is on its way is interrupted by no Abort: whether it arrived would not be known. After an end of the process it is looked for. */
async function commit(work: Work, { signal, stopping }: Context): Promise<After<DeployState>> {
  const { state, repository, source, by } = work;
  signal.throwIfAborted();
  const limit = limited(stopping);
  const change =
    state.takesBack.length > 0
      ? await repository.revert(source, state.takesBack, by, limit)
      : await repository.setTag(source, state.to, by, limit);
  return { next: 'apply', state: { ...state, change } };
}

async function lookForCommit(work: Work, { stopping }: Context): Promise<After<DeployState>> {
  const { state, repository, source, operation } = work;
  const history = await repository.history(source, 20, limited(stopping));
  const change = history.find((one) => one.operation === operation.id);
  if (change === undefined) return { end: operation.abortedBy === null ? 'failed' : 'aborted', state };
  return { next: 'undo commit', state: { ...state, change: { ...change, parent: null } } };
}

async function apply(
  work: Work,
  change: PlacedChange | null,
  next: Step,
  { signal }: Context,
): Promise<After<DeployState>> {
  const { state, app, cluster, outside } = work;
  if (change === null) throw new Error('There is no commit to apply');
  const within = limited(signal);
  const rendered = outside.previews.take(app.name, change) ?? (await render(work, change.commit, within));
  const manifest = await keepingReplicas(rendered, app, cluster, within);
  await cluster.apply(manifest, {}, within);
  const image = imageOf(manifest, app, app.container);
  return { next, state: { ...state, image, appliedAt: outside.now().getTime(), progress: null } };
}

async function render({ repository, source, cluster }: Work, commit: string, signal: AbortSignal): Promise<string> {
  const checkout = await repository.checkout(source, commit, signal);
  try {
    return await cluster.render(checkout.folder, signal);
  } finally {
    await checkout.release();
  }
}

/**
 * Where a HorizontalPodAutoscaler decides on the replicas, the manifest must not. A server-side apply without the field would reset it to 1 where its
 * owner is a client-side apply or this bot: so the live value is first written back through the scale subresource, which makes
 * another manager its owner.
 */
async function keepingReplicas(manifest: string, app: App, cluster: Cluster, signal: AbortSignal): Promise<string> {
  const autoscaler = await cluster.autoscalerOf(app.namespace, app.deployment, signal);
  if (autoscaler === null) return manifest;
  const scale = await cluster.scaleOwner(app.namespace, app.deployment, signal);
  if (scale !== null) await cluster.writeScale(app.namespace, app.deployment, scale.replicas, signal);
  return withoutReplicas(manifest, [{ kind: 'Deployment', namespace: app.namespace, name: app.deployment }]);
}

async function follow(
  work: Work,
  done: { end: 'done' | 'undone' },
  { signal, progress }: Context,
): Promise<After<DeployState>> {
  const { app, cluster, outside } = work;
  let { state } = work;
  const target = {
    namespace: app.namespace,
    deployment: app.deployment,
    container: app.container,
    image: state.image,
    timeoutMs: app.rolloutTimeoutMs,
    ...(state.appliedAt !== null && { startedAt: state.appliedAt }),
  };
  for await (const followed of outside.follow(cluster, target, signal)) {
    state = { ...state, progress: followed.progress };
    if (followed.verdict.kind === 'done') return { ...done, state };
    if (followed.verdict.kind === 'failed') {
      const { reason, said } = followed.verdict;
      // Somebody else's newer change is not ours to take back.
      if (reason === 'taken over' || reason === 'gone')
        return { end: 'failed', state: { ...state, failure: state.failure ?? said } };
      const evidence = done.end === 'done' ? followed.evidence : state.evidence;
      return failed({ ...work.operation, state: { ...state, evidence } }, said, false, outside);
    }
    progress(state);
  }
  throw new Error('Following the rollout ended without a verdict');
}

async function undoCommit(work: Work, { stopping }: Context): Promise<After<DeployState>> {
  const { state, repository, source, by } = work;
  if (state.change === null) throw new Error('There is no commit to take back');
  const undo = await repository.revert(source, [state.change], by, limited(stopping));
  return { next: 'undo apply', state: { ...state, undo } };
}

/** What follows from a failure or an abort of this step. */
function failed(operation: Deploy, reason: string, aborted: boolean, { apps }: Outside): After<DeployState> {
  const { state } = operation;
  const step = stepOf(operation);
  // An Abort that comes when the undoing has begun already asks for what is being done.
  if (aborted && (step.startsWith('undo') || step === 'look for the commit')) return { next: step, state };
  if (step.startsWith('undo')) return { end: 'failed', state: { ...state, undoFailure: reason } };
  const told = { ...state, failure: state.failure ?? reason };
  if (step === 'commit') return { next: 'look for the commit', state: told };
  if (step === 'look for the commit') return { end: 'failed', state: { ...told, undoFailure: reason } };
  const wanted = apps.find((one) => one.name === operation.app)?.autoRollback ?? false;
  return wanted || aborted ? { next: 'undo commit', state: told } : { end: 'failed', state: told };
}

/** Kept as text for any procedure; in operations of these two kinds only this file says what comes next. */
function stepOf({ step }: Deploy): Step {
  return step as Step;
}

function limited(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(stepMs)]);
}
