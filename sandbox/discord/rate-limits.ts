// Discord's rate limits: per route and major id, global, and those that no header tells of (docs: topics/rate-limits).
import { createHash } from 'node:crypto';

/** `limit` requests in `perMs`, counted from the first one. */
export interface Limit {
  readonly limit: number;
  readonly perMs: number;
}

/** Discord publishes no figures per route; these are what was observed (see the names) or, for `other`, an assumption. */
export interface RateLimits {
  readonly global: Limit;
  readonly createMessage: Limit;
  readonly editMessage: Limit;
  readonly deleteMessage: Limit;
  /** Edits of messages older than an hour: code 30046, in no header. */
  readonly editOldMessage: Limit;
  /** Follow-ups and edits by an interaction's token. */
  readonly interactionWebhook: Limit;
  /** The same over all interactions of a channel; in no header. */
  readonly interactionWebhookChannel: Limit;
  readonly reaction: Limit;
  readonly other: Limit;
  /** Answers of 401, 403 and 429 (shared ones aside) after which Cloudflare blocks the address. */
  readonly invalidRequests: Limit;
}

export const discordLimits: RateLimits = {
  global: { limit: 50, perMs: 1_000 },
  createMessage: { limit: 5, perMs: 5_000 },
  editMessage: { limit: 5, perMs: 5_000 },
  deleteMessage: { limit: 5, perMs: 5_000 },
  editOldMessage: { limit: 3, perMs: 6_000 },
  interactionWebhook: { limit: 5, perMs: 2_000 },
  interactionWebhookChannel: { limit: 30, perMs: 60_000 },
  reaction: { limit: 1, perMs: 250 },
  other: { limit: 10, perMs: 5_000 },
  invalidRequests: { limit: 10_000, perMs: 600_000 },
};

export type LimitName = keyof RateLimits;

export type Scope = 'user' | 'global' | 'shared' | 'cloudflare';

/** Thrown by whatever is over a limit; becomes a 429. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  readonly scope: Scope;
  readonly retryAfterMs: number;
  readonly code: number | undefined;
  readonly text: string | undefined;

  /** Of the bucket that is full. */
  readonly headers: Record<string, string>;

  constructor(
    scope: Scope,
    retryAfterMs: number,
    special: { code?: number; text?: string; headers?: Record<string, string> } = {},
  ) {
    super('Rate limited');
    this.scope = scope;
    this.retryAfterMs = retryAfterMs;
    this.code = special.code;
    this.text = special.text;
    this.headers = special.headers ?? {};
  }
}

interface Bucket {
  readonly started: number;
  used: number;
}

export interface RateLimiter {
  /** Counts one request; throws when it is one too many. Answers the headers of the route's bucket, also for the 429. */
  takeRoute(route: string, major: string, name: LimitName): Record<string, string>;
  /** Counts against a limit that no header tells of. */
  takeHidden(name: LimitName, key: string, special?: { scope?: Scope; code?: number; text?: string }): void;
  /** Counts an answer of 401, 403 or 429. */
  countInvalid(): void;
  readonly invalid: number;
  /** Headers of the last route, for a 429 that a fault makes. */
  peek(route: string, major: string, name: LimitName): Record<string, string>;
  reset(): void;
}

/** `off` keeps headers and counts but refuses nothing. */
export function createRateLimiter(now: () => number, limits: RateLimits, { off = false } = {}): RateLimiter {
  const buckets = new Map<string, Bucket>();

  function bucketOf(key: string, { perMs }: Limit): Bucket {
    const known = buckets.get(key);
    if (known && now() - known.started < perMs) return known;
    if (buckets.size > 5_000) dropEnded();
    const made = { started: now(), used: 0 };
    buckets.set(key, made);
    return made;
  }

  function dropEnded(): void {
    const longest = Math.max(...Object.values(limits).map((limit: Limit) => limit.perMs));
    for (const [key, bucket] of buckets) if (now() - bucket.started >= longest) buckets.delete(key);
  }

  /** Milliseconds until it opens again, or null when the request fits. */
  function take(key: string, limit: Limit): number | null {
    const bucket = bucketOf(key, limit);
    if (bucket.used >= limit.limit && !off) return bucket.started + limit.perMs - now();
    bucket.used += 1;
    return null;
  }

  function headers(route: string, key: string, limit: Limit): Record<string, string> {
    const bucket = bucketOf(key, limit);
    const resetMs = bucket.started + limit.perMs;
    return {
      'X-RateLimit-Limit': String(limit.limit),
      'X-RateLimit-Remaining': String(Math.max(0, limit.limit - bucket.used)),
      'X-RateLimit-Reset': (resetMs / 1000).toFixed(3),
      'X-RateLimit-Reset-After': ((resetMs - now()) / 1000).toFixed(3),
      'X-RateLimit-Bucket': createHash('md5').update(route).digest('hex'),
    };
  }

  return {
    takeRoute(route, major, name) {
      const key = `${route} ${major}`;
      const wait = take(key, limits[name]);
      if (wait !== null) throw new RateLimited('user', wait, { headers: headers(route, key, limits[name]) });
      return headers(route, key, limits[name]);
    },
    takeHidden(name, key, special = {}) {
      const wait = take(`${name} ${key}`, limits[name]);
      if (wait !== null) throw new RateLimited(special.scope ?? 'shared', wait, special);
    },
    countInvalid() {
      bucketOf('invalid', limits.invalidRequests).used += 1;
    },
    get invalid() {
      return bucketOf('invalid', limits.invalidRequests).used;
    },
    peek(route, major, name) {
      return headers(route, `${route} ${major}`, limits[name]);
    },
    reset() {
      buckets.clear();
    },
  };
}

/** Status, headers and body of a 429. Cloudflare's is HTML and knows no bucket. */
export function rateLimitAnswer(limited: RateLimited, bucket: Record<string, string> = {}) {
  const headers = { ...bucket, ...limited.headers };
  const seconds = Math.max(0, limited.retryAfterMs) / 1000;
  const retry = { 'Retry-After': String(Math.ceil(seconds)) };
  if (limited.scope === 'cloudflare') {
    const html =
      '<!doctype html><title>Access denied | discord.com used Cloudflare to restrict access</title><h1>Error 1015</h1><p>You are being rate limited</p>';
    return {
      status: 429,
      headers: { ...retry, 'Content-Type': 'text/html; charset=UTF-8', Server: 'cloudflare' },
      body: html,
    };
  }
  const global = limited.scope === 'global';
  const text = limited.scope === 'shared' ? 'The resource is being rate limited.' : 'You are being rate limited.';
  return {
    status: 429,
    headers: {
      ...(global ? {} : headers),
      ...retry,
      Via: '1.1 google',
      'X-RateLimit-Scope': limited.scope,
      ...(global ? { 'X-RateLimit-Global': 'true' } : {}),
    },
    body: {
      message: limited.text ?? text,
      retry_after: Number(seconds.toFixed(3)),
      global,
      ...(limited.code === undefined ? {} : { code: limited.code }),
    },
  };
}
