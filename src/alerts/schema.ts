// What Alertmanager's webhook sends, parsed once; only the fields that are used, tolerant of those that versions add.
import { z } from 'zod';

/** Names are any UTF-8 since Alertmanager 0.34, `__proto__` included, so that a null prototype is needed to hold them. */
export type Labels = Readonly<Record<string, string>>;

const Labels = z
  .custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'must be an object',
  })
  .transform((value, context): Labels => {
    const labels: Record<string, string> = Object.create(null);
    for (const [name, text] of Object.entries(value)) {
      if (typeof text !== 'string') {
        context.addIssue({ code: 'custom', message: 'every value must be a string', path: [name.slice(0, 80)] });
        return z.NEVER;
      }
      labels[name] = text.toWellFormed();
    }
    return labels;
  });

const Time = z
  .string()
  .max(64)
  .transform((text, context) => {
    const at = Date.parse(text);
    if (Number.isNaN(at)) {
      context.addIssue({ code: 'custom', message: 'must be a time as in RFC 3339, for example 2026-01-31T03:00:00Z' });
      return z.NEVER;
    }
    return at;
  });

const Alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default(() => Object.create(null)),
  startsAt: Time,
  /** `0001-01-01T00:00:00Z`, a negative number here, while the alert fires. */
  endsAt: Time.default(Date.parse('0001-01-01T00:00:00Z')),
  generatorURL: z.string().default(''),
  fingerprint: z.string().min(1),
});

/**
 * One webhook body of Alertmanager (version 4) or of Grafana's contact point of the same shape (version 1). Its size bounds it: refusing an alert for a
 * long text in it would lose the alert.
 */
export const Notification = z.object({
  version: z.enum(['4', '1'], { error: 'must be "4" (Alertmanager) or "1" (Grafana)' }),
  groupKey: z.string().min(1),
  truncatedAlerts: z.number().int().min(0).default(0),
  status: z.enum(['firing', 'resolved']),
  /** Regexp-escaped by Alertmanager: `Discord / prod \(ops\)`. */
  receiver: z.string(),
  groupLabels: Labels.default(() => Object.create(null)),
  externalURL: z.string().default(''),
  alerts: z.array(Alert),
});

export type NotifiedAlert = z.output<typeof Alert>;
export type Notification = z.output<typeof Notification>;

/**
 * @param body what JSON.parse gave.
 * @returns the notification, or the first reason why it is none, for the sender to read.
 */
export function parseNotification(
  body: unknown,
): { ok: true; notification: Notification } | { ok: false; reason: string } {
  const parsed = Notification.safeParse(body);
  if (parsed.success) return { ok: true, notification: parsed.data };
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  return {
    ok: false,
    reason: `not an Alertmanager notification: ${path === '' ? 'body' : path}: ${issue?.message ?? 'invalid'}`,
  };
}

/** A label's value, or undefined: labels read back from JSON have a prototype, whose names are no labels. */
export function labelOf(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
