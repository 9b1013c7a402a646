// Posts one notification as Alertmanager does: again with backoff while the other end is broken, once when it refuses.
import { setTimeout as delay } from 'node:timers/promises';

export interface Attempt {
  readonly at: Date;
  readonly body: string;
  /** HTTP status and text, or why there was no answer. */
  readonly answer: { readonly status: number; readonly text: string } | { readonly error: string };
}

export interface Target {
  /** Null while nobody is told: what is due then counts as told, as where another of the cluster did and its request was lost. */
  readonly webhookUrl: string | null;
  readonly token: string;
  readonly now: () => Date;
  readonly onAttempt: (attempt: Attempt) => void;
}

export type ReachableTarget = Target & { readonly webhookUrl: string };

/** As measured: a first pause of 0.3-0.8 s, each next one half as long again, at most a minute. */
const pause = { leastMs: 300, mostMs: 800, factor: 1.5, capMs: 60_000 };

/** Resolves true once it was taken; false when it was refused (4xx is never tried again) or `signal` aborts. */
export async function send(target: Target, body: string, signal: AbortSignal): Promise<boolean> {
  let pauseMs = pause.leastMs + Math.random() * (pause.mostMs - pause.leastMs);
  while (!signal.aborted) {
    const { webhookUrl } = target;
    if (webhookUrl === null) return true;
    const { answer } = await postOnce({ ...target, webhookUrl }, body, signal);
    if ('status' in answer && answer.status < 500) return answer.status >= 200 && answer.status < 300;
    try {
      await delay(pauseMs, undefined, { signal });
    } catch {
      return false;
    }
    pauseMs = Math.min(pauseMs * pause.factor, pause.capMs);
  }
  return false;
}

/** One request, whatever comes of it; never rejects. */
export async function postOnce(target: ReachableTarget, body: string, signal: AbortSignal): Promise<Attempt> {
  const attempt = { at: target.now(), body, answer: await answerOf(target, body, signal) };
  target.onAttempt(attempt);
  return attempt;
}

async function answerOf(
  { webhookUrl, token }: ReachableTarget,
  body: string,
  signal: AbortSignal,
): Promise<Attempt['answer']> {
  try {
    const response = await fetch(webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Alertmanager/0.34.0',
        authorization: `Bearer ${token}`,
      },
      body,
      redirect: 'manual',
      signal,
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    // fetch says "fetch failed"; the cause says why.
    const { cause = error } = error as { readonly cause?: unknown };
    return { error: (cause as { readonly message?: string }).message || String(cause) };
  }
}
