// One request to a registry or its token server: bounded in time, size and redirects. What happened is a value.
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

const closed = 'connection closed';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  ENOTFOUND: 'no address for that name',
  EAI_AGAIN: 'no answer from the name server',
  ETIMEDOUT: 'no answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** fetch rejects with a TypeError whose cause tells. */
function reasonOf(error: unknown): string {
  for (let one = error, depth = 0; typeof one === 'object' && one !== null && depth < 4; depth += 1) {
    const code = 'code' in one ? String(one.code) : '';
    const reason = reasons[code];
    if (reason !== undefined) return reason;
    if (/^(?:ERR_SSL|EPROTO)/.test(code)) return 'it does not speak TLS';
    one = 'cause' in one ? one.cause : null;
  }
  return 'the connection failed';
}
