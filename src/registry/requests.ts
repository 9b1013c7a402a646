// One request to a registry or its token server: bounded in time, size and redirects. What happened is a value.
import { closed, reasonOf } from '../lib/unreachable.ts';
import { unreachable } from './realm.ts';

export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly cause?: unknown }
  | { readonly kind: 'timeout'; readonly afterMs: number }
  | { readonly kind: 'too large'; readonly bytes: number };

export interface Ask {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD';
  readonly accept: string;
  /** Value of the header, or null. It is left out as soon as a redirect is followed. */
  readonly authorization: string | null;
  /** Of the answer. */
  readonly bytes: number;
  /** How many are followed; with 0 a redirect is an answer like any other. */
  readonly redirects: number;
}

/** Rejects only with the signal's reason. @param timeoutMs until the answer has to be complete. */
export async function ask(request: Ask, timeoutMs: number, signal: AbortSignal): Promise<Outcome> {
  const late = AbortSignal.timeout(timeoutMs);
  const attempt = async (): Promise<Outcome> => {
    signal.throwIfAborted();
    try {
      return await follow(request, AbortSignal.any([signal, late]));
    } catch (cause) {
      signal.throwIfAborted();
      if (late.aborted) return { kind: 'timeout', afterMs: timeoutMs };
      return { kind: 'unreachable', reason: reasonOf(cause), cause };
    }
  };
  const first = await attempt();
  // The other end may have closed a connection that was kept open; nothing is changed by asking twice.
  return first.kind === 'unreachable' && first.reason === closed ? await attempt() : first;
}

async function follow(request: Ask, signal: AbortSignal): Promise<Outcome> {
  let { url, authorization } = request;
  for (let left = request.redirects; ; left -= 1) {
    const response = await fetch(url, {
      method: request.method,
      headers: {
        accept: request.accept,
        'user-agent': 'homelab-bot',
        ...(authorization !== null && { authorization }),
      },
      redirect: 'manual',
      signal,
    });
    const location = response.headers.get('location');
    const redirected = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
    if (!redirected || request.redirects === 0) return await read(response, request.bytes);
    await response.body?.cancel();
    const target = URL.canParse(location, url.href) ? new URL(location, url) : null;
    const reason = target === null ? 'no URL' : unreachable(request.url, target);
    if (target === null || reason !== null) return { kind: 'unreachable', reason: `redirects to ${reason}` };
    if (left === 0) return { kind: 'unreachable', reason: 'redirects without end' };
    url = target;
    authorization = null;
  }
}

async function read(response: Response, most: number): Promise<Outcome> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body, which closes the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > most) return { kind: 'too large', bytes: most };
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return { kind: 'answered', status: response.status, headers: response.headers, text };
}

/** The value of JSON text, undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
