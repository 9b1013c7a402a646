// What the API says, whole, sparse and hostile.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventInfo, List, NodeInfo, NodeMetrics, PodInfo } from '../../../src/cluster/schema.ts';
import { readColumn, readTable } from '../../../src/cluster/tables.ts';

const bare = { metadata: { name: 'n' } };

describe('a node', () => {
  test('with nothing but a name is one of which nothing is known', () => {
    expect(NodeInfo.parse(bare)).toEqual({
      name: 'n',
      createdAt: null,
      roles: [],
      unschedulable: false,
      taints: [],
      conditions: [],
      allocatable: { cpu: null, memory: null, pods: null },
      address: null,
      system: { kubeletVersion: '', osImage: '', kernelVersion: '', containerRuntimeVersion: '', architecture: '' },
    });
  });

  test('has the roles that kubectl shows', () => {
    const labels = {
      'node-role.kubernetes.io/worker': '',
      'node-role.kubernetes.io/': 'x',
      'kubernetes.io/role': 'db',
      other: 'y',
    };
    expect(NodeInfo.parse({ metadata: { name: 'n', labels } }).roles).toEqual(['db', 'worker']);
  });

  test('keeps what can be read beside what cannot', () => {
    const node = NodeInfo.parse({
      metadata: { name: 'n', creationTimestamp: 'yesterday', labels: [] },
      spec: { unschedulable: 'yes', taints: [{ key: 'a', effect: 7 }, 'b', null] },
      status: {
        allocatable: { cpu: '8', memory: {}, pods: 110 },
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 5, message: 'x'.repeat(5000) }],
        addresses: 'none',
        nodeInfo: null,
      },
    });
    expect(node.createdAt).toBeNull();
    expect(node.unschedulable).toBe(false);
    expect(node.taints[0]).toEqual({ key: 'a', value: '', effect: '' });
    expect(node.allocatable).toEqual({ cpu: 8, memory: null, pods: 110 });
    expect(node.conditions[0]?.message).toHaveLength(1000);
    expect(node.conditions[0]?.since).toBeNull();
  });

  test.each([null, 'node', {}, { metadata: {} }, { metadata: { name: '' } }, { metadata: { name: 7 } }])(
    'that is %j is none',
    (value) => {
      expect(NodeInfo.safeParse(value).success).toBe(false);
    },
  );
});

test('whatever is sent, reading it fails in no other way than as a result', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const status of [value, { conditions: value, allocatable: value, nodeInfo: value, addresses: value }]) {
        expect(NodeInfo.safeParse({ metadata: { name: 'n', labels: value }, spec: value, status }).success).toBe(true);
      }
      EventInfo.parse(value);
      NodeMetrics.safeParse(value);
      List.safeParse({ items: value });
      readTable(value);
      readColumn({ kind: 'Table', columnDefinitions: value, rows: value }, 'Name');
      PodInfo.safeParse({ cells: value, object: { ...bare, spec: { containers: value, overhead: value } } });
    }),
  );
});

test('an event was last seen when its series was, else at its last time, else when it was made', () => {
  const metadata = { creationTimestamp: '2026-01-01T00:00:00Z' };
  const lastTimestamp = '2026-01-02T00:00:00Z';
  const series = { count: 9, lastObservedTime: '2026-01-03T00:00:00.000000Z' };
  expect(EventInfo.parse({ metadata, lastTimestamp, series, count: 2 })).toMatchObject({
    at: new Date(series.lastObservedTime),
    count: 9,
  });
  expect(EventInfo.parse({ metadata, lastTimestamp, eventTime: null, count: 2 })).toMatchObject({
    at: new Date(lastTimestamp),
    count: 2,
  });
  expect(EventInfo.parse({ metadata, lastTimestamp: null })).toMatchObject({
    at: new Date(metadata.creationTimestamp),
    count: 1,
  });
  expect(EventInfo.parse({})).toMatchObject({ at: null, count: 1, type: '', reason: '' });
});

describe('a Table', () => {
  const table = {
    kind: 'Table',
    metadata: {},
    columnDefinitions: [{ name: 'Name' }, { name: 'Node' }],
    rows: [{ cells: ['a', 'n1'] }, { cells: ['b'] }, { cells: ['c', 7] }],
  };

  test('is read by the names of its columns, wherever they stand', () => {
    expect(readColumn(table, 'Node')).toEqual(['n1']);
    expect(readColumn(table, 'Name')).toEqual(['a', 'b', 'c']);
    expect(readTable(table)?.rows[0]?.cells).toEqual({ Name: 'a', Node: 'n1' });
  });

  test('without rows has none, and one without the column is not what was asked for', () => {
    expect(readColumn({ ...table, rows: null }, 'Node')).toEqual([]);
    expect(readColumn(table, 'Status')).toBeNull();
    expect(readColumn({ kind: 'PodList', items: [] }, 'Node')).toBeNull();
  });
});
