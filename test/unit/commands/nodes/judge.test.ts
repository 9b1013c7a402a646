// How well a node is.
import { describe, expect, test } from '@jest/globals';
import { judge, statusOf, taintText, whyOf, worstFirst } from '../../../../commands/nodes/judge.ts';
import { summarise } from '../../../../commands/nodes/summary.ts';
import { condition, lost, node, ready } from './given.ts';

function judged(name: string, conditions: unknown, unschedulable = false) {
  return { name, judgement: judge(node(name, { spec: { unschedulable }, status: { conditions } })) };
}

const notReady = condition('Ready', 'False', { reason: 'KubeletNotReady', message: 'container runtime is down' });
const disk = condition('DiskPressure', 'True');

describe('the status is what kubectl says', () => {
  test.each([
    ['Ready', [ready], false],
    ['NotReady', [notReady], false],
    ['NotReady', [lost], false],
    ['Unknown', [], false],
    ['Unknown', null, false],
    ['Ready,SchedulingDisabled', [ready], true],
    ['NotReady,SchedulingDisabled', [lost], true],
  ])('%s', (status, conditions, cordoned) => {
    expect(statusOf(judged('n', conditions, cordoned).judgement)).toBe(status);
  });
});

test('pressure is named; a condition that is good when true is none', () => {
  const conditions = [
    ready,
    disk,
    condition('MemoryPressure', 'False'),
    condition('PIDPressure', 'Unknown'),
    condition('EtcdIsVoter', 'True'),
    condition('ReadonlyFilesystem', 'True'),
  ];
  expect(judged('n', conditions).judgement.pressures.map(({ type }) => type)).toEqual([
    'DiskPressure',
    'ReadonlyFilesystem',
  ]);
});

test('problems come first, then names in the order of their numbers', () => {
  const nodes = [
    judged('desktop-10', [ready]),
    judged('desktop-2', [ready]),
    judged('cordoned', [ready], true),
    judged('full', [ready, disk]),
    judged('z-lost', [lost]),
    judged('silent', []),
  ];
  expect(worstFirst(nodes).map(({ name }) => name)).toEqual([
    'silent',
    'z-lost',
    'full',
    'cordoned',
    'desktop-2',
    'desktop-10',
  ]);
});

describe('the summary', () => {
  test.each([
    ['The cluster has no nodes.', 'warning', []],
    ['1 node: 1 ready', 'good', [judged('a', [ready])]],
    ['2 nodes: 1 ready, 1 not ready (b)', 'critical', [judged('a', [ready]), judged('b', [lost])]],
    ['1 node: 0 ready, 1 of unknown readiness (a)', 'critical', [judged('a', [])]],
    ['1 node: 1 ready, 1 under pressure (a), 1 cordoned (a)', 'warning', [judged('a', [ready, disk], true)]],
    [
      '4 nodes: 0 ready, 4 not ready (a, b, 2 more)',
      'critical',
      ['a', 'b', 'c', 'd'].map((name) => judged(name, [notReady])),
    ],
  ] as const)('%s', (text, tone, nodes) => {
    expect(summarise(nodes)).toEqual({ text, tone });
  });
});

test('reasons and taints are put in one line as far as they are there', () => {
  expect(whyOf({ reason: 'A', message: 'b' })).toBe('A: b');
  expect(whyOf({ reason: '', message: 'b' })).toBe('b');
  expect(whyOf({ reason: '', message: '' })).toBe('');
  expect(taintText({ key: 'a', value: 'b', effect: 'NoSchedule' })).toBe('a=b:NoSchedule');
  expect(taintText({ key: 'a', value: '', effect: 'NoExecute' })).toBe('a:NoExecute');
});
