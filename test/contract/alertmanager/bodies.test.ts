import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Alert, bodyOf, type Reason } from '../../../sandbox/alertmanager/body.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'alertmanager');
const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));

interface Captured {
  readonly receiver: string;
  readonly notification_reason: Reason;
  readonly groupKey: string;
  readonly groupLabels: Record<string, string>;
  readonly externalURL: string;
  readonly truncatedAlerts: number;
  readonly alerts: {
    readonly status: string;
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
  }[];
}

/** What the sandbox writes for the same alerts, handed over in another order. */
function writtenAgain(captured: Captured): string {
  const alerts = captured.alerts.map(
    (alert): Alert => ({
      ...alert,
      startsAt: new Date(alert.startsAt),
      endsAt: alert.status === 'firing' ? null : new Date(alert.endsAt),
    }),
  );
  return bodyOf({
    receiver: captured.receiver,
    reason: captured.notification_reason,
    groupLabels: captured.groupLabels,
    alerts: alerts.reverse(),
    maxAlerts: 0,
    externalURL: captured.externalURL,
  });
}

describe('the bodies of the sandbox', () => {
  test.each(files)('%s is written again byte by byte', async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    const captured: Captured = JSON.parse(text);
    // A sub-route's key and a cut are the group's business; markup was unescaped in some captures, when their words were replaced.
    const written = JSON.parse(writtenAgain(captured));
    const same = { ...written, groupKey: captured.groupKey, truncatedAlerts: captured.truncatedAlerts };
    expect(JSON.stringify(same)).toBe(JSON.stringify(captured));
  });

  test('a body of the root route is the same in every byte, also its escapes and its line end', async () => {
    const text = await readFile(join(folder, 'homelab-node-down-firing.json'), 'utf8');
    expect(text).toContain('\\u0026');
    expect(writtenAgain(JSON.parse(text))).toBe(text);
  });

  test('a cut comes before the status is worked out', () => {
    const startsAt = new Date('2026-11-23T20:41:14.100Z');
    const alert = (node: string, endsAt: Date | null): Alert => ({
      labels: { alertname: 'NodeDown', node },
      annotations: {},
      startsAt,
      endsAt,
      generatorURL: '',
    });
    const body = bodyOf({
      receiver: 'Discord / prod (ops)',
      reason: 'some alerts resolved',
      groupLabels: { alertname: 'NodeDown', namespace: 'a"b' },
      alerts: [alert('b', null), alert('a', startsAt)],
      maxAlerts: 1,
      externalURL: '',
    });
    expect(JSON.parse(body)).toMatchObject({
      receiver: 'Discord / prod \\(ops\\)',
      status: 'resolved',
      truncatedAlerts: 1,
      groupKey: '{}:{alertname="NodeDown", namespace="a\\"b"}',
      alerts: [{ startsAt: '2026-11-23T20:41:14.1Z', labels: { node: 'a' } }],
    });
  });
});
