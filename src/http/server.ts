// The HTTP side: webhooks in, health and metrics out, every wait and every byte bounded.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import { createRoom, type Room } from '../lib/room.ts';
import type { Secret } from '../lib/secret.ts';
import { Unusable } from '../lib/unusable.ts';
import { type Answer, createAnswering } from './answer.ts';
import type { NotificationParser } from './json.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { createRefusalLog } from './refusal-log.ts';
import { withPath } from './target.ts';
import { createWebhook } from './webhook.ts';

/** What `/readyz` tells. */
export interface ReadyState {
  readonly status: 'starting' | 'ready' | 'stopping';
  readonly store: 'open' | 'failed';
  readonly discord: 'ready' | 'connecting';
  readonly cluster: 'ready' | 'away' | 'none';
}

export interface HttpOptions<N> {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Logger;
  /** Bearer token that webhooks must present. */
  readonly webhookToken: Secret;
  readonly parser: NotificationParser<N>;
  /** Resolves once the notification is durably stored, to what the log calls it; rejects when it could not be (503). */
  readonly accept: (notification: N) => Promise<string | null>;
  /** Webhooks are taken while its `status` is `ready`. */
  readonly ready: () => ReadyState;
  /** False when the process cannot work any more. */
  readonly health: () => boolean;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Told the status of each answer to a webhook; 499 where the client went away before one was due. */
  readonly answered?: (status: number) => void;
  /**
   * What a body is parsed into takes several times its bytes: as many are parsed and stored at once as fit in here. Shared with other work of
   * that weight; by default as large as the largest body.
   */
  readonly workroom?: Room;
  /** Smaller ones for tests. */
  readonly limits?: Partial<HttpLimits>;
}

export interface Http {
  readonly port: number;
  /** `http://host:port`, reachable from this machine. */
  readonly url: string;
  /** From now on webhooks get 503; those in flight are finished. */
  stopTaking(): void;
  /** Stops taking, lets what is in flight finish for up to `limitMs` (5 s), then closes every connection. */
  close(limitMs?: number): Promise<void>;
}

/** @throws Unusable when the address cannot be listened on. */
export async function startHttp<N>(options: HttpOptions<N>): Promise<Http> {
  const limits = { ...httpLimits, ...options.limits };
  const answering = createAnswering(limits.lingerMs);
  const refusals = createRefusalLog(options.log);
  let stopping = false;
  const webhook = createWebhook({
    ...options,
    token: options.webhookToken,
    limits,
    workroom: options.workroom ?? createRoom(limits.bodyBytes),
    taking,
  });

  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('strict routing').enable('case sensitive routing');
  route('/webhooks/alertmanager', ['POST'], async (request, response) => {
    const answer = await webhook(request, response);
    options.answered?.(answer?.status ?? 499);
    if (answer?.error !== undefined) {
      // Every stop and start has its 503s, which Alertmanager tries again.
      if (answer.status === 503 && !taking()) options.log.debug({ status: 503 }, 'A webhook came while none is taken');
      else refusals.note(answer.status, answer.error);
    }
    return answer;
  });
  route('/healthz', ['GET', 'HEAD'], () =>
    options.health() ? json(200, { status: 'ok' }) : json(503, { status: 'failed' }),
  );
  route('/readyz', ['GET', 'HEAD'], () => {
    const state = { ...options.ready(), ...(stopping ? { status: 'stopping' as const } : {}) };
    return json(state.status === 'ready' ? 200 : 503, state);
  });
  route('/metrics', ['GET', 'HEAD'], async () => ({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    body: await options.metrics(),
  }));
  app.use((request: Request, response: Response) => {
    answering.answer(request, response, { status: 404, error: 'there is nothing here' });
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    options.log.warn({ err: error, path: request.path.slice(0, 200) }, 'A request failed');
    answering.answer(request, response, { status: 500, error: 'this failed; the log says why' });
  });

  function taking(): boolean {
    return !stopping && options.ready().status === 'ready';
  }

  function route(
    path: string,
    methods: readonly string[],
    handle: (request: IncomingMessage, response: ServerResponse) => Answer | null | Promise<Answer | null>,
  ): void {
    app.all(path, async (request: Request, response: Response) => {
      if (!methods.includes(request.method)) {
        const headers = { allow: methods.join(', ') };
        answering.answer(request, response, { status: 405, error: `this takes ${methods.join(' and ')}`, headers });
        return;
      }
      const answer = await handle(request, response);
      if (answer !== null) answering.answer(request, response, answer);
    });
  }

  function stopTaking(): void {
    stopping = true;
    answering.closeConnections();
  }

  const server = boundedServer(limits, withPath(app));
  const active = trackActive(server);
  await listen(server, options);
  server.on('error', (error) => options.log.error({ err: error }, 'The HTTP server failed'));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  return {
    port,
    url: `http://${reachable(options.host)}:${port}`,
    stopTaking,
    async close(limitMs = 5000) {
      stopTaking();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await active.none(limitMs);
      server.closeAllConnections();
      await closed;
      refusals.stop();
    },
  };
}

function json(status: number, value: unknown): Answer {
  return { status, body: `${JSON.stringify(value)}\n` };
}

function boundedServer(limits: HttpLimits, listener: RequestListener): Server {
  const server = createServer(
    {
      // Node answers these two with 408 by itself; it looks only every so often, half a minute apart by default.
      headersTimeout: limits.headersMs,
      requestTimeout: limits.headersMs + limits.roomMs + limits.bodyMs + limits.lingerMs + 5000,
      connectionsCheckingInterval: Math.min(500, limits.headersMs),
      keepAliveTimeout: 30_000,
      maxHeaderSize: 16 * 1024,
      // What a connection that waits for room has been read of already: one read instead of two, times hundreds.
      highWaterMark: 16 * 1024,
    },
    listener,
  );
  server.maxConnections = limits.connections;
  // Nothing moves on the connection: the client does not read.
  server.setTimeout(60_000);
  // The body is asked for only once the token is right and there is room; the other routes never want one.
  server.on('checkContinue', listener);
  return server;
}

/** Requests that have no complete answer yet. */
function trackActive(server: Server): { none(limitMs: number): Promise<void> } {
  let count = 0;
  let onNone = () => {};
  const track = (_request: IncomingMessage, response: ServerResponse) => {
    count += 1;
    response.once('close', () => {
      count -= 1;
      if (count === 0) onNone();
    });
  };
  server.on('request', track).on('checkContinue', track);
  return {
    async none(limitMs) {
      if (count === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        onNone = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}

/** @throws Unusable in words for whoever configured the address. */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new Unusable(explain(error, host, port), { cause: error }));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') return `HTTP_PORT: ${port} is taken by another process; end it or use another port`;
  if (error.code === 'EACCES')
    return `HTTP_PORT: this user may not listen on ${port}; use one above 1023, for example 8080`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `HTTP_HOST: ${host} is no address of this machine; use 0.0.0.0 for all of them`;
  }
  return `HTTP_HOST, HTTP_PORT: ${host}:${port} cannot be listened on (${error.message})`;
}

/** The address under which this machine reaches what listens on `host`. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
