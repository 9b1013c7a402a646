// Asks Alertmanager over its API v2.

import { z } from 'zod';
import type { Secret } from '../lib/secret.ts';
import type { Alertmanager, Answer } from './alertmanager.ts';
import { type Ask, request } from './requests.ts';
import { Alerts, Groups, Receivers, SilenceMade, Silences, Status } from './schema.ts';

export interface AlertmanagerOptions {
  /** Base without `/api/v2` and without a slash at its end; a path before it, as of `--web.route-prefix`, is part of it. */
  readonly url: string;
  /** `user:password` where something before it asks for them. */
  readonly credentials?: Secret;
  /** Of each request; 10 s by default. */
  readonly timeoutMs?: number;
}

/** About 5,000 alerts of kube-prometheus-stack: what a homelab has in its worst hour, within the bot's memory. */
const mostBytes = 8 * 1024 * 1024;
const mostEntries = 10_000;

/** Opens nothing by itself: connections are made when something is asked. */
export function openAlertmanager({ url, credentials, timeoutMs = 10_000 }: AlertmanagerOptions): Alertmanager {
  const authorization =
    credentials === undefined ? null : `Basic ${Buffer.from(credentials.reveal()).toString('base64')}`;

  async function send<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal, more: Pick<Ask, 'method' | 'body'>) {
    const asked = { ...more, url: `${url}/api/v2/${path}`, authorization, timeoutMs, bytes: mostBytes };
    const got = await request(asked, signal);
    return got.kind === 'answered' ? parsed(got.value, schema) : got;
  }

  async function ask<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>> {
    const got = await send(path, schema, signal, { method: 'GET' });
    return got.kind === 'rejected' ? { ...got, kind: 'not understood' } : got;
  }

  const all = 'active=true&silenced=true&inhibited=true';
  return {
    alerts: (signal) => ask(`alerts?${all}&unprocessed=true`, Alerts, signal),
    groups: (signal) => ask(`alerts/groups?${all}`, Groups, signal),
    receivers: (signal) => ask('receivers', Receivers, signal),
    status: (signal) => ask('status', Status, signal),
    silences: (signal) => ask('silences', Silences, signal),
    silence: (silence, signal) => send('silences', SilenceMade, signal, { method: 'POST', body: silence }),
    expire: (id, signal) => send(`silence/${encodeURIComponent(id)}`, z.null(), signal, { method: 'DELETE' }),
  };
}

function parsed<T>(value: unknown, schema: z.ZodType<T>): Answer<T> {
  if (Array.isArray(value) && value.length > mostEntries)
    return { kind: 'too large', reason: `more than ${mostEntries} entries` };
  const result = schema.safeParse(value);
  if (result.success) return { kind: 'answered', value: result.data };
  const [issue] = result.error.issues;
  const where = issue?.path.map(String).join('.').slice(0, 100) ?? '';
  return { kind: 'not understood', reason: `not in the form of API v2${where === '' ? '' : ` at ${where}`}` };
}
