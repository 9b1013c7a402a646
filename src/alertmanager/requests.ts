// One request to Alertmanager's API: bounded in time and bytes. Whatever happens is a value.
import { shortened } from '../lib/shortened.ts';
import { reasonOf } from '../lib/unreachable.ts';
import type { Failure } from './alertmanager.ts';

export interface Ask {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON; undefined for nothing. */
  readonly body?: unknown;
  /** Value of the header, or null. */
  readonly authorization: string | null;
  /** Until the answer has to be complete. */
  readonly timeoutMs: number;
  /** Of the answer. */
  readonly bytes: number;
}

export type Got =
  /** Undefined for an answer without a body. */
  | { readonly kind: 'answered'; readonly value: unknown }
  /** Status 404. */
  | { readonly kind: 'absent' }
  | Failure;

/** Of an answer that says what is wrong with a request. */
const explanation = { bytes: 4096, characters: 300 };

/** Rejects with the signal's reason, and with nothing else. */
export async function request(ask: Ask, signal: AbortSignal): Promise<Got> {
  signal.throwIfAborted();
  const late = AbortSignal.timeout(ask.timeoutMs);
  try {
    return await send(ask, AbortSignal.any([signal, late]));
  } catch (cause) {
    signal.throwIfAborted();
    if (late.aborted) return { kind: 'slow', reason: `no whole answer within ${ask.timeoutMs / 1000} s` };
    return { kind: 'away', reason: reasonOf(cause) };
  }
}

async function send({ url, method, body, authorization, bytes }: Ask, signal: AbortSignal): Promise<Got> {
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      'user-agent': 'homelab-bot',
      ...(authorization !== null && { authorization }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // Credentials follow no redirect.
    redirect: 'manual',
    signal,
  });
  const { status } = response;
  if (status === 400 || status === 422) return { kind: 'not understood', reason: await explained(response) };
  if (status !== 200) {
    await response.body?.cancel();
    return status === 404 ? { kind: 'absent' } : failureOf(status);
  }
  const text = await read(response, bytes);
  if (text === null) return { kind: 'too large', reason: `more than ${bytes / 1024 / 1024} MiB` };
  try {
    return { kind: 'answered', value: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return { kind: 'not understood', reason: 'no JSON' };
  }
}

/** Null for more than `most` bytes. */
async function read(response: Response, most: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body, which closes the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What is wrong with the request in the other end's words: a text, or an object with a message, as go-openapi writes it. */
async function explained(response: Response): Promise<string> {
  const status = `status ${response.status}`;
  try {
    const said: unknown = JSON.parse((await read(response, explanation.bytes)) ?? '""');
    const text = typeof said === 'object' && said !== null && 'message' in said ? said.message : said;
    if (typeof text !== 'string' || text.trim() === '') return status;
    return `${status}: ${shortened(text.trim().toWellFormed(), explanation.characters)}`;
  } catch (cause) {
    if (cause instanceof SyntaxError) return status;
    throw cause;
  }
}

function failureOf(status: number): Failure {
  const reason = `status ${status}`;
  if (status === 401 || status === 403) return { kind: 'refused', reason };
  if (status === 429 || status >= 500) return { kind: 'away', reason };
  return { kind: 'not understood', reason: status < 400 && status >= 300 ? `${reason}, a redirect` : reason };
}
