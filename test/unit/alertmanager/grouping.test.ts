// By which labels each receiver's alerts are grouped, read from Alertmanager's configuration.
import { expect, test } from '@jest/globals';
import { groupingOf } from '../../../src/alertmanager/grouping.ts';

const asLists = (config: string) => {
  const grouping = groupingOf(config);
  return grouping && Object.fromEntries([...grouping].map(([receiver, names]) => [receiver, [...names]]));
};

test('a route takes receiver and labels from the one above it where it says none, and all routes to a receiver count', () => {
  const config = `
global: { resolve_timeout: 5m }
route:
  receiver: discord
  group_by: [alertname, namespace]
  routes:
  - receiver: mail
    routes:
    - { matchers: ['team="a"'], group_by: [team] }
  - { receiver: discord, group_by: [cluster], matchers: ['severity="critical"'] }
receivers: [{ name: discord }, { name: mail }]
`;
  expect(asLists(config)).toEqual({
    discord: ['alertname', 'namespace', 'cluster'],
    mail: ['alertname', 'namespace', 'team'],
  });
});

test('grouped by all labels or by none is grouped by no label of a name', () => {
  expect(asLists("route: { receiver: a, group_by: ['...'], routes: [{ receiver: b, group_by: [] }] }")).toEqual({
    a: [],
    b: [],
  });
});

test('parts of another type count as not said', () => {
  expect(asLists('route: { receiver: 5, group_by: x, routes: [1, null, { receiver: a, group_by: [1, b] }] }')).toEqual({
    '': [],
    a: ['b'],
  });
});

test.each(['', 'global: {}', '[', 'route: x', 'a: &a [*a', `route: {}\n#${'x'.repeat(200_000)}`])(
  'what is none, or too long to be read, tells nothing: %.20j',
  (config) => {
    expect(groupingOf(config)).toBeNull();
  },
);
