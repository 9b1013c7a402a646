// Follows a rollout to its end: what is seen of it, judged, and on failure the last lines of what crashed.
import type { Cluster } from '../cluster/cluster.ts';
import { redact } from '../lib/redact.ts';
import { judge, type Progress, type Verdict } from './judge.ts';
import type { RolloutView } from './view.ts';

export interface Target {
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  /** What the container is to run; null where nobody knows. */
  readonly image: string | null;
  /** Milliseconds from `startedAt` until it is given up. */
  readonly timeoutMs: number;
  /** When the change was applied, in milliseconds since 1970; now by default. */
  readonly startedAt?: number;
}

export interface Followed {
  readonly view: RolloutView;
  readonly progress: Progress;
  readonly verdict: Verdict;
  /** Last log lines of the container that is to blame, redacted; empty but at the end. */
  readonly evidence: readonly string[];
}

/** What following needs of a cluster. */
export type Watched = Pick<Cluster, 'watchRollout' | 'podLog'>;

/** Between two reports of what changed, in milliseconds; the end is told at once. */
const reportMs = 500;
/** Between two reports while nothing changes but the time. */
const idleMs = 2000;
/** Time passes also while nothing happens: graces and the timeout end. */
const tickMs = 500;
const evidenceLines = 20;
const evidenceMs = 5000;

/**
 * Yields at most twice a second, and the last time with `done` or `failed`. Of what changes in between, the newest state is seen.
 * @throws UserError where the person may not look; the signal's reason when it is aborted.
 */
export async function* follow(
  cluster: Watched,
  target: Target,
  signal: AbortSignal,
): AsyncGenerator<Followed, void, void> {
  const { namespace, deployment, container, image, timeoutMs, startedAt = Date.now() } = target;
  const since = { startedAt, timeoutMs, container, image };
  const stop = new AbortController();
  const watch = conflated(cluster.watchRollout(namespace, deployment, AbortSignal.any([signal, stop.signal])));
  let shown: RolloutView | null = null;
  let shownAt = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const view = watch.newest();
      if (view !== null) {
        const now = Date.now();
        const verdict = judge(view, since, now);
        const { progress } = verdict;
        if (verdict.kind !== 'progressing') {
          const evidence = await evidenceFor(cluster, namespace, verdict, signal);
          yield { view, progress, verdict, evidence };
          return;
        }
        if (now - shownAt >= (view === shown ? idleMs : reportMs)) {
          shown = view;
          shownAt = now;
          yield { view, progress, verdict, evidence: [] };
        }
      }
      await watch.changed(tickMs);
    }
  } finally {
    stop.abort(new Error('The rollout is not followed any more'));
    await watch.ended;
  }
}

/** Reads on in the background, and keeps the newest alone. */
function conflated<T>(source: AsyncIterable<T>) {
  let newest: T | null = null;
  let failed: { readonly error: unknown } | null = null;
  let wake: () => void = () => {};

  async function read(): Promise<void> {
    try {
      for await (const value of source) {
        newest = value;
        wake();
      }
    } catch (error) {
      failed = { error };
    }
    wake();
  }
  const ended = read();

  return {
    ended,
    /** Null before the first. Throws what the source threw. */
    newest(): T | null {
      if (failed !== null) throw failed.error;
      return newest;
    },
    /** Resolves with the next one, with an end, or after `ms`. */
    async changed(ms: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      wake = resolve;
      await promise;
      clearTimeout(timer);
    },
  };
}

/** Best effort: why it failed is known without it. The run before says more than the one that has just begun. */
async function evidenceFor(
  cluster: Watched,
  namespace: string,
  verdict: Verdict,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (verdict.kind !== 'failed' || verdict.culprit === null) return [];
  const within = AbortSignal.any([signal, AbortSignal.timeout(evidenceMs)]);
  try {
    const ask = { namespace, ...verdict.culprit, lines: evidenceLines };
    const previous = verdict.reason === 'crash loop' ? await cluster.podLog({ ...ask, previous: true }, within) : [];
    const lines = previous.length > 0 ? previous : await cluster.podLog({ ...ask, previous: false }, within);
    return lines.length === 0 ? [] : redact(lines.join('\n')).split('\n');
  } catch {
    signal.throwIfAborted();
    return [];
  }
}
