// Asks Alertmanager over its API v2.
import type { z } from 'zod';
import type { Secret } from '../lib/secret.ts';
import type { Alertmanager, Answer, ListedSilence, Matcher } from './alertmanager.ts';
import { groupingOf } from './grouping.ts';
import { type Ask, type Got, request } from './requests.ts';
import { Added, Alerts, Config, Groups, Receivers, Silence, Silences, Status } from './schema.ts';

export interface AlertmanagerOptions {
  /** Base without `/api/v2` and without a slash at its end; a path before it, as of `--web.route-prefix`, is part of it. */
  readonly url: string;
  /** `user:password` where something before it asks for them. */
  readonly credentials?: Secret;
  /** Of each request; 10 s by default. */
  readonly timeoutMs?: number;
}

/** About 5,000 alerts of kube-prometheus-stack, or 20,000 silences: what a homelab has in its worst hour, within the bot's memory. */
const mostBytes = 8 * 1024 * 1024;
const mostEntries = 10_000;

/** Opens nothing by itself: connections are made when something is asked. */
export function openAlertmanager({ url, credentials, timeoutMs = 10_000 }: AlertmanagerOptions): Alertmanager {
  const authorization =
    credentials === undefined ? null : `Basic ${Buffer.from(credentials.reveal()).toString('base64')}`;

  function send(method: Ask['method'], path: string, signal: AbortSignal, body?: unknown): Promise<Got> {
    return request({ url: `${url}/api/v2/${path}`, method, body, authorization, timeoutMs, bytes: mostBytes }, signal);
  }

  async function ask<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>> {
    return parsed(await send('GET', path, signal), schema);
  }

  async function list<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>> {
    const got = await send('GET', path, signal);
    if (got.kind === 'answered' && Array.isArray(got.value) && got.value.length > mostEntries)
      return { kind: 'too large', reason: `more than ${mostEntries} entries` };
    return parsed(got, schema);
  }

  async function silence(id: string, signal: AbortSignal): Promise<Answer<ListedSilence | null>> {
    const got = await send('GET', `silence/${encodeURIComponent(id)}`, signal);
    return got.kind === 'absent' ? absent(signal) : parsed(got, Silence);
  }

  /** Status 404 is Alertmanager's word only where it is there: something before it says the same of everything while it has nowhere to go. */
  async function absent(signal: AbortSignal): Promise<Answer<null>> {
    const status = await ask('status', Status, signal);
    return status.kind === 'answered' ? { kind: 'answered', value: null } : status;
  }

  const all = 'active=true&silenced=true&inhibited=true';
  return {
    alerts: (signal, matchers = []) => list(`alerts?${all}&unprocessed=true${filterOf(matchers)}`, Alerts, signal),
    groups: (signal) => list(`alerts/groups?${all}`, Groups, signal),
    receivers: (signal) => list('receivers', Receivers, signal),
    status: (signal) => ask('status', Status, signal),
    async grouping(signal) {
      const config = await ask('status', Config, signal);
      if (config.kind !== 'answered') return config;
      const value = groupingOf(config.value);
      return value === null
        ? { kind: 'not understood', reason: 'no configuration with a route' }
        : { kind: 'answered', value };
    },
    silences: (signal) => ask('silences', Silences, signal),
    silence,
    addSilence: async (made, signal) => parsed(await send('POST', 'silences', signal, made), Added),
    async expireSilence(id, signal) {
      const got = await send('DELETE', `silence/${encodeURIComponent(id)}`, signal);
      if (got.kind === 'absent') {
        const found = await absent(signal);
        return found.kind === 'answered' ? { kind: 'answered', value: false } : found;
      }
      if (got.kind === 'answered') return { kind: 'answered', value: true };
      if (got.kind !== 'away') return got;
      // Versions before 0.27 answer 500 where there is none of this id.
      const asked = await silence(id, signal);
      return asked.kind === 'answered' && asked.value === null ? { kind: 'answered', value: false } : got;
    },
  };
}

function parsed<T>(got: Got, schema: z.ZodType<T>): Answer<T> {
  if (got.kind === 'absent') return { kind: 'not understood', reason: 'status 404' };
  if (got.kind !== 'answered') return got;
  const result = schema.safeParse(got.value);
  if (result.success) return { kind: 'answered', value: result.data };
  const [issue] = result.error.issues;
  const where = issue?.path.map(String).join('.').slice(0, 100) ?? '';
  return { kind: 'not understood', reason: `not in the form of API v2${where === '' ? '' : ` at ${where}`}` };
}

/** Names as every version reads them in a filter; others came with 0.27, in another spelling. */
const plainName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Saves bytes and nothing else: conditions that a version may read differently are left out. */
function filterOf(matchers: readonly Matcher[]): string {
  return matchers
    .filter(({ name, value, isEqual, isRegex }) => {
      return isEqual && !isRegex && plainName.test(name) && /^[\x20-\x7e]{1,200}$/.test(value);
    })
    .map(({ name, value }) => `&filter=${encodeURIComponent(`${name}=${JSON.stringify(value)}`)}`)
    .join('');
}
