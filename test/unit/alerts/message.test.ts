// The headline of an incident's card, as a lock screen shows it.
import { describe, expect, test } from '@jest/globals';
import { cardOf, headlineOf, opened } from './saying.ts';

test.each([
  [{ namespace: 'shop' }, 'The shop is closed', ''],
  [{ namespace: 'shop' }, 'The Workshop is closed', ' in shop'],
  [{ namespace: 'shop' }, 'shop-api is slow', ' in shop'],
  [{ node: 'desktop-1' }, 'desktop-10 waits for desktop-1.', ''],
  [{ node: 'desktop-1' }, 'desktop-10 is away', ' on desktop-1'],
])('%j is named beside "%s" unless that names it', (labels, summary, where) => {
  const alert = { labels: { alertname: 'Down', severity: 'warning', ...labels }, annotations: { summary } };
  expect(headlineOf(opened([alert]))).toBe(`🟠 warning firing: Down${where}: ${summary}`);
});

test('it names what still fires of a group, and all of it once it is over', () => {
  const named = (statuses: readonly ('firing' | 'resolved')[]) =>
    headlineOf(
      opened(
        statuses.map((status, index) => ({
          status,
          fingerprint: `f${index}`,
          labels: { alertname: `A${index}`, severity: 'warning', namespace: 'shop' },
          annotations: {},
        })),
      ),
    );
  expect(named(['firing', 'firing', 'firing'])).toBe('🟠 warning firing: A0 and 2 others (3 alerts) in shop');
  expect(named(['firing', 'resolved', 'resolved'])).toBe('🟠 warning firing: A0 in shop');
  expect(named(['resolved', 'resolved', 'resolved'])).toBe('✅ resolved: A0 and 2 others (3 alerts) in shop');
});

test('severities that differ are counted, in the headline and on the card', () => {
  const severities = ['info', 'warning', 'critical', 'warning', 'odd'];
  const alerts = severities.map((severity, index) => ({
    fingerprint: `f${index}`,
    labels: { alertname: 'TargetDown', severity },
    annotations: {},
  }));
  const incident = opened(alerts);
  expect(headlineOf(incident)).toBe('🔴 critical firing: TargetDown (1 critical of 5)');
  expect(cardOf(incident).text).toEqual(['5 firing: 1 critical, 2 warning, 1 info, 1 without severity']);
  const [first, ...others] = alerts;
  const shrunk = opened([{ ...first, status: 'resolved' as const }, ...others]);
  expect(cardOf(shrunk).text).toEqual(['4 firing: 1 critical, 2 warning, 1 without severity; 1 resolved']);
  expect(headlineOf(opened(alerts.slice(1, 2)))).toBe('🟠 warning firing: TargetDown');
});

describe('what max_alerts left out', () => {
  const alert = (index: number, status: 'firing' | 'resolved', severity = 'warning') => ({
    status,
    fingerprint: `f${index}`,
    labels: { alertname: 'TargetDown', severity },
    annotations: {},
  });

  test('is counted beside what is known to fire', () => {
    const cut = { truncatedAlerts: 298 };
    const two = opened([alert(1, 'firing'), alert(2, 'firing')], cut);
    expect(headlineOf(two)).toBe('🟠 warning firing: TargetDown (2 alerts and 298 more)');
    expect(cardOf(two).text).toEqual([
      '2 firing',
      "298 more were left out of Alertmanager's last notification (max_alerts).",
    ]);
    expect(headlineOf(opened([alert(1, 'firing')], cut))).toContain('TargetDown (1 alert and 298 more)');
    const mixed = opened([alert(1, 'firing', 'critical'), alert(2, 'firing')], cut);
    expect(headlineOf(mixed)).toContain('TargetDown (1 critical of 2 and 298 more)');
  });

  test('is not said to fire where all that is known is over', () => {
    const over = opened([alert(1, 'resolved'), alert(2, 'resolved')], { truncatedAlerts: 298 });
    expect(headlineOf(over)).toBe('🟠 not known to be over: TargetDown (2 over, 298 more may fire)');
    expect(cardOf(over)).toMatchObject({
      title: 'not known to be over · warning · TargetDown',
      text: [
        '2 resolved',
        "Alertmanager's last notification left out 298 (max_alerts): whether those are over was not said.",
      ],
    });
  });
});

describe('the headline of an end', () => {
  const ended = (summaries: readonly string[]) =>
    headlineOf(
      opened(
        summaries.map((summary, index) => ({
          status: 'resolved' as const,
          fingerprint: `f${index}`,
          labels: { alertname: 'PodBad', severity: index === 0 ? 'critical' : 'warning' },
          annotations: { summary },
        })),
      ),
    );

  test.each([
    [['pod a is bad'], '✅ resolved: PodBad: pod a is bad'],
    [['A pod is bad', 'A pod is bad', 'A pod is bad'], '✅ resolved: PodBad (3 alerts): A pod is bad'],
    [['pod a is bad', 'pod b is bad'], '✅ resolved: PodBad (2 alerts)'],
  ])('says how many there were, and what all of them were: %j', (summaries, line) => {
    expect(ended(summaries)).toBe(line);
  });
});
