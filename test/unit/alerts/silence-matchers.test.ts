// Which alerts a silence covers.
import { describe, expect, test } from '@jest/globals';
import type { KnownAlert } from '../../../src/alerts/incident.ts';
import { covered, matchersOf, matcherText } from '../../../src/alerts/silence-matchers.ts';

function alert(labels: Record<string, string>, state: KnownAlert['state'] = 'firing'): KnownAlert {
  return {
    fingerprint: JSON.stringify(labels),
    labels,
    annotations: {},
    generatorURL: '',
    startsAt: 1,
    endsAt: null,
    state,
    missingSince: null,
    seenAt: 1,
  };
}

const texts = (incident: Parameters<typeof matchersOf>[0]) => matchersOf(incident).map(matcherText);

describe('a silence of a group', () => {
  test('is about the labels that it is grouped by', () => {
    const alerts = [alert({ alertname: 'Down', namespace: 'shop', pod: 'a' })];
    expect(texts({ groupLabels: { namespace: 'shop', alertname: 'Down' }, alerts })).toEqual([
      'alertname="Down"',
      'namespace="shop"',
    ]);
  });

  test('is about what its alerts have in common where it is grouped by nothing', () => {
    const alerts = [
      alert({ alertname: 'A', job: 'x', pod: '1' }),
      alert({ alertname: 'B', job: 'x', pod: '2' }),
      alert({ job: 'y' }, 'resolved'),
    ];
    expect(texts({ groupLabels: {}, alerts })).toEqual(['job="x"']);
  });

  test('is about nothing where nothing tells the group apart', () => {
    expect(texts({ groupLabels: {}, alerts: [alert({ pod: '1' }), alert({ pod: '2' })] })).toEqual([]);
    expect(texts({ groupLabels: { namespace: '' }, alerts: [] })).toEqual([]);
  });

  test('covers what fires and carries all of its labels', () => {
    const alerts = [alert({ a: '1', b: '2' }), alert({ a: '1' }), alert({ a: '1', b: '2', c: '3' }, 'resolved')];
    expect(covered(alerts, matchersOf({ groupLabels: { a: '1', b: '2' }, alerts }))).toBe(1);
  });
});

test.each([
  [{ name: 'a', value: 'x"y\\\n', isRegex: false, isEqual: true }, 'a="x\\"y\\\\\\n"'],
  [{ name: 'dotted.name', value: 'x', isRegex: false, isEqual: false }, '"dotted.name"!="x"'],
  [{ name: 'a', value: '.+', isRegex: true, isEqual: true }, 'a=~".+"'],
  [{ name: 'a', value: '.+', isRegex: true, isEqual: false }, 'a!~".+"'],
])('a matcher reads as Alertmanager writes it', (matcher, text) => {
  expect(matcherText(matcher)).toBe(text);
});
