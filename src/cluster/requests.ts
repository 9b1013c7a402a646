// One request to the API server: bounded in time and size, over connections that are kept open. What happened is a value.
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { type Read, readLines, readRefusal, readWhole, reasonOf } from './answers.ts';
import type { Failure, Outcome } from './failures.ts';

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
  /** A server-side apply of this object, in the place of a GET. */
  readonly apply?: object;
  /** A POST of this object, in the place of a GET: for questions that are asked by making one (reviews), which may be asked twice. */
  readonly create?: object;
  /** The answer is plain text, which becomes a string; JSON otherwise. */
  readonly text?: boolean;
}

export interface StreamLimits {
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly idleMs: number;
  /** Bytes of one line. */
  readonly lineBytes: number;
}

export interface Requests {
  /**
   * Rejects only with the signal's reason.
   * @param as whose credentials and headers are sent.
   */
  send(as: KubeConfig, ask: Ask, signal: AbortSignal): Promise<Outcome>;
  /**
   * Gives the answer line by line while it arrives. Resolves when the server ends it, or with what went wrong; rejects with the signal's reason,
   * or with what `take` throws.
   */
  stream(
    as: KubeConfig,
    ask: Ask,
    limits: StreamLimits,
    take: (line: string) => void,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'ended' } | Failure>;
  /** Closes what is kept open. */
  close(): void;
}

/** Connections of one cluster for all but streams, which hold theirs and so have their own. */
const mostSockets = 8;
const mostStreams = 100;

export function createRequests(limits: Limits): Requests {
  const agents = createAgents({ keepAlive: true, maxSockets: mostSockets, scheduling: 'lifo' });
  const streams = createAgents({ keepAlive: false, maxSockets: mostStreams });
  return {
    async send(as, ask, signal) {
      const read = readWhole(limits.bytes, ask.text === true);
      const first = await attempt({ as, ask, limits, signal, read, agentFor: agents.of });
      // The server had closed a connection that was kept open, before it can have seen the request.
      return first === 'stale' ? sure(await attempt({ as, ask, limits, signal, read, agentFor: agents.fresh })) : first;
    },
    async stream(as, ask, { idleMs, lineBytes }, take, signal) {
      const read = readLines(lineBytes, idleMs, take);
      const { answerMs } = limits;
      return sure(
        await attempt({ as, ask, limits: { answerMs, timeoutMs: null }, signal, read, agentFor: streams.of }),
      );
    },
    close() {
      agents.close();
      streams.close();
    },
  };
}

function sure<T>(outcome: T | 'stale'): T | Failure {
  return outcome === 'stale' ? { kind: 'unreachable', reason: 'connection closed' } : outcome;
}

function attempt<T>(options: {
  readonly as: KubeConfig;
  readonly ask: Ask;
  readonly limits: { readonly answerMs: number; readonly timeoutMs: number | null };
  readonly signal: AbortSignal;
  readonly read: Read<T>;
  readonly agentFor: (options: https.RequestOptions, as: KubeConfig) => http.Agent | undefined;
}): Promise<T | Failure | 'stale'> {
  const { as, ask, limits, signal, agentFor } = options;
  const { promise, resolve, reject } = Promise.withResolvers<T | Failure | 'stale'>();
  if (signal.aborted) {
    reject(signal.reason);
    return promise;
  }
  const end = new AbortController();
  const settle = (outcome: T | Failure | 'stale'): void => {
    resolve(outcome);
    end.abort();
  };
  const fail = (error: unknown): void => {
    reject(error);
    end.abort();
  };
  const abort = (): void => fail(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const late = (ms: number) => setTimeout(() => settle({ kind: 'timeout', afterMs: ms }), ms);
  const answer = late(limits.answerMs);
  const whole = limits.timeoutMs === null ? undefined : late(limits.timeoutMs);
  promise
    .catch(() => {})
    .finally(() => {
      clearTimeout(answer);
      clearTimeout(whole);
      signal.removeEventListener('abort', abort);
    });

  const send = async (): Promise<void> => {
    const connection: https.RequestOptions = {};
    await as.applyToHTTPSOptions(connection);
    if (end.signal.aborted) return;
    const url = new URL(`${as.getCurrentCluster()?.server}${ask.path}`);
    const agent = agentFor(connection, as);
    const request = (url.protocol === 'http:' ? http : https).request(url, {
      ...connection,
      method: ask.apply !== undefined ? 'PATCH' : ask.create !== undefined ? 'POST' : 'GET',
      headers: {
        ...trimmed(connection.headers),
        accept: ask.accept ?? 'application/json',
        'user-agent': 'homelab-bot',
        // JSON is YAML.
        ...(ask.apply !== undefined && { 'content-type': 'application/apply-patch+yaml' }),
        ...(ask.create !== undefined && { 'content-type': 'application/json' }),
      },
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
      response.on('error', (cause) => settle({ kind: 'unreachable', reason: reasonOf(cause), cause }));
      const status = response.statusCode ?? 0;
      if (status === 200 || status === 201) options.read(response, settle, fail);
      else readRefusal(response, status, settle);
    });
    const body = ask.apply ?? ask.create;
    request.end(body === undefined ? undefined : JSON.stringify(body));
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

/** One agent for each set of credentials in use, which changes when a certificate is renewed. */
function createAgents(settings: http.AgentOptions) {
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
