// Which alerts a silence covers.
import { describe, expect, test } from '@jest/globals';
import type { KnownAlert } from '../../../src/alerts/incident.ts';
import { covered, type Group, matchersOf, matcherText, matches } from '../../../src/alerts/silence-matchers.ts';

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

interface Given {
  readonly groupLabels: Record<string, string>;
  readonly alerts: readonly KnownAlert[];
  readonly receiver?: string;
  readonly groupKey?: string;
}

const route = (labels: Record<string, string>, key = '{}') => ({
  receiver: 'discord',
  groupKey: `${key}:{${Object.entries(labels).map(([name, value]) => `${name}="${value}"`)}}`,
  groupLabels: labels,
});

/** The matchers, or why there are none. */
function texts(given: Given, others: readonly Group[] = [], names: readonly string[] = []): readonly string[] | string {
  const chosen = matchersOf({ ...route(given.groupLabels), ...given }, others, names);
  return chosen.kind === 'matchers' ? chosen.matchers.map(matcherText) : chosen.reason;
}

describe('a silence of a group', () => {
  test('is about the labels that it is grouped by', () => {
    const alerts = [alert({ alertname: 'Down', namespace: 'shop', pod: 'a' })];
    expect(texts({ groupLabels: { namespace: 'shop', alertname: 'Down' }, alerts })).toEqual([
      'alertname="Down"',
      'namespace="shop"',
    ]);
  });

  test('is about what its open alerts have in common where it is grouped by nothing', () => {
    const alerts = [
      alert({ alertname: 'A', job: 'x', pod: '1' }),
      alert({ alertname: 'B', job: 'x', pod: '2' }),
      alert({ job: 'y' }, 'resolved'),
    ];
    expect(texts({ groupLabels: {}, alerts })).toEqual(['job="x"']);
  });

  test.each([
    [{}, [{ pod: '1' }, { pod: '2' }], /no label in common/],
    [{ namespace: '' }, [], /no label in common/],
    [
      {},
      [
        { alertname: 'A', severity: 'critical', prometheus: 'p' },
        { alertname: 'B', severity: 'critical', prometheus: 'p' },
      ],
      /all that its alerts have in common is prometheus, severity/,
    ],
    [Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`l${index}`, 'x'])), [], /51 labels/],
  ])('is none where nothing tells the group %j apart', (groupLabels, labels, reason) => {
    expect(texts({ groupLabels, alerts: labels.map((one) => alert(one)) })).toMatch(reason);
  });

  test('leaves out the groups of the same route that have a label which its alerts lack', () => {
    const groupLabels = { alertname: 'Disk' };
    const alerts = [alert({ alertname: 'Disk', node: 'db' })];
    const others = [
      route({ alertname: 'Disk', namespace: 'shop' }),
      route({ namespace: 'monitoring' }),
      // Another route, another receiver, and one that is not known: what they group by says nothing.
      route({ team: 'x' }, '{}/{severity="critical"}'),
      { ...route({ cluster: 'a' }), receiver: 'mail' },
      { ...route({ zone: 'a' }), groupKey: 'provisional:[]' },
    ];
    const chosen = texts({ groupLabels, alerts }, others);
    expect(chosen).toEqual(['alertname="Disk"', 'namespace=""']);
    expect(matches([{ name: 'namespace', value: '' }], { alertname: 'Disk' })).toBe(true);
    expect(matches([{ name: 'namespace', value: '' }], { alertname: 'Disk', namespace: 'shop' })).toBe(false);
  });

  test('leaves out groups that do not fire yet, by the labels that Alertmanager groups by', () => {
    const given = { groupLabels: { alertname: 'Disk' }, alerts: [alert({ alertname: 'Disk', node: 'db' })] };
    const told = ['alertname', 'namespace', 'node'];
    expect(texts(given, [], told)).toEqual(['alertname="Disk"', 'namespace=""']);
    // It lacks all that it could be grouped by.
    expect(texts({ ...given, groupLabels: {} }, [], ['namespace'])).toEqual([
      'alertname="Disk"',
      'node="db"',
      'namespace=""',
    ]);
    expect(texts({ ...given, groupKey: 'provisional:[]' }, [], told)).toEqual(['alertname="Disk"', 'namespace=""']);
  });

  test('of which no notification has told leaves out what any route of its receiver groups by', () => {
    const alerts = [alert({ alertname: 'Disk' })];
    const others = [route({ team: 'x' }, '{}/{severity="critical"}'), { ...route({ cluster: 'a' }), receiver: 'mail' }];
    const given = { groupLabels: { alertname: 'Disk' }, alerts, groupKey: 'provisional:[]' };
    expect(texts(given, others)).toEqual(['alertname="Disk"', 'team=""']);
  });

  test('takes the group as it is where its own alerts have that label', () => {
    const alerts = [alert({ alertname: 'Disk', namespace: 'shop' })];
    const others = [route({ alertname: 'X', namespace: 'a' })];
    expect(texts({ groupLabels: { alertname: 'Disk' }, alerts }, others)).toEqual(['alertname="Disk"']);
  });

  test('takes labels of any name, and no property of all objects for one', () => {
    const labels = JSON.parse('{"__proto__":"x","a.b":"y","Ünit":"z"}');
    expect(texts({ groupLabels: labels, alerts: [alert(labels)] })).toEqual([
      '__proto__="x"',
      '"a.b"="y"',
      '"Ünit"="z"',
    ]);
    expect(matches([{ name: 'constructor', value: '' }], {})).toBe(true);
  });

  test('covers what fires and carries all of its labels', () => {
    const alerts = [alert({ a: '1', b: '2' }), alert({ a: '1' }), alert({ a: '1', b: '2', c: '3' }, 'resolved')];
    const matchers = ['a', 'b'].map((name, at) => ({ name, value: String(at + 1), isRegex: false, isEqual: true }));
    expect(covered(alerts, matchers)).toBe(1);
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
