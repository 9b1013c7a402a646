// What a silence would cover besides the group that it is asked for.
import { expect, test } from '@jest/globals';
import type { ListedAlert } from '../../../src/alertmanager/alertmanager.ts';
import { merge } from '../../../src/alerts/merge.ts';
import type { Labels } from '../../../src/alerts/schema.ts';
import { mayCover, reachOf } from '../../../src/alerts/silence-reach.ts';
import { notification, t0 } from './notifications.ts';

const down = [{ name: 'alertname', value: 'Down', isEqual: true, isRegex: false }];

function listed(labels: Labels, receivers: readonly string[] = ['discord']): ListedAlert {
  const none = { silencedBy: [], inhibitedBy: [], mutedBy: [] };
  const fingerprint = JSON.stringify(labels);
  return { fingerprint, labels, annotations: {}, generatorURL: '', startsAt: t0, receivers, ...none };
}

/** How many are covered, and how many of them are of other groups; the notification has told of `web-1` alone. */
function counts(
  groupLabels: Labels,
  alerts: readonly ListedAlert[],
  names: readonly string[] = [],
): readonly unknown[] {
  const known = { fingerprint: 'known', labels: { ...groupLabels, alertname: 'Down', pod: 'web-1' } };
  const merged = merge(undefined, notification([known], { groupLabels, truncatedAlerts: 1 }), t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  const { covers, others } = reachOf(
    { incident: merged.incident, matchers: down, names, watchdog: 'Watchdog' },
    alerts,
  );
  return [covers, others];
}

test('what max_alerts kept from the bot is of this group where it carries all of its labels and goes to its receiver', () => {
  const group = { alertname: 'Down', namespace: 'shop' };
  const own = listed({ ...group, pod: 'web-2' });
  expect(counts(group, [own, { ...own, fingerprint: 'known' }])).toEqual([2, 0]);
  expect(counts(group, [own, listed({ ...group, namespace: 'mail' })])).toEqual([2, 1]);
  expect(counts(group, [own, listed({ alertname: 'Down' })])).toEqual([2, 1]);
  expect(counts(group, [own, listed({ ...group, pod: 'web-3' }, ['mail'])])).toEqual([2, 1]);
});

test('what carries a label that this group lacks and is grouped by is of another one', () => {
  const alerts = [listed({ alertname: 'Down', pod: 'web-2' }), listed({ alertname: 'Down', namespace: 'shop' })];
  expect(counts({ alertname: 'Down' }, alerts, ['alertname', 'namespace'])).toEqual([2, 1]);
  expect(counts({}, alerts, ['namespace'])).toEqual([2, 1]);
});

test('a receiver is known by its name as notifications spell it', () => {
  const group = { alertname: 'Down' };
  const merged = merge(undefined, notification([{ labels: group }], { groupLabels: group, receiver: 'team\\.a' }), t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  const asked = { incident: merged.incident, matchers: down, names: [], watchdog: 'Watchdog' };
  expect(reachOf(asked, [listed(group, ['team.a'])])).toMatchObject({ covers: 1, others: 0 });
});

test('the Watchdog may be covered unless the matchers want another name', () => {
  expect(mayCover(down, 'Watchdog')).toBe(false);
  expect(mayCover([{ name: 'namespace', value: 'shop', isEqual: true, isRegex: false }], 'Watchdog')).toBe(true);
});
