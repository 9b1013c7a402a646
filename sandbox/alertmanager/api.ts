// Serves Alertmanager's API v2 on 127.0.0.1, with faults that a test sets.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, listedSilence, type View } from './answers.ts';
import { parseSilence } from './silence-body.ts';

/**
 * Of every request until it is cleared; one with a path or a method only of those. "Hang" never answers, "endless" is an answer of 200 that never
 * ends, and "acts and hangs" does what was asked before it never answers.
 */
export type ApiFault =
  | { readonly status: number; readonly body?: string; readonly path?: RegExp }
  | { readonly delayMs: number }
  | 'hang'
  | 'acts and hangs'
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
export async function serveApi(view: () => View, prefix: string): Promise<Api> {
  const requests: ApiRequest[] = [];
  let fault: ApiFault | null = null;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/', headers, method = 'GET' } = request;
    requests.push({ method, path: url, authorization: headers.authorization ?? null });
    response.on('error', () => {});
    const body = await textOf(request);
    if (body === null || fault === 'hang') return;
    if (fault === 'endless') return endless(response);
    if (isDelay(fault) && !(await waited(fault.delayMs, request))) return;
    if (isStatus(fault) && (fault.path === undefined || fault.path.test(url)))
      return write(response, fault.status, fault.body ?? '"injected"\n');
    const { status, answer } = answerOf(method, url, body);
    if (fault === 'acts and hangs') return;
    write(response, status, answer === undefined ? '' : `${JSON.stringify(answer)}\n`);
  }

  function answerOf(method: string, url: string, body: string): Answered {
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    if (!pathname.startsWith(`${prefix}/`)) return notFound;
    const path = pathname.slice(prefix.length);
    const [, silenceId] = /^\/api\/v2\/silence\/([^/]+)$/.exec(path) ?? [];
    if (silenceId !== undefined) return aboutSilence(method, decodeURIComponent(silenceId), view());
    if (method === 'POST' && path === '/api/v2/silences') return addSilence(body, view());
    const answer = method === 'GET' ? answerTo(path, searchParams, view()) : undefined;
    return answer === undefined ? notFound : { status: 200, answer };
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

interface Answered {
  readonly status: number;
  /** Undefined for none. */
  readonly answer?: unknown;
}

const notFound: Answered = { status: 404 };

function addSilence(body: string, { silences, now }: View): Answered {
  const parsed = parseSilence(body, now);
  if (parsed.kind === 'wrong') return { status: parsed.status, answer: parsed.body };
  return { status: 200, answer: { silenceID: silences.post(parsed.silence) } };
}

function aboutSilence(method: string, id: string, { silences, now }: View): Answered {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    return {
      status: 422,
      answer: { code: 601, message: `silenceID in path must be of type uuid: ${JSON.stringify(id)}` },
    };
  const silence = silences.get(id);
  if (silence === undefined) return notFound;
  if (method === 'GET') return { status: 200, answer: listedSilence(silence, now) };
  if (method !== 'DELETE') return notFound;
  silences.expire(id);
  return { status: 200 };
}

function isDelay(fault: ApiFault | null): fault is { readonly delayMs: number } {
  return typeof fault === 'object' && fault !== null && 'delayMs' in fault;
}

function isStatus(fault: ApiFault | null): fault is Extract<ApiFault, { readonly status: number }> {
  return typeof fault === 'object' && fault !== null && 'status' in fault;
}

/** Null where the client went away. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  let text = '';
  try {
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    return text;
  } catch {
    return null;
  }
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
