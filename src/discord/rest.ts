// Requests to Discord's REST API, each tried once: who asks decides what to do about a failure.
import { isAnyArrayBuffer } from 'node:util/types';
import { type RateLimitData, RateLimitError, REST, type RequestMethod } from 'discord.js';
import { failureOf, TokenRefused } from './failures.ts';
import type { Upload } from './files.ts';
import { formOf } from './form.ts';
import { createPace } from './pace.ts';
import { createSpare } from './spare.ts';
import type { TokenGate } from './token.ts';
import { requestWhole } from './whole.ts';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the version, from `Routes`. */
  readonly route: `/${string}`;
  readonly body?: unknown;
  readonly files?: readonly Upload[];
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** False for routes that carry an interaction's token in their path. */
  readonly withToken?: boolean;
  /** True leaves some of the route's limit to a process that may follow this one at once. */
  readonly sparing?: boolean;
}

export interface Rest {
  /** The parsed JSON of the answer, or null for an empty one. Rejects with what `failureOf` reads. */
  request(request: RestRequest): Promise<unknown>;
  stop(): void;
}

/** Told of every request, for counting. */
export interface RestEvents {
  /** @param status of HTTP; null where no answer came. */
  readonly answered: (status: number | null) => void;
  /** A rate limit made a request wait; `scope` in Discord's words. */
  readonly limited: (scope: string) => void;
}

/** An interaction is worth a short wait; after a longer one nobody looks any more. */
const longestInteractionWait = 5_000;

export function createRest(options: {
  apiUrl: string;
  token: () => string;
  timeoutMs: number;
  gate: TokenGate;
  now: () => Date;
  events?: RestEvents | undefined;
}): Rest {
  const { gate, events } = options;
  const pace = createPace(() => options.now().getTime());
  const spare = createSpare(() => options.now().getTime());
  const rest = new REST({
    api: options.apiUrl.replace(/\/+$/, ''),
    version: '10',
    timeout: options.timeoutMs,
    retries: 0,
    rejectOnRateLimit(limit) {
      events?.limited(limit.global ? 'global' : limit.scope);
      return rejects(limit);
    },
    async makeRequest(...asked) {
      try {
        const response = await requestWhole(...asked);
        events?.answered(response.status);
        spare.note(routeOf(...asked), response.headers);
        return response;
      } catch (error) {
        events?.answered(null);
        throw error;
      }
    },
  });
  return {
    async request({ method, route, body, files, query, signal, withToken = true, sparing = false }) {
      if (withToken && gate.closedUntil() !== null) throw new TokenRefused('The token was refused a short while ago');
      const spared = sparing ? spare.waitMs(`${method} ${route}`) : 0;
      if (spared > 0) throw limited(method, route, spared, false);
      // Interactions are not of the bot's limit.
      const waitMs = withToken ? pace.take() : 0;
      if (waitMs > 0) {
        events?.limited('global');
        throw limited(method, route, waitMs, true);
      }
      // discord.js forgets the token on a 401, and reads it before it first waits.
      if (withToken) rest.setToken(options.token());
      try {
        const answer = await rest.request({
          // An enum of discord.js whose values are the names of the methods, as ours are.
          method: method as RequestMethod,
          fullRoute: route,
          auth: withToken,
          ...(body !== undefined && contentOf(body, files)),
          ...(query !== undefined && { query: new URLSearchParams(query) }),
          // discord.js never takes its listener off the signal, so each request gets its own.
          ...(signal !== undefined && { signal: AbortSignal.any([signal]) }),
        });
        if (withToken) gate.accepted();
        return isAnyArrayBuffer(answer) ? null : answer;
      } catch (error) {
        const failure = failureOf(error, options.now());
        if (withToken && failure.kind === 'token refused') gate.refused();
        else if (withToken && saysDiscord(failure.kind)) gate.accepted();
        throw error;
      }
    },
    stop() {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}

/** The method, and the path below the version. */
function routeOf(url: string, { method = 'GET' }: { method?: string | undefined }): string {
  return `${method} ${new URL(url).pathname.replace(/^.*\/v10(?=\/)/, '')}`;
}

/** As discord.js rejects where its own count of a limit is used up. */
function limited(method: string, route: string, waitMs: number, global: boolean): RateLimitError {
  return new RateLimitError({
    ...{ method, route, url: route, hash: route, majorParameter: '', limit: 0, scope: 'user', sublimitTimeout: 0 },
    global,
    retryAfter: waitMs,
    timeToReset: waitMs,
  });
}

function saysDiscord(kind: string): boolean {
  return kind === 'gone' || kind === 'channel refused' || kind === 'message refused';
}

function contentOf(body: unknown, files: readonly Upload[] = []) {
  if (files.length === 0) return { body };
  const form = formOf(body, files);
  return { body: form.body, passThroughBody: true, headers: { 'Content-Type': form.contentType } };
}

/**
 * For everything but interactions a limit rejects at once: the newest state is then rendered when the time has come. discord.js
 * would ask again without a pause where a 429 names no time, so that is never left to it.
 */
function rejects(limit: RateLimitData): boolean {
  if (!/^\/(?:interactions|webhooks)\//.test(limit.route)) return true;
  const wait = Math.max(limit.retryAfter, limit.sublimitTimeout);
  return !(wait > 0 && wait <= longestInteractionWait);
}
