// The HTTP side: a port that stays the same while the server is away, bodies read, faults applied, answers written.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './certificate.ts';
import type { TakingFaultQueue } from './faults.ts';
import { type Answer, handle, type Witness, type World } from './handle.ts';
import type { Incoming } from './incoming.ts';
import type { LoggedRequest, LoggedUser, RequestLog } from './log.ts';
import { requestInfo } from './request-info.ts';
import { ApiError, injected, status } from './status.ts';
import type { User } from './users.ts';

export interface Listener {
  readonly port: number;
  /** Refuses connections and cuts the open ones, until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** Ends watches and hanging requests, and keeps listening. */
  cut(): void;
}

export interface ListenOptions {
  readonly world: World;
  readonly faults: TakingFaultQueue;
  readonly log: RequestLog;
  /** 0 for any free one. */
  readonly port: number;
  readonly certificate: Certificate | null;
}

const bodyLimit = 3 * 1024 * 1024;

export async function listen(options: ListenOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const serve: RequestListener = (request, response) => void respond(options, request, response);
  let server = await open(options.port);

  async function open(port: number): Promise<Server> {
    const made = options.certificate
      ? createTlsServer({ cert: options.certificate.cert, key: options.certificate.key }, serve)
      : createServer(serve);
    made.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      made.once('error', reject);
      made.listen(port, '127.0.0.1', resolve);
    });
    return made;
  }

  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    cut,
    async away() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
    async back() {
      if (!server.listening) server = await open(port);
    },
  };
}

async function respond(
  { world, faults, log }: ListenOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const { pathname, searchParams: query } = new URL(url, 'http://127.0.0.1');
  const path = decoded(pathname);
  const info = requestInfo(method, path, query);
  const entry = logEntry(request, url, info, world.now());
  log.add(entry);
  response.on('error', () => {});
  const body = await readBody(request);
  if (body === null) return;

  const fault = faults.take({ method, path: url, verb: info.verb });
  if (fault === 'hang') return;
  if (fault === 'drop before acting') return void request.socket.destroy();
  if (typeof fault === 'object' && 'delayMs' in fault && !(await waited(fault.delayMs, request))) return;

  const incoming: Incoming = { method, path, query, headers: request.headersDistinct, info, body };
  const answer =
    typeof fault === 'object' && 'status' in fault ? refusal(injected(fault.status)) : outcome(world, incoming, entry);
  if (fault === 'drop after acting') return void request.socket.destroy();
  write(answer, entry, response, method);
}

function outcome(world: World, incoming: Incoming, entry: LoggedRequest): Answer {
  const witness: Witness = {
    authenticated: (user) => {
      entry.user = logged(user);
    },
    impersonated: (user) => {
      entry.impersonated = logged(user);
    },
  };
  try {
    return handle(world, incoming, witness);
  } catch (error) {
    if (error instanceof ApiError) return refusal(error);
    const said = error instanceof Error ? error.message : 'unknown';
    return { status: 500, body: status(500, `the sandbox failed: ${said}`, { reason: 'InternalError' }) };
  }
}

function refusal({ code, body, headers }: ApiError): Answer {
  return { status: code, body, headers };
}

function write(answer: Answer, entry: LoggedRequest, response: ServerResponse, method: string): void {
  if ('watch' in answer) {
    stream(answer.watch, entry, response);
    return;
  }
  const text = typeof answer.body === 'string' ? answer.body : `${written(answer.body)}\n`;
  entry.status = answer.status;
  response.writeHead(answer.status, {
    'cache-control': 'no-cache, private',
    'content-type': typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    ...answer.headers,
  });
  response.end(method === 'HEAD' ? undefined : text);
}

function stream(
  watch: (sink: { write(event: unknown): void; end(): void }) => () => void,
  entry: LoggedRequest,
  response: ServerResponse,
): void {
  entry.status = 200;
  response.writeHead(200, { 'cache-control': 'no-cache, private', 'content-type': 'application/json' });
  response.flushHeaders();
  let stop = () => {};
  response.on('close', () => stop());
  stop = watch({
    write: (event) => void response.write(`${written(event)}\n`),
    end: () => void response.end(),
  });
}

/** As Go writes JSON: what could begin markup is escaped. */
function written(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function logEntry(request: IncomingMessage, path: string, info: Incoming['info'], at: Date): LoggedRequest {
  const resource = info.kind === 'path' ? '' : info.group === '' ? info.resource : `${info.group}/${info.resource}`;
  return {
    at,
    method: request.method ?? 'GET',
    path,
    verb: info.verb,
    resource,
    namespace: info.kind === 'path' ? '' : info.namespace,
    name: info.kind === 'path' ? '' : info.name,
    userAgent: request.headers['user-agent'] ?? '',
    user: null,
    impersonated: null,
    status: null,
  };
}

function logged({ name, groups, extra }: User): LoggedUser {
  return { name, groups, extra };
}

/** Null when the client went away, or sent more than the real server takes. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > bodyLimit) {
        request.socket.destroy();
        return null;
      }
      chunks.push(chunk as Buffer);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

/** False when the client went away meanwhile. */
function waited(ms: number, request: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    request.socket.once('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
