// Answers: short JSON, written whole; a client that is refused before its body was read can still read why.
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  /** Shown to the client as `{ "error": … }`; without it the body is empty or `body`. */
  readonly error?: string;
  readonly body?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answering {
  /** Answers once; what comes too late is dropped. */
  answer(request: IncomingMessage, response: ServerResponse, answer: Answer): void;
  /** From now on every answer asks the client to close the connection. */
  closeConnections(): void;
}

/** @param lingerMs how long the rest of an unread body is thrown away after the answer. */
export function createAnswering(lingerMs: number): Answering {
  let closing = false;
  return {
    closeConnections() {
      closing = true;
    },
    answer(request, response, { status, error, body, type, headers }) {
      if (response.headersSent || response.destroyed) return;
      const text = error === undefined ? (body ?? '') : `${JSON.stringify({ error })}\n`;
      const unread = !request.complete && hasBody(request);
      response.writeHead(status, {
        ...(text === '' ? {} : { 'content-type': type ?? 'application/json; charset=utf-8' }),
        'content-length': Buffer.byteLength(text),
        ...(closing || unread ? { connection: 'close' } : {}),
        ...headers,
      });
      if (!unread) {
        response.end(text);
        return;
      }
      if (request.method !== 'HEAD') response.write(text);
      linger(request, response, lingerMs);
    },
  };
}

/** How much of an unread body is thrown away; a client that sends more waits until the connection is closed. */
const mostThrownAway = 64 * 1024;

/**
 * Closing a socket while the client still sends resets it, and the answer may be lost on the way. So the answer is sent whole, and
 * the connection is left open for a moment, in which only little is read: hundreds of large bodies may be refused at once.
 */
function linger(request: IncomingMessage, response: ServerResponse, ms: number): void {
  let thrownAway = 0;
  const end = () => {
    clearTimeout(timer);
    if (!response.writableEnded) response.end();
  };
  const timer = setTimeout(end, ms);
  request.once('end', end).once('close', end);
  request.on('data', (chunk: Buffer) => {
    thrownAway += chunk.length;
    if (thrownAway > mostThrownAway) request.pause();
  });
  request.resume();
}

export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
