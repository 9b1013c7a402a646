// Running a command: what it yields is shown as it comes, and it ends in time.
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../lib/user-error.ts';
import type { Answer } from './command.ts';
import { untilAborted } from './limit.ts';

export type RunResult =
  /** `shown`: it has been shown already, as it is. */
  | { readonly kind: 'answer'; readonly answer: Answer; readonly shown: boolean }
  | { readonly kind: 'told'; readonly error: UserError }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Runs a command to its end and never rejects. Each answer that is not the last is shown; the last one is returned, because it
 * gets buttons. `show` must not reject.
 * @param options.start is handed a signal, which is aborted with a `UserError` after `limitMs` or when `stopping` is.
 */
export async function run(options: {
  readonly name: string;
  readonly start: (signal: AbortSignal) => AsyncGenerator<Answer, void, void>;
  readonly show: (answer: Answer) => Promise<void>;
  readonly limitMs: number;
  readonly stopping: AbortSignal;
}): Promise<RunResult> {
  const { name, start, show, limitMs, stopping } = options;
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new UserError(`/${name} took longer than ${limitMs / 1000} s and was ended. Try again later.`));
  }, limitMs);
  const signal = AbortSignal.any([limit.signal, stopping]);
  try {
    return { kind: 'answer', ...(await lastOf(start(signal), signal, show)) };
  } catch (error) {
    if (error instanceof UserError) return { kind: 'told', error };
    // What failed because it was ended is told as that.
    if (signal.aborted && signal.reason instanceof UserError) return { kind: 'told', error: signal.reason };
    return { kind: 'failed', error };
  } finally {
    clearTimeout(timer);
  }
}

async function lastOf(
  answers: AsyncGenerator<Answer, void, void>,
  signal: AbortSignal,
  show: (answer: Answer) => Promise<void>,
): Promise<{ answer: Answer; shown: boolean }> {
  let newest: { answer: Answer; shown: boolean } | null = null;
  let next = answers.next();
  try {
    for (;;) {
      const step = await untilAborted(next, signal);
      if (step.done === true) break;
      newest = { answer: step.value, shown: false };
      next = answers.next();
      // A command that ends right after its answer is the common case, and saves Discord an edit.
      if (await settlesAtOnce(next)) continue;
      await show(step.value);
      newest.shown = true;
    }
  } finally {
    // Not waited for: a command that was ended may hang on in what it does.
    answers.return().catch(() => {});
  }
  if (newest === null) throw new Error('The command ended without an answer');
  return newest;
}

async function settlesAtOnce(work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, setImmediate(false)]);
}
