// What people can ask about apps and their deploys.
import type { Level } from '../access/level.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { imagesOf } from '../cluster/render.ts';
import { UserError } from '../lib/user-error.ts';
import type { Operation, Requester } from '../operations/operation.ts';
import type { Operations } from '../operations/operations.ts';
import type { AppSource, Repository, TagChange } from '../repository/repository.ts';
import { rollbackTarget } from '../repository/rollback.ts';
import { type App, tagOfImage } from './app.ts';
import type { Outside } from './outside.ts';
import { planDeploy } from './plan.ts';
import type { DeployState } from './state.ts';

export interface Asked {
  readonly requester: Requester;
  readonly level: Level;
  readonly channelId: string;
  readonly reason: string | null;
  readonly reference: string;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
}

export type Started =
  | { readonly kind: 'started'; readonly operation: Operation<DeployState> }
  | { readonly kind: 'nothing to do'; readonly said: string };

export interface AppStatus {
  readonly app: App;
  /** The tag that the repository wants; null where it names none, a sentence where it cannot be read. */
  readonly wanted: { readonly tag: string | null } | { readonly said: string };
  readonly running:
    | { readonly tag: string | null; readonly ready: number; readonly replicas: number }
    | { readonly said: string };
  readonly last: Operation<DeployState> | null;
  readonly operation: Operation<DeployState> | null;
}

export interface Deploys {
  readonly apps: readonly App[];
  /** @throws UserError in the words of the person; nothing is changed then. */
  deploy(app: App, tag: string, asked: Asked): Promise<Started>;
  /** @param to a commit or tag of an earlier deploy; null for the one before the running one. */
  rollback(app: App, to: string | null, asked: Asked): Promise<Started>;
  status(apps: readonly App[], cluster: Cluster, signal: AbortSignal): Promise<readonly AppStatus[]>;
  history(app: App, limit: number, signal: AbortSignal): Promise<readonly TagChange[]>;
}

const historyDepth = 100;

export function createDeploys(outside: Outside, operations: Operations): Deploys {
  function repository(): Repository {
    if (outside.repository !== null) return outside.repository;
    throw new UserError(
      'No manifest repository is configured.\nSet MANIFEST_REPO_URL (and its credentials) and restart the bot.',
    );
  }

  async function notBusy(app: App): Promise<void> {
    const running = await operations.running(app.name);
    if (running === undefined) return;
    throw new UserError(
      `A ${running.kind} of ${app.name} is running: ${running.requester.username} started it.\nWait for its end, or press Abort on its card.`,
    );
  }

  async function begin(
    kind: 'deploy' | 'rollback',
    app: App,
    about: Pick<DeployState, 'from' | 'to' | 'takesBack'>,
    { requester, level, channelId, reason, reference }: Asked,
  ): Promise<Started> {
    const state: DeployState = {
      ...about,
      change: null,
      undo: null,
      image: null,
      appliedAt: null,
      progress: null,
      failure: null,
      evidence: [],
      undoFailure: null,
    };
    const operation = await operations.start({
      kind,
      app: app.name,
      requester,
      level,
      channelId,
      reason,
      reference,
      step: 'commit',
      state,
    });
    return { kind: 'started', operation };
  }

  /** What the commit of this tag would hold, rendered and kept for its apply. */
  async function previewed(app: App, tag: string, { cluster, signal }: Asked) {
    const preview = await repository().preview(sourceOf(app), tag, signal);
    try {
      const manifest = await cluster.render(preview.folder, signal);
      outside.previews.keep(app.name, { parent: preview.commit, tag, manifest });
      return { wanted: preview.tag, rendered: imagesOf(manifest, app) };
    } finally {
      await preview.release();
    }
  }

  return {
    apps: outside.apps,
    async deploy(app, tag, asked) {
      await notBusy(app);
      const { cluster, signal } = asked;
      const [{ wanted, rendered }, running, imageExists] = await Promise.all([
        previewed(app, tag, asked),
        cluster.deployment(app.namespace, app.deployment, signal),
        outside.registry.has(app.image, tag, signal),
      ]);
      const plan = planDeploy(app, {
        tag,
        imageExists,
        wanted,
        rendered,
        running: running?.images ?? null,
      });
      if (plan.kind === 'refused') throw new UserError(plan.said);
      if (plan.kind === 'nothing to do') return plan;
      return begin('deploy', app, { from: plan.from, to: plan.to, takesBack: [] }, asked);
    },
    async rollback(app, to, asked) {
      await notBusy(app);
      const { tag: running } = await repository().tagOf(sourceOf(app), asked.signal);
      const history = await repository().history(sourceOf(app), historyDepth, asked.signal);
      const target = rollbackTarget(history, running, to ?? undefined);
      if (target.kind === 'none') throw new UserError(target.reason);
      const about = { from: running, to: target.tag, takesBack: target.undo };
      return begin('rollback', app, about, asked);
    },
    status: (apps, cluster, signal) => Promise.all(apps.map((app) => statusOf(app, cluster, signal))),
    history: (app, limit, signal) => repository().history(sourceOf(app), limit, signal),
  };

  async function statusOf(app: App, cluster: Cluster, signal: AbortSignal): Promise<AppStatus> {
    const [wanted, running, recent, operation] = await Promise.all([
      told(async () => ({ tag: (await repository().tagOf(sourceOf(app), signal)).tag })),
      told(async () => {
        const found = await cluster.deployment(app.namespace, app.deployment, signal);
        if (found === null) return { said: `there is no Deployment ${app.namespace}/${app.deployment}` };
        const image = found.images[app.container];
        return { tag: image === undefined ? null : tagOfImage(image), ready: found.ready, replicas: found.wanted };
      }),
      operations.recent(app.name, 1),
      operations.running(app.name),
    ]);
    return {
      app,
      wanted,
      running,
      // Deploys and rollbacks are all that is run on an app, and both keep a DeployState.
      last: (recent[0] as Operation<DeployState> | undefined) ?? null,
      operation: (operation as Operation<DeployState> | undefined) ?? null,
    };
  }
}

function sourceOf(app: App): AppSource {
  return { app: app.name, path: app.path, image: app.image };
}

/** One part that is away leaves the others readable. */
async function told<T>(ask: () => Promise<T>): Promise<T | { readonly said: string }> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UserError) return { said: error.message.split('\n')[0] ?? error.message };
    throw error;
  }
}
