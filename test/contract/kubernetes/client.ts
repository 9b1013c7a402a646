// A plain HTTP client for a Kubernetes API: what was answered, as it came over the wire.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';

/** How to prove who one is: a bearer token, or a client certificate (PEM). */
export type Credentials = { readonly token: string } | { readonly cert: string; readonly key: string } | 'none';

export interface Endpoint {
  readonly url: string;
  /** PEM, for https. */
  readonly ca?: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly body: unknown;
}

/** An object, or what else was asked for, such as a table. */
export interface Watched {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Watched;
}

export interface Watching {
  readonly status: number;
  /** The next event, or null when the server ended the watch. */
  next(): Promise<WatchEvent | null>;
  stop(): void;
}

export interface Client {
  ask(path: string, asked?: Asked): Promise<Answered>;
  watch(path: string, asked?: Asked): Promise<Watching>;
}

export function createClient(endpoint: Endpoint, credentials: Credentials): Client {
  return {
    async ask(path, asked = {}) {
      const answer = await open(endpoint, credentials, path, asked);
      answer.setEncoding('utf8');
      let text = '';
      for await (const chunk of answer) text += chunk;
      return { status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed(text) };
    },
    async watch(path, asked = {}) {
      const answer = await open(endpoint, credentials, path, asked);
      const lines = createInterface({ input: answer })[Symbol.asyncIterator]();
      return {
        status: answer.statusCode ?? 0,
        async next() {
          const line = await lines.next();
          return line.done ? null : (JSON.parse(line.value) as WatchEvent);
        },
        stop: () => void answer.destroy(),
      };
    },
  };
}

function open(endpoint: Endpoint, credentials: Credentials, path: string, asked: Asked): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { method: asked.method ?? 'GET', headers: headersOf(credentials, asked), agent: false as const };
  const url = `${endpoint.url}${path}`;
  const certificate = credentials !== 'none' && 'cert' in credentials ? credentials : {};
  const request: ClientRequest = url.startsWith('https:')
    ? httpsRequest(url, { ...options, ca: endpoint.ca, ...certificate })
    : httpRequest(url, options);
  request.on('response', resolve);
  request.on('error', reject);
  request.end(
    asked.body === undefined ? undefined : typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body),
  );
  return promise;
}

function headersOf(credentials: Credentials, asked: Asked): Record<string, string | string[]> {
  const token =
    credentials !== 'none' && 'token' in credentials ? { authorization: `Bearer ${credentials.token}` } : {};
  const type = asked.body === undefined ? {} : { 'content-type': 'application/json' };
  const given = Object.entries(asked.headers ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : [...value],
  ]);
  // Pretty-printing depends on the user agent; this one gets none.
  return { accept: 'application/json', 'user-agent': 'contract', ...type, ...token, ...Object.fromEntries(given) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
