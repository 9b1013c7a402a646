// One GET to the API server: bounded in time and size, over connections that are kept open. What happened is a value.
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Outcome } from './failures.ts';
import { Status } from './schema.ts';

export interface Limits {
  /** Milliseconds until the answer has to begin. */
  readonly answerMs: number;
  /** Milliseconds until it has to be complete. */
  readonly timeoutMs: number;
  /** Bytes of an answer. */
  readonly bytes: number;
}

export interface Ask {
  /** With the query, for example `/api/v1/nodes?limit=500`. */
  readonly path: string;
  readonly accept?: string;
}

export interface Requests {
  /**
   * Rejects only with the signal's reason.
   * @param as whose credentials and headers are sent.
   */
  get(as: KubeConfig, ask: Ask, signal: AbortSignal): Promise<Outcome>;
  /** Closes what is kept open. */
  close(): void;
}

const refusalBytes = 64 * 1024;

export function createRequests(limits: Limits): Requests {
  const agents = createAgents();
  return {
    async get(as, ask, signal) {
      signal.throwIfAborted();
      const first = await attempt(as, ask, limits, signal, agents.of);
      // The server had closed a connection that was kept open, before it can have seen the request.
      return first === 'stale' ? sure(await attempt(as, ask, limits, signal, agents.fresh)) : first;
    },
    close: () => agents.close(),
  };
}

function sure(outcome: Outcome | 'stale'): Outcome {
  return outcome === 'stale' ? { kind: 'unreachable', reason: 'connection closed' } : outcome;
}

function attempt(
  as: KubeConfig,
  ask: Ask,
  limits: Limits,
  signal: AbortSignal,
  agentFor: (options: https.RequestOptions, as: KubeConfig) => http.Agent | undefined,
): Promise<Outcome | 'stale'> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome | 'stale'>();
  const end = new AbortController();
  const settle = (outcome: Outcome | 'stale'): void => {
    resolve(outcome);
    end.abort();
  };
  const abort = (): void => {
    reject(signal.reason);
    end.abort();
  };
  signal.addEventListener('abort', abort, { once: true });
  const late = (ms: number) => setTimeout(() => settle({ kind: 'timeout', afterMs: ms }), ms);
  const answer = late(limits.answerMs);
  const whole = late(limits.timeoutMs);
  promise
    .catch(() => {})
    .finally(() => {
      clearTimeout(answer);
      clearTimeout(whole);
      signal.removeEventListener('abort', abort);
    });

  const send = async (): Promise<void> => {
    const options: https.RequestOptions = {};
    await as.applyToHTTPSOptions(options);
    if (end.signal.aborted) return;
    const url = new URL(`${as.getCurrentCluster()?.server}${ask.path}`);
    const agent = agentFor(options, as);
    const request = (url.protocol === 'http:' ? http : https).request(url, {
      ...options,
      headers: { ...trimmed(options.headers), accept: ask.accept ?? 'application/json', 'user-agent': 'homelab-bot' },
      ...(agent !== undefined && { agent }),
    });
    end.signal.addEventListener('abort', () => request.destroy(), { once: true });
    request.on('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      if (request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) settle('stale');
      else settle({ kind: 'unreachable', reason: reasonOf(error), cause: error });
    });
    request.on('response', (response) => {
      clearTimeout(answer);
      read(response, limits.bytes, settle);
    });
    request.end();
  };
  send().catch((cause) => settle({ kind: 'credentials', cause }));
  return promise;
}

/** A token file may end in a newline, which no header may hold. */
function trimmed(headers: https.RequestOptions['headers']): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) all[name] = String(value).trim();
  }
  return all;
}

function read(response: http.IncomingMessage, most: number, settle: (outcome: Outcome) => void): void {
  const status = response.statusCode ?? 0;
  const good = status === 200;
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('error', (cause) => settle({ kind: 'unreachable', reason: reasonOf(cause), cause }));
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (good && bytes > most) settle({ kind: 'too large', bytes: most });
    else if (good || bytes <= refusalBytes) chunks.push(chunk);
  });
  response.on('end', () => {
    const body = parsed(Buffer.concat(chunks).toString());
    chunks.length = 0;
    if (!good) settle({ kind: 'refused', status, said: Status.parse(body) });
    else if (body === undefined) settle({ kind: 'unreadable' });
    else settle({ kind: 'answered', body });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed',
  EPIPE: 'connection closed',
  ENOTFOUND: 'no address for that name',
  EAI_AGAIN: 'no answer from the name server',
  EHOSTUNREACH: 'no route',
  ENETUNREACH: 'no route',
  ETIMEDOUT: 'no answer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = reasons[code];
  if (known !== undefined) return known;
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code)) return 'its certificate is not trusted';
  return code === '' ? 'the connection failed' : `the connection failed with ${code}`;
}

/** One agent for each set of credentials in use, which changes when a certificate is renewed. */
function createAgents() {
  let key = '';
  let kept: http.Agent | null = null;

  function of(options: https.RequestOptions, as: KubeConfig): http.Agent | undefined {
    const cluster = as.getCurrentCluster();
    // Through a proxy the library's own agent knows the way.
    if (cluster?.proxyUrl) return undefined;
    const { ca, cert, key: privateKey, rejectUnauthorized, servername } = options;
    const now = JSON.stringify([
      cluster?.server,
      rejectUnauthorized,
      servername,
      ...[ca, cert, privateKey].map(String),
    ]);
    if (kept !== null && key === now) return kept;
    kept?.destroy();
    const settings = { keepAlive: true, maxSockets: 8, scheduling: 'lifo' } as const;
    kept = cluster?.server.startsWith('http:')
      ? new http.Agent(settings)
      : new https.Agent({
          ...settings,
          ...(ca !== undefined && { ca }),
          ...(cert !== undefined && { cert }),
          ...(privateKey !== undefined && { key: privateKey }),
          ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
          ...(servername !== undefined && { servername }),
        });
    key = now;
    return kept;
  }

  return {
    of,
    /** After a stale connection: the others are likely stale too. */
    fresh(options: https.RequestOptions, as: KubeConfig): http.Agent | undefined {
      key = '';
      return of(options, as);
    },
    close(): void {
      kept?.destroy();
      kept = null;
    },
  };
}
