// Builds notifications as Alertmanager sends them, for tests about incidents.
import type { ActionOptions } from '../../../src/alerts/actions.ts';
import { type Notification, parseNotification } from '../../../src/alerts/schema.ts';

export interface AlertInput {
  readonly status?: 'firing' | 'resolved';
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly fingerprint?: string;
  readonly generatorURL?: string;
  /** Grafana's. */
  readonly silenceURL?: string;
  readonly valueString?: string;
}

/** 2026-11-23T20:00:00Z, when the alerts of these tests begin unless they say otherwise. */
export const t0 = Date.parse('2026-11-23T20:00:00Z');

export const minute = 60_000;

export function alertBody(input: AlertInput = {}): Record<string, unknown> {
  return {
    status: input.status ?? 'firing',
    labels: input.labels ?? { alertname: 'PodCrashLooping', severity: 'warning', namespace: 'shop', pod: 'web-1' },
    annotations: input.annotations ?? {
      summary: 'A pod restarts over and over',
      description: 'web-1 restarted 5 times',
    },
    startsAt: input.startsAt ?? new Date(t0).toISOString(),
    endsAt:
      input.endsAt ?? (input.status === 'resolved' ? new Date(t0 + minute).toISOString() : '0001-01-01T00:00:00Z'),
    generatorURL: input.generatorURL ?? 'http://prometheus.monitoring:9090/graph?g0.expr=up',
    fingerprint: input.fingerprint ?? 'aaaaaaaaaaaaaaaa',
    ...(input.silenceURL !== undefined && { silenceURL: input.silenceURL }),
    ...(input.valueString !== undefined && { valueString: input.valueString }),
  };
}

export function notificationBody(
  alerts: readonly AlertInput[],
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    version: '4',
    groupKey: '{}:{alertname="PodCrashLooping"}',
    truncatedAlerts: 0,
    status: alerts.some((alert) => alert.status !== 'resolved') ? 'firing' : 'resolved',
    receiver: 'discord',
    groupLabels: { alertname: 'PodCrashLooping' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.monitoring:9093',
    alerts: alerts.map(alertBody),
    ...more,
  };
}

export function notification(alerts: readonly AlertInput[], more: Record<string, unknown> = {}): Notification {
  const parsed = parseNotification(notificationBody(alerts, more));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.notification;
}

/** Of a bot that knows no API of Alertmanager and no command. */
export const noActions: ActionOptions = { canSilence: false, isReadCommand: () => false };
