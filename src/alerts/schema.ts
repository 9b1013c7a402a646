// What Alertmanager's webhook sends, parsed once; only the fields that are used, tolerant of those that versions add.
import { z } from 'zod';
import { shortened } from '../lib/shortened.ts';

/** Names are any UTF-8 since Alertmanager 0.34, `__proto__` included: read them with `labelOf`, which looks at no prototype. */
export type Labels = Readonly<Record<string, string>>;

const none: Labels = Object.freeze({});

/** Given on as they were parsed where nothing is wrong with them: a copy of each would double what a body of many alerts takes. */
const Labels = z
  .custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'must be an object',
  })
  .transform((value, context): Labels => {
    const texts = Object.entries(value);
    const wrong = texts.find(([, text]) => typeof text !== 'string');
    if (wrong !== undefined) {
      context.addIssue({ code: 'custom', message: 'every value must be a string', path: [shortened(wrong[0], 80)] });
      return z.NEVER;
    }
    const labels = value as Record<string, string>;
    if (
      Object.entries(labels)
        .flat()
        .every((text) => text.isWellFormed())
    )
      return labels;
    return Object.fromEntries(Object.entries(labels).map((pair) => pair.map((text) => text.toWellFormed())));
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

/** Of a value in Grafana's words: more of it than a card could show says nothing further. */
const longestValue = 500;

const Alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default(none),
  startsAt: Time,
  /** `0001-01-01T00:00:00Z`, a negative number here, while the alert fires. */
  endsAt: Time.default(Date.parse('0001-01-01T00:00:00Z')),
  generatorURL: z.string().default(''),
  fingerprint: z.string().min(1),
  /** Grafana's, empty where the rule names none. */
  dashboardURL: z.string().optional().catch(undefined),
  panelURL: z.string().optional().catch(undefined),
  /** Where Grafana offers to silence the alert. */
  silenceURL: z.string().optional().catch(undefined),
  /** For example `[ var='A' labels={instance=web-1} value=97.3 ]`. */
  valueString: z
    .string()
    .transform((text) => shortened(text.toWellFormed(), longestValue))
    .optional()
    .catch(undefined),
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
  groupLabels: Labels.default(none),
  externalURL: z.string().default(''),
  alerts: z.array(Alert),
  /** Since Alertmanager 0.34, for example `repeat interval elapsed`. */
  notification_reason: z.string().max(200).optional().catch(undefined),
  /** Grafana's. */
  orgId: z.number().int().optional().catch(undefined),
});

export type NotifiedAlert = z.output<typeof Alert>;
export type Notification = z.output<typeof Notification>;

export type ParsedNotification =
  | { readonly ok: true; readonly notification: Notification }
  | { readonly ok: false; readonly reason: string };

/**
 * @param body what JSON.parse gave.
 * @returns the notification, or the first reason why it is none, for the sender to read.
 */
export function parseNotification(body: unknown): ParsedNotification {
  const parsed = Notification.safeParse(body);
  if (!parsed.success) return { ok: false, reason: reasonOf(parsed.error, []) };
  const { data } = parsed;
  return { ok: true, notification: { ...data, groupKey: `${data.groupKey}${organisationOf(data)}` } };
}

/**
 * Completes a groupKey of Grafana, which tells of the receiver and the labels alone: its organisations, and two Grafanas, may each have a contact point of
 * one name. Behind the key, so that where a log cuts it the labels stay.
 */
function organisationOf({ version, orgId, externalURL }: Notification): string {
  return version === '1' && orgId !== undefined ? ` of org ${orgId} at ${externalURL}` : '';
}

/** The key by which incidents were known before it held the organisation; null where it is the same. */
export function formerKeyOf(notification: Notification): string | null {
  const { length } = organisationOf(notification);
  return length === 0 ? null : notification.groupKey.slice(0, -length);
}

/** The same for a body whose alerts come some at a time: `begin` with all but them, `take` them in order, `end`. */
export const notificationParser = {
  list: 'alerts',
  whole: parseNotification,
  begin(body: unknown) {
    const parsed = parseNotification(body);
    if (!parsed.ok) return parsed;
    const alerts: NotifiedAlert[] = [];
    return {
      ok: true as const,
      take(items: readonly unknown[]): string | null {
        for (const item of items) {
          const alert = Alert.safeParse(item);
          if (!alert.success) return reasonOf(alert.error, ['alerts', alerts.length]);
          alerts.push(alert.data);
        }
        return null;
      },
      end: (): Notification => ({ ...parsed.notification, alerts }),
    };
  },
};

function reasonOf({ issues: [issue] }: z.ZodError, within: readonly PropertyKey[]): string {
  const path = [...within, ...(issue?.path ?? [])].map(String).join('.');
  return `not an Alertmanager notification: ${path === '' ? 'body' : path}: ${issue?.message ?? 'invalid'}`;
}

/** A label's value, or undefined: labels read back from JSON have a prototype, whose names are no labels. */
export function labelOf(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
