// The headline of an incident's card, as a lock screen shows it.
import { expect, test } from '@jest/globals';
import { merge } from '../../../src/alerts/merge.ts';
import { incidentHeadline } from '../../../src/alerts/message.ts';
import { minute, notification, t0 } from './notifications.ts';

test.each([
  [{ namespace: 'shop' }, 'The shop is closed', ''],
  [{ namespace: 'shop' }, 'The Workshop is closed', ' in shop'],
  [{ namespace: 'shop' }, 'shop-api is slow', ' in shop'],
  [{ node: 'desktop-1' }, 'desktop-10 waits for desktop-1.', ''],
  [{ node: 'desktop-1' }, 'desktop-10 is away', ' on desktop-1'],
])('%j is named beside "%s" unless that names it', (labels, summary, where) => {
  const told = notification([
    { labels: { alertname: 'Down', severity: 'warning', ...labels }, annotations: { summary } },
  ]);
  const merged = merge(undefined, told, t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  expect(incidentHeadline(merged.incident).line).toBe(`🟠 warning firing: Down${where}: ${summary}`);
});

test('it names what still fires of a group, and all of it once it is over', () => {
  const told = (statuses: readonly ('firing' | 'resolved')[]) =>
    notification(
      statuses.map((status, index) => ({
        status,
        fingerprint: `f${index}`,
        labels: { alertname: `A${index}`, severity: 'warning', namespace: 'shop' },
        annotations: {},
      })),
    );
  const named = (statuses: readonly ('firing' | 'resolved')[]) => {
    const merged = merge(undefined, told(statuses), t0 + minute);
    if (merged.kind === 'ignored') throw new Error(merged.reason);
    return incidentHeadline(merged.incident).line;
  };
  expect(named(['firing', 'firing', 'firing'])).toBe('🟠 warning firing: A0 and 2 others (3 alerts) in shop');
  expect(named(['firing', 'resolved', 'resolved'])).toBe('🟠 warning firing: A0 in shop');
  expect(named(['resolved', 'resolved', 'resolved'])).toBe('✅ resolved: A0 and 2 others in shop');
});
