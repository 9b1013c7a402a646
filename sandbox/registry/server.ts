// The HTTP side: a port that stays the same while the registry is away, faults applied, answers written.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Answer, refusal } from './answer.ts';
import { injected } from './errors.ts';
import type { Fault, TakingFaultQueue } from './faults.ts';
import { handle, type World } from './handle.ts';

export interface LoggedRequest {
  readonly at: Date;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The header, whole: a test looks for what must not be in it. */
  readonly authorization: string | null;
  readonly userAgent: string;
  /** Null while it is under way, and for good when no answer was given. */
  status: number | null;
}

export interface Listener {
  readonly port: number;
  /** Refuses connections and cuts the open ones, until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** Cuts the open connections, and keeps listening. */
  cut(): void;
}

export interface ListenOptions {
  readonly world: World;
  readonly faults: TakingFaultQueue;
  readonly log: (entry: LoggedRequest) => void;
  readonly now: () => Date;
  /** 0 for any free one. */
  readonly port: number;
}

export async function listen(options: ListenOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  let server = await open(options.port);

  async function open(port: number): Promise<Server> {
    const made = createServer((request, response) => void respond(options, request, response));
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
  { world, faults, log, now }: ListenOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const entry: LoggedRequest = {
    at: now(),
    method,
    path: url,
    authorization: headers.authorization ?? null,
    userAgent: headers['user-agent'] ?? '',
    status: null,
  };
  log(entry);
  response.on('error', () => {});
  request.resume();
  const fault = faults.take({ method, path: url });
  if (fault === 'hang') return;
  if (fault === 'drop') return void request.socket.destroy();
  if (fault === 'endless') return endless(entry, response);
  if (fault !== undefined && 'delayMs' in fault && !(await waited(fault.delayMs, request))) return;
  write(
    fault !== undefined && 'status' in fault ? told(fault) : answerTo(world, request, url),
    entry,
    response,
    method,
  );
}

function answerTo(world: World, { method = 'GET', headers }: IncomingMessage, url: string): Answer {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  return handle(world, {
    method,
    path: pathname,
    query: searchParams,
    authorization: headers.authorization,
    accept: headers.accept ?? '',
    ifNoneMatch: headers['if-none-match'],
  });
}

function told({ status, headers = {}, body }: Extract<Fault, { status: number }>): Answer {
  const answer = refusal(injected(status), headers);
  return body === undefined ? answer : { ...answer, body };
}

function write(answer: Answer, entry: LoggedRequest, response: ServerResponse, method: string): void {
  entry.status = answer.status;
  response.writeHead(answer.status, { 'content-length': Buffer.byteLength(answer.body), ...answer.headers });
  response.end(method === 'HEAD' ? undefined : answer.body);
}

/** JSON that goes on until the client leaves. */
function endless(entry: LoggedRequest, response: ServerResponse): void {
  entry.status = 200;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"tags":["');
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
  };
  response.on('drain', more);
  more();
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
