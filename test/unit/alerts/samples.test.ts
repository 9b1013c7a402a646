// Every body of a real Alertmanager is taken, and what people would see of it holds what it says.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { merge, without } from '../../../src/alerts/merge.ts';
import { incidentMessage } from '../../../src/alerts/message.ts';
import { type Notification, parseNotification } from '../../../src/alerts/schema.ts';
import type { Message } from '../../../src/message.ts';
import { noActions } from './notifications.ts';
import { plain } from './saying.ts';

const folder = new URL('../../fixtures/alertmanager/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const now = Date.parse('2026-11-23T21:00:00Z');

function sample(name: string): Notification {
  const parsed = parseNotification(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.notification;
}

function shown(notification: Notification): Message {
  const result = merge(undefined, notification, now);
  if (result.kind === 'ignored') throw new Error(result.reason);
  return incidentMessage(result.incident, now, noActions);
}

/** What of these bodies' labels is the exporter's own, by its job. */
const ofExporter: Record<string, string> = { 'kube-state-metrics': 'instance', 'node-exporter': 'namespace' };

function wholeText(message: Message): string {
  const items = message.list?.items.flatMap((item) => item.lines.map(plain)) ?? [];
  return [plain(message.headline), message.title ?? '', ...(message.text ?? []).map(plain), ...items].join('\n');
}

test('there are samples', () => {
  expect(names.length).toBeGreaterThan(15);
});

describe.each(names.filter((name) => !name.startsWith('watchdog')))('%s', (name) => {
  const notification = sample(name);
  const message = shown(notification);

  test('names every alert with its state and where it is', () => {
    const text = wholeText(message);
    for (const alert of notification.alerts) {
      expect(text).toContain(alert.labels['alertname']);
      expect(text).toContain(alert.status);
      for (const label of ['namespace', 'pod', 'node', 'instance']) {
        const value = alert.labels[label];
        if (value !== undefined && label !== ofExporter[alert.labels['job'] ?? '']) expect(text).toContain(value);
      }
    }
    expect(message.list?.items).toHaveLength(notification.alerts.length);
  });

  test('has no stray ends of texts that name a cluster', () => {
    expect(wholeText(message)).not.toMatch(/cluster \.| {2}/);
  });

  test('keeps every label and annotation in the attached text', () => {
    const whole = message.list?.items.map((item) => item.whole).join('\n') ?? '';
    for (const alert of notification.alerts) {
      for (const value of [...Object.values(alert.labels), ...Object.values(alert.annotations)])
        expect(whole).toContain(value);
    }
  });
});

test('the Watchdog is never posted', () => {
  expect(without(sample('watchdog-first.json'), 'Watchdog')).toBeNull();
});

test('a body cut by max_alerts says what it left out, and is not over', () => {
  const message = shown(sample('giant-300-max20-says-resolved-while-180-fire.json'));
  expect(plain(message.headline)).toContain('not known to be over');
  expect(wholeText(message)).toContain('left out 280');
});

test('a life from the first alert to its end is one incident', () => {
  const lives = names.filter((name) => name.startsWith('life-')).sort();
  let incident: Parameters<typeof merge>[0];
  const kinds = lives.map((name, index) => {
    const result = merge(incident, sample(name), now + index * 60_000);
    if (result.kind !== 'ignored') incident = result.incident;
    return result.kind;
  });
  expect(kinds).toEqual(['opened', 'updated', 'updated', 'unchanged', 'closed', 'reopened']);
});
