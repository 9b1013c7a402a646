// The shape of a route, and finding the one that a request means.

import { createForm, isObject } from './checks/form.ts';
import type { Upload } from './checks/message.ts';
import { ApiError } from './errors.ts';
import { isSnowflake } from './ids.ts';
import type { LimitName, RateLimiter } from './rate-limits.ts';
import type { World } from './state.ts';

export interface Call {
  readonly world: World;
  readonly limits: RateLimiter;
  readonly gateway: { readonly url: string; readonly remaining: number };
  /** Decoded parts of the path, ids already checked. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly files: readonly Upload[];
}

/** Without a body it is answered without a content type, as a 204 must be. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v10`; a part that starts with a colon is a parameter. */
  readonly path: string;
  /** `token` means that the path itself carries the authority: no Authorization header, and no global limit. */
  readonly authority: 'bot' | 'token';
  readonly limit: LimitName | 'none';
  readonly handle: (call: Call) => Answer;
}

/** Parameters that are no ids. */
const free = new Set(['token', 'emoji', 'reply']);

/** Those by which Discord keeps buckets apart. */
const major = ['channel', 'guild', 'webhook', 'token'];

const paths = new WeakMap<Route, readonly string[]>();

export function pathOf(route: Route): readonly string[] {
  const known = paths.get(route);
  if (known !== undefined) return known;
  const parts = route.path.split('/').slice(1);
  paths.set(route, parts);
  return parts;
}

/** Null when the path does not fit the route. */
export function paramsOf(route: Route, parts: readonly string[]): Record<string, string> | null {
  const wanted = pathOf(route);
  if (wanted.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const given = parts[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = given;
    else if (part !== given) return null;
  }
  return params;
}

/** 50035 for an id that is none, as Discord answers `Value "abc" is not snowflake.` */
export function checkIds(params: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(params)) {
    if (free.has(name) || isSnowflake(value)) continue;
    const form = createForm();
    form.fail([`${name}_id`], 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
    form.check();
  }
}

export function majorOf(params: Readonly<Record<string, string>>): string {
  return major.flatMap((name) => params[name] ?? []).join(':');
}

export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

/** The JSON object of the request; an absent body is an empty one. */
export function bodyOf(call: Call): Record<string, unknown> {
  if (call.body === undefined || call.body === null) return {};
  if (isObject(call.body)) return call.body;
  throw new ApiError(400, 50035, 'Invalid Form Body', {
    _errors: [{ code: 'DICT_TYPE_CONVERT', message: 'Only dictionaries may be used in a DictType' }],
  });
}

/** A whole number of the query within its bounds, 50035 otherwise. */
export function queryNumber(call: Call, name: string, rule: { min: number; max: number; otherwise: number }): number {
  const form = createForm();
  const value = form.integer(call.query[name], [name], rule);
  form.check();
  return value ?? rule.otherwise;
}

export function queryId(call: Call, name: string): string | undefined {
  const form = createForm();
  const value = form.id(call.query[name], [name]);
  form.check();
  return value;
}
