// The HTTP side: finds the route, asks for the token, keeps the rate limits, lets faults happen, answers as Discord does.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseBody, readBytes } from './body.ts';
import { ApiError, refusal } from './errors.ts';
import type { Fault, FaultQueue } from './faults.ts';
import type { LoggedRequest, WritableLog } from './log.ts';
import { RateLimited, type RateLimiter, type RateLimits, rateLimitAnswer } from './rate-limits.ts';
import { type Answer, type Call, checkIds, majorOf, paramsOf, type Route } from './router.ts';
import { routes } from './routes/routes.ts';
import type { World } from './state.ts';

export interface HttpParts {
  readonly world: World;
  readonly limits: RateLimiter;
  readonly figures: RateLimits;
  readonly log: WritableLog;
  readonly faults: FaultQueue;
  readonly gateway: () => Call['gateway'];
  readonly onRequest: (entry: LoggedRequest) => void;
}

interface Reply extends Answer {
  readonly headers?: Record<string, string>;
}

interface Found {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** Answers one request below `/api`; never throws. */
export async function answer(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, log } = parts;
  const url = new URL(request.url ?? '/', 'http://discord');
  const started = performance.now();
  const bytes = await readBytes(request).catch(() => undefined);
  if (bytes === undefined) return;

  const place = placeOf(url.pathname);
  const found = place.parts ? findRoute(request.method ?? '', place.parts) : undefined;
  const parsed = await parseBody(bytes ?? Buffer.alloc(0), request.headers['content-type']).catch((error: unknown) => ({
    error,
  }));
  const { body, files } = 'error' in parsed ? { body: undefined, files: [] } : parsed;
  const entry: LoggedRequest = {
    at: world.now(),
    method: request.method ?? '',
    path: place.path,
    route: typeof found === 'object' ? found.route.path : null,
    query: Object.fromEntries(url.searchParams),
    body,
    files: files.map((file) => ({ field: file.field, filename: file.filename, size: file.data.length })),
    status: null,
    byFault: false,
    acted: false,
    answer: undefined,
    durationMs: null,
  };
  log.add(entry);
  world.tell({ kind: 'other' });

  const act = (): Reply => {
    if (place.refusal) throw place.refusal;
    if (!found) throw refusal('notFound');
    if (found === 'other method') throw refusal('methodNotAllowed');
    const authorised = found.route.authority === 'token' || isAuthorised(world, request.headers.authorization);
    if (!authorised) throw refusal('unauthorized');
    const headers = countLimits(parts, found);
    return carryOut(headers, () => {
      if (bytes === null) throw refusal('entityTooLarge');
      if ('error' in parsed) throw parsed.error;
      checkIds(found.params);
      const call = {
        world,
        limits: parts.limits,
        gateway: parts.gateway(),
        params: found.params,
        query: entry.query,
        body,
        files,
      };
      const result = found.route.handle(call);
      entry.acted = true;
      return result;
    });
  };

  const fault = parts.faults.take(entry);
  entry.byFault = fault !== undefined;
  const reply = await withFault(fault, () => replyTo(act), { parts, found, signalEnd: response });
  if (reply === 'hang' || reply === 'drop') {
    if (reply === 'drop') request.socket.resetAndDestroy();
    parts.onRequest(entry);
    return;
  }
  entry.status = reply.status;
  entry.answer = reply.body;
  entry.durationMs = performance.now() - started;
  count(parts, reply);
  send(response, reply);
  parts.onRequest(entry);
}

function placeOf(pathname: string): { path: string; parts?: string[]; refusal?: ApiError } {
  const [, api, version, ...rest] = pathname.split('/');
  const parts = rest.map((part) => decode(part));
  const path = `/${parts.join('/')}`;
  if (api !== 'api') return { path: pathname, refusal: refusal('notFound') };
  if (version !== 'v10')
    return {
      path: pathname,
      refusal: /^v\d+$/.test(version ?? '') ? refusal('invalidApiVersion') : refusal('notFound'),
    };
  return { path, parts };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function findRoute(method: string, parts: readonly string[]): Found | 'other method' | undefined {
  let known = false;
  for (const route of routes) {
    const params = paramsOf(route, parts);
    if (!params) continue;
    if (route.method === method) return { route, params };
    known = true;
  }
  return known ? 'other method' : undefined;
}

function isAuthorised(world: World, header: string | undefined): boolean {
  const { application } = world.state;
  return application.tokenValid && header === `Bot ${application.token}`;
}

/** Cloudflare first, then the global limit, then the route's. */
function countLimits({ limits, figures }: HttpParts, { route, params }: Found): Record<string, string> {
  if (limits.invalid > figures.invalidRequests.limit)
    throw new RateLimited('cloudflare', figures.invalidRequests.perMs);
  if (route.authority === 'bot') limits.takeHidden('global', '', { scope: 'global' });
  if (route.limit === 'none') return {};
  return limits.takeRoute(`${route.method} ${route.path}`, majorOf(params), route.limit);
}

/** A refusal of the handler keeps the headers of the bucket that it has used. */
function carryOut(headers: Record<string, string>, run: () => Answer): Reply {
  try {
    return { ...run(), headers };
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.body(), headers };
    if (error instanceof RateLimited) return rateLimitAnswer(error, headers);
    throw error;
  }
}

function replyTo(act: () => Reply): Reply {
  try {
    return act();
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.body() };
    if (error instanceof RateLimited) return rateLimitAnswer(error);
    return {
      status: 500,
      body: { message: `The sandbox failed: ${error instanceof Error ? error.stack : String(error)}`, code: 0 },
    };
  }
}

async function withFault(
  fault: Fault | undefined,
  act: () => Reply,
  { parts, found, signalEnd }: { parts: HttpParts; found: ReturnType<typeof findRoute>; signalEnd: ServerResponse },
): Promise<Reply | 'hang' | 'drop'> {
  if (fault === undefined) return act();
  if (fault === 'drop before acting') return 'drop';
  if (fault === 'hang') return 'hang';
  if (fault === 'drop after acting' || fault === 'hang after acting') {
    act();
    return fault === 'drop after acting' ? 'drop' : 'hang';
  }
  if ('delayMs' in fault) {
    await new Promise<void>((resolve) => {
      parts.world.later(fault.delayMs, resolve);
      signalEnd.once('close', resolve);
    });
    return act();
  }
  if ('rateLimit' in fault) {
    const bucket = typeof found === 'object' && found.route.limit !== 'none' ? found : undefined;
    const headers = bucket
      ? parts.limits.peek(
          `${bucket.route.method} ${bucket.route.path}`,
          majorOf(bucket.params),
          bucket.route.limit as keyof RateLimits,
        )
      : {};
    const scope = fault.rateLimit === 'route' ? 'user' : fault.rateLimit;
    return rateLimitAnswer(new RateLimited(scope, fault.retryAfterMs), headers);
  }
  return {
    status: fault.status,
    body: fault.body ?? { message: `${fault.status}: from the sandbox`, code: 0 },
    headers: { ...fault.headers },
  };
}

function count({ limits, log }: HttpParts, reply: Reply): void {
  if (reply.status === 429) log.countRateLimited();
  const isShared = reply.headers?.['X-RateLimit-Scope'] === 'shared';
  if ([401, 403, 429].includes(reply.status) && !isShared) limits.countInvalid();
}

/** A 204 carries no content type, or clients try to parse its absent body. */
function send(response: ServerResponse, reply: Reply): void {
  if (reply.body === undefined) {
    response.writeHead(reply.status, reply.headers).end();
    return;
  }
  const isText = typeof reply.body === 'string';
  const text = isText ? String(reply.body) : JSON.stringify(reply.body);
  const headers = {
    'Content-Type': isText ? 'text/html' : 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...reply.headers,
  };
  response.writeHead(reply.status, headers).end(text);
}
