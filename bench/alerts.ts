// Alerts by the hundred: bodies with groups of their own, posted at the bot, and when each reaches Discord.
import { setTimeout as delay } from 'node:timers/promises';
import { type Alert, bodyOf } from '../sandbox/alertmanager/body.ts';
import type { LoggedRequest } from '../sandbox/discord/discord.ts';
import type { Homelab } from '../sandbox/homelab.ts';

/** One notification of a new group with `size` firing alerts, as Alertmanager writes it. */
export function notification(name: string, size = 1): string {
  const alerts = Array.from(
    { length: size },
    (_, index): Alert => ({
      labels: {
        alertname: name,
        instance: `10.42.0.${index}:9100`,
        job: 'node-exporter',
        namespace: 'laravel-apps',
        pod: `laravel-multi-tenant-6d5f9c7b8-${index}`,
        severity: 'warning',
      },
      annotations: {
        summary: `${name} is measured`,
        description: `Pod ${index} of ${name} is here to be counted. It reads like an alert of the homelab, at about its length.`,
        runbook_url: 'https://runbooks.example.org/measured',
      },
      startsAt: new Date(),
      endsAt: null,
      generatorURL: 'http://prometheus.monitoring:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    }),
  );
  return bodyOf({
    receiver: 'discord-bot',
    reason: 'first notification',
    groupLabels: { alertname: name },
    alerts,
    maxAlerts: 0,
    externalURL: 'http://alertmanager.monitoring:9093',
  });
}

/** Posts it and resolves with the milliseconds until the answer; rejects unless it is 202. */
export async function post({ bot, webhookToken }: Homelab, body: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${bot.url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${webhookToken}` },
    body,
    signal: AbortSignal.timeout(60_000),
  });
  await response.arrayBuffer();
  if (response.status !== 202) throw new Error(`A webhook was answered with ${response.status}`);
  return performance.now() - started;
}

/** Resolves once nothing waits to be shown. Rejects after `limitMs`. */
export async function untilShown({ bot }: Pick<Homelab, 'bot'>, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (performance.now() < until) {
    const text = await (await fetch(`${bot.url}/metrics`)).text();
    if (/^homelab_bot_queue_depth 0$/m.test(text)) return;
    await delay(50);
  }
  throw new Error(`Messages still wait after ${limitMs} ms`);
}

export interface Arrivals {
  /** Name of an alert → when the request that creates its message reached Discord, milliseconds since 1970. */
  readonly at: ReadonlyMap<string, number>;
  /** Resolves once this many different names arrived. */
  all(count: number, limitMs: number): Promise<void>;
  stop(): void;
}

/** Watches for messages about alerts whose names match `pattern`. */
export function watchArrivals({ discord }: Homelab, pattern: RegExp): Arrivals {
  const at = new Map<string, number>();
  const listener = ({ at: time, method, path, body }: LoggedRequest): void => {
    if (method !== 'POST' || !path.endsWith('/messages')) return;
    const name = pattern.exec(JSON.stringify(body))?.[0];
    if (name !== undefined && !at.has(name)) at.set(name, time);
  };
  discord.on('request', listener);
  return {
    at,
    async all(count, limitMs) {
      await discord.waitFor(() => at.size >= count, { timeoutMs: limitMs, what: `${count} messages` });
    },
    stop: () => discord.off('request', listener),
  };
}
