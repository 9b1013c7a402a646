// Serves Alertmanager's API v2 on 127.0.0.1, with faults that a test sets.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, type View } from './answers.ts';
import { changeOf } from './changes.ts';
import type { Silences } from './silences.ts';

/** Of every request until it is cleared. "Hang" never answers, "endless" is an answer of 200 that never ends. */
export type ApiFault =
  | { readonly status: number; readonly body?: string }
  | { readonly delayMs: number }
  | 'hang'
  | 'endless';

export interface ApiRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly authorization: string | null;
}

export interface Api {
  /** `http://127.0.0.1:<port>`, with the prefix. */
  readonly url: string;
  readonly requests: readonly ApiRequest[];
  fail(fault: ApiFault | null): void;
  /** Refuses connections and cuts the open ones, until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}

/** @param prefix of all paths, as of `--web.route-prefix`; with a slash before it and none behind it. */
export async function serveApi(view: () => View, silences: Silences, prefix: string): Promise<Api> {
  const requests: ApiRequest[] = [];
  let fault: ApiFault | null = null;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/', headers, method } = request;
    requests.push({ method: method ?? '', path: url, authorization: headers.authorization ?? null });
    response.on('error', () => {});
    const body = await read(request);
    if (fault === 'hang') return;
    if (fault === 'endless') return endless(response);
    if (fault !== null && 'delayMs' in fault && !(await waited(fault.delayMs, request))) return;
    if (fault !== null && 'status' in fault) return write(response, fault.status, fault.body ?? '"injected"\n');
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    const inside = pathname.startsWith(`${prefix}/`);
    const change =
      inside && method !== 'GET' ? changeOf(method ?? '', pathname.slice(prefix.length), body, silences) : null;
    if (change !== null) return write(response, change.status, change.body);
    const known = inside && method === 'GET';
    const answer = known ? answerTo(pathname.slice(prefix.length), searchParams, view()) : undefined;
    if (answer === undefined) return write(response, 404, 'Not found\n');
    write(response, 200, `${JSON.stringify(answer)}\n`);
  }

  async function open(port: number): Promise<Server> {
    const made = createServer((request, response) => void respond(request, response));
    await new Promise<void>((resolve, reject) => {
      made.once('error', reject);
      made.listen(port, '127.0.0.1', resolve);
    });
    return made;
  }

  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  let server = await open(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    requests,
    fail(next) {
      fault = next;
    },
    away: close,
    async back() {
      if (!server.listening) server = await open(port);
    },
    stop: close,
  };
}

/** More than any silence of a person takes. */
const mostBytes = 1024 * 1024;

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
    }
  } catch {
    // Who asked has gone.
  }
  return Buffer.concat(chunks).toString();
}

function write(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('[');
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
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
