// Reads what the API server answers: whole, line by line, or why it refuses; bounded.
import type http from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { Failure, Outcome } from './failures.ts';
import { Status } from './schema.ts';

const refusalBytes = 64 * 1024;

/** Reads a good answer; whatever it settles with first counts. */
export type Read<T> = (
  response: http.IncomingMessage,
  settle: (outcome: T | Failure) => void,
  fail: (error: unknown) => void,
) => void;

/** The whole of a good answer, at most `most` bytes; `plain` for text, JSON otherwise. */
export function readWhole(most: number, plain: boolean): Read<Outcome> {
  return (response, settle) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) settle({ kind: 'too large', bytes: most });
      else chunks.push(chunk);
    });
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      chunks.length = 0;
      const body = plain ? text : parsed(text);
      settle(body === undefined ? { kind: 'unreadable' } : { kind: 'answered', body });
    });
  };
}

/** Why the server refuses, in its own terms. */
export function readRefusal(response: http.IncomingMessage, status: number, settle: (failure: Failure) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= refusalBytes) chunks.push(chunk);
  });
  response.on('end', () => {
    settle({ kind: 'refused', status, said: Status.parse(parsed(Buffer.concat(chunks).toString())) });
  });
}

/** Line by line, each at most `most` characters; without a byte for `idleMs` milliseconds the connection counts as dead. */
export function readLines(
  most: number,
  idleMs: number,
  take: (line: string) => void,
): Read<{ readonly kind: 'ended' }> {
  return (response, settle, fail) => {
    const dead = setTimeout(() => settle({ kind: 'timeout', afterMs: idleMs }), idleMs);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const done = (): void => clearTimeout(dead);
    response.on('close', done);
    response.on('data', (chunk: Buffer) => {
      dead.refresh();
      rest += decoder.write(chunk);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      try {
        for (const line of lines) if (line !== '') take(line);
      } catch (error) {
        return fail(error);
      }
      if (rest.length > most) settle({ kind: 'too large', bytes: most });
    });
    response.on('end', () => settle({ kind: 'ended' }));
  };
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

/** Why a connection failed, in a few words for people. */
export function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = reasons[code];
  if (known !== undefined) return known;
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code)) return 'its certificate is not trusted';
  return code === '' ? 'the connection failed' : `the connection failed with ${code}`;
}
