// One request to Alertmanager's API: bounded in time and bytes. Whatever happens is a value.
import { reasonOf } from '../lib/unreachable.ts';
import type { Failure, Rejection } from './alertmanager.ts';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Value of the header, or null. */
  readonly authorization: string | null;
  /** Until the answer has to be complete. */
  readonly timeoutMs: number;
  /** Of the answer. */
  readonly bytes: number;
}

export type Got = { readonly kind: 'answered'; readonly value: unknown } | Failure | Rejection;

/** Rejects with the signal's reason, and with nothing else. */
export async function request(ask: Ask, signal: AbortSignal): Promise<Got> {
  signal.throwIfAborted();
  const late = AbortSignal.timeout(ask.timeoutMs);
  try {
    return await read(ask, AbortSignal.any([signal, late]));
  } catch (cause) {
    signal.throwIfAborted();
    if (late.aborted) return { kind: 'slow', reason: `no whole answer within ${ask.timeoutMs / 1000} s` };
    return { kind: 'away', reason: reasonOf(cause) };
  }
}

async function read({ method, url, body, authorization, bytes: most }: Ask, signal: AbortSignal): Promise<Got> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      accept: 'application/json',
      'user-agent': 'homelab-bot',
      ...(authorization !== null && { authorization }),
    },
    // Credentials follow no redirect.
    redirect: 'manual',
    signal,
  });
  const failure = failureOf(response.status, method);
  if (failure !== null) {
    await response.body?.cancel();
    return failure;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body, which closes the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > most) return { kind: 'too large', reason: `more than ${most / 1024 / 1024} MiB` };
    chunks.push(chunk);
  }
  // An end is answered with an empty body.
  if (bytes === 0 && method === 'DELETE') return { kind: 'answered', value: null };
  try {
    return { kind: 'answered', value: JSON.parse(Buffer.concat(chunks).toString()) };
  } catch {
    return { kind: 'not understood', reason: 'no JSON' };
  }
}

function failureOf(status: number, method: Ask['method']): Failure | Rejection | null {
  if (status === 200) return null;
  const reason = `status ${status}`;
  if (status === 401 || status === 403) return { kind: 'refused', reason };
  // Its API answers 500 to the end of a silence that has ended (0.25).
  if (method !== 'GET' && (status === 400 || status === 404 || (method === 'DELETE' && status === 500)))
    return { kind: 'rejected', reason };
  if (status === 429 || status >= 500) return { kind: 'away', reason };
  return { kind: 'not understood', reason: status < 400 && status >= 300 ? `${reason}, a redirect` : reason };
}
