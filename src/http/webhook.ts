// `POST /webhooks/alertmanager`: token, size, time, JSON, notification, stored; in this order, and 202 only after the last.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { collectGarbage } from '../lib/garbage.ts';
import { createRoom, type Room } from '../lib/room.ts';
import type { Secret } from '../lib/secret.ts';
import type { Answer } from './answer.ts';
import { type Body, readBody } from './body.ts';
import { type NotificationParser, parseBody } from './json.ts';
import type { HttpLimits } from './limits.ts';
import { bearerCheck } from './token.ts';

/** Bytes of a body from which on what it leaves behind is collected at once. */
const largeBytes = 512 * 1024;

export interface WebhookOptions<N> {
  readonly token: Secret;
  readonly parser: NotificationParser<N>;
  /** Resolves once the notification is durably stored, to what the log calls it; rejects when it could not be. */
  readonly accept: (notification: N) => Promise<string | null>;
  /** False while starting and stopping: answered with 503, which Alertmanager tries again. */
  readonly taking: () => boolean;
  readonly limits: HttpLimits;
  /** For what is made of bodies, in bytes of theirs. */
  readonly workroom: Room;
  readonly log: Logger;
}

/** @returns the answer, or null where the client went away before one was due. */
export type Webhook = (request: IncomingMessage, response: ServerResponse) => Promise<Answer | null>;

export function createWebhook<N>({ token, parser, accept, taking, limits, workroom, log }: WebhookOptions<N>): Webhook {
  const authorized = bearerCheck(token);
  const room = createRoom(limits.inFlightBytes);

  return async (request, response) => {
    const refusal = refuse(request);
    if (refusal !== null) return refusal;
    const body = await readBody(request, room, limits, () => {
      if (expectsContinue(request)) response.writeContinue();
    });
    switch (body.kind) {
      case 'client gone':
        return null;
      case 'no room':
        return later('too many bodies are in flight');
      case 'too large':
        return tooLarge(limits);
      case 'too slow':
        return { status: 408, error: `the body took longer than ${limits.bodyMs / 1000} s` };
      case 'read':
        return store(body);
    }
  };

  function refuse(request: IncomingMessage): Answer | null {
    const { headers } = request;
    if (!authorized(headers.authorization)) {
      return {
        status: 401,
        error: 'the bearer token is missing or wrong',
        headers: { 'www-authenticate': 'Bearer realm="homelab-bot"' },
      };
    }
    if (!taking()) return later('starting or stopping');
    if (!isJson(headers['content-type'])) return { status: 415, error: 'the content type must be application/json' };
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') return { status: 415, error: 'the body must not be compressed' };
    if (Number(headers['content-length'] ?? 0) > limits.bodyBytes) return tooLarge(limits);
    return null;
  }

  async function store({ bytes, free, release }: Extract<Body, { kind: 'read' }>): Promise<Answer> {
    const { length } = bytes;
    if (!(await workroom.take(length, limits.roomMs))) {
      free();
      release();
      return later('too many bodies are in flight');
    }
    const collect = length >= largeBytes ? collectGarbage : () => {};
    const done = () => {
      collect();
      workroom.give(length);
      release();
    };
    const parsed = await parseBody(bytes, parser, limits)
      .finally(free)
      .catch((error: unknown) => {
        done();
        throw error;
      });
    collect();
    if (!parsed.ok) {
      done();
      return { status: 400, error: parsed.reason.slice(0, 500) };
    }
    // What was parsed is still in memory until it is stored, however long that takes.
    const stored = startAccept(parsed.notification).finally(done);
    try {
      const ref = await within(stored, limits.storeMs);
      log.debug({ ref, status: 202, bytes: length }, 'A webhook was answered');
      return { status: 202 };
    } catch (error) {
      log.warn({ err: error }, 'A notification could not be stored; Alertmanager is asked to send it again');
      return later('the notification could not be stored');
    }
  }

  async function startAccept(notification: N): Promise<string | null> {
    return accept(notification);
  }
}

function later(error: string): Answer {
  return { status: 503, error, headers: { 'retry-after': '1' } };
}

function tooLarge({ bodyBytes }: HttpLimits): Answer {
  return { status: 413, error: `the body is larger than ${bodyBytes / 1024 / 1024} MiB` };
}

/** `application/json`, in UTF-8 where it says so; other types that are JSON too (`+json`) are taken. */
function isJson(header: string | undefined): boolean {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  if (!/^\s*application\/(?:json|[\w.+-]{1,64}\+json)\s*$/.test(type)) return false;
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([\w-]+)"?\s*$/.exec(one)?.[1]).find(Boolean);
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

function expectsContinue(request: IncomingMessage): boolean {
  return request.headers.expect?.toLowerCase() === '100-continue';
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not stored within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
