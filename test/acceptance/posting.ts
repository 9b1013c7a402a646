// Posts notifications to the bot's webhook as Alertmanager does, for tests that choose every byte.
import { readFileSync } from 'node:fs';
import type { Homelab } from '../../sandbox/homelab.ts';
import { type AlertInput, notificationBody } from '../unit/alerts/notifications.ts';

/** Limits that tests about something else do not meet. */
export const generous = {
  createMessage: { limit: 1000, perMs: 1000 },
  editMessage: { limit: 1000, perMs: 1000 },
  other: { limit: 1000, perMs: 1000 },
} as const;

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Posts a body with the right token. Rejects where nothing answers. */
export async function post(homelab: Pick<Homelab, 'bot' | 'webhookToken'>, body: unknown): Promise<Answered> {
  const response = await fetch(`${homelab.bot.url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${homelab.webhookToken}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, body: await response.text() };
}

let groups = 0;

/** A group of its own whose alerts begin now; `body` makes its next notification. */
export function newGroup(): {
  readonly name: string;
  body(alerts?: readonly AlertInput[], more?: Record<string, unknown>): unknown;
} {
  groups += 1;
  const name = `Test${groups}`;
  const startsAt = new Date().toISOString();
  return {
    name,
    body: (alerts = [{}], more = {}) =>
      notificationBody(
        alerts.map((alert, index) => ({
          startsAt,
          fingerprint: `${name}-${index}`,
          ...(alert.status === 'resolved' && { endsAt: new Date().toISOString() }),
          ...alert,
          labels: { alertname: name, severity: 'warning', ...alert.labels },
        })),
        { groupKey: `{}:{alertname="${name}"}`, ...more },
      ),
  };
}

/** A captured body of a real Alertmanager. */
export function sample(name: string): string {
  return readFileSync(new URL(`../fixtures/alertmanager/${name}.json`, import.meta.url), 'utf8');
}
