// /nodes asks for what it needs at once, and does without use.
import { describe, expect, test } from '@jest/globals';
import { suggestions } from '../../../../commands/nodes/suggestions.ts';
import { nodes } from '../../../../commands/nodes.ts';
import type { Cluster } from '../../../../src/cluster/cluster.ts';
import { noCluster } from '../../../../src/dispatch/no-cluster.ts';
import { UserError } from '../../../../src/lib/user-error.ts';
import { answersOf, contextOf, wordsOf } from '../context.ts';
import { node } from './given.ts';

const well: Cluster = {
  ...noCluster(),
  nodes: async () => [node('desktop-1')],
  node: async (name) => node(name),
  nodeUsage: async () => null,
  podCounts: async () => new Map([['desktop-1', 3]]),
  podsOn: async () => [],
  eventsOn: async () => [],
};

function ask(cluster: Partial<Cluster>, name?: string) {
  return answersOf(nodes, { ...contextOf([]), cluster: { ...well, ...cluster } }, { node: name });
}

test('metrics that fail are no reason to show nothing', async () => {
  const [answer] = await ask({ nodeUsage: async () => Promise.reject(new UserError('Metrics are broken.')) });
  expect(wordsOf(answer)).toContain('pods 3 of 110');
  expect(wordsOf(answer)).toContain('Metrics are broken.');
});

test('where the cluster is away that is said, and what else was asked for is given up', async () => {
  const away = new UserError('The cluster is away.');
  const given: AbortSignal[] = [];
  const cluster: Partial<Cluster> = {
    nodes: () => Promise.reject(away),
    podCounts(signal) {
      given.push(signal);
      return new Promise(() => {});
    },
    nodeUsage(signal) {
      given.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  };
  await expect(ask(cluster)).rejects.toBe(away);
  expect(given.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('a node that is gone by the time its details are asked for is told', async () => {
  const gone = new UserError('There is no node called desktop-1.');
  await expect(ask({ node: () => Promise.reject(gone) }, 'desktop-1')).rejects.toBe(gone);
});

describe('the name', () => {
  const { schema } = nodes.options.node;

  test.each([
    ['desktop-1', 'desktop-1'],
    [' Desktop-1 ', 'desktop-1'],
    ['ip-10-0-0-1.eu.internal', 'ip-10-0-0-1.eu.internal'],
    ['a'.repeat(253), 'a'.repeat(253)],
  ])('%s is taken', (given, name) => {
    expect(schema.parse(given)).toBe(name);
  });

  test.each([
    '',
    '-a',
    'a-',
    'a..b',
    'a_b',
    'a,metadata.name=b',
    '../pods',
    'a%2f',
    'a'.repeat(254),
    '-'.repeat(6000),
    7,
  ])('%j is refused with a sentence', (given) => {
    expect(schema.safeParse(given).success).toBe(false);
  });

  test('is suggested: what begins with it, then what holds it', () => {
    const names = ['desktop-1', 'desktop-2', 'old-desktop', 'worker'];
    expect(suggestions(' Desk', names).map(({ value }) => value)).toEqual(['desktop-1', 'desktop-2', 'old-desktop']);
    expect(suggestions('', names)).toHaveLength(4);
    expect(suggestions('x', names)).toEqual([]);
  });
});
