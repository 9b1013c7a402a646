// What a card says of each alert, and what of it reaches the headline.
import { describe, expect, test } from '@jest/globals';
import type { AlertInput } from './notifications.ts';
import { cardOf, headlineOf, opened } from './saying.ts';

const down = (annotations: Record<string, string>): AlertInput => ({
  labels: { alertname: 'ApiDown', severity: 'critical', namespace: 'shop' },
  annotations,
});

/** The lines of the only alert's texts: without its name and its labels. */
const textsOf = (alert: AlertInput) => cardOf(opened([alert])).alerts[0]?.slice(2);

describe('the headline tells', () => {
  test.each([
    ['the summary', { summary: 'S', message: 'M', description: 'D' }, 'S'],
    ['without one the message', { summary: ' ', message: 'M\nmore', description: 'D' }, 'M'],
    ['else the beginning of the description', { description: '\nThe API is away.\nLook at it.' }, 'The API is away.'],
  ])('%s', (_, annotations, told) => {
    expect(headlineOf(opened([down(annotations)]))).toBe(`🔴 critical firing: ApiDown in shop: ${told}`);
  });

  test('so much of a long description as a lock screen holds', () => {
    const line = headlineOf(opened([down({ description: 'word '.repeat(200) })]));
    expect(line).toMatch(/word…$/);
    expect(line.length).toBeLessThan(250);
  });
});

describe('the card says the message', () => {
  test('beside summary and description', () => {
    expect(textsOf(down({ summary: 'S', message: 'M\nmore', description: 'D' }))).toEqual(['S', 'M', 'more', 'D']);
  });

  test('once, where it is the same as one of them', () => {
    expect(textsOf(down({ summary: 'S', message: 'S', description: 'D' }))).toEqual(['S', 'D']);
    expect(textsOf(down({ message: 'M', description: 'M' }))).toEqual(['M']);
  });
});

describe('a summary that all alerts share', () => {
  const two = (summaries: readonly string[]) =>
    summaries.map((summary, index) => ({ ...down({ summary, description: `D${index}` }), fingerprint: `f${index}` }));

  test('is said once, above them', () => {
    const { text, alerts } = cardOf(opened(two(['Targets are away.', 'Targets are away.'])));
    expect(text).toEqual(['2 firing', 'Targets are away.']);
    expect(alerts.map((lines) => lines.slice(2))).toEqual([['D0'], ['D1']]);
  });

  test('is the only kind that is', () => {
    const { text, alerts } = cardOf(opened(two(['A is away.', 'B is away.'])));
    expect(text).toEqual(['2 firing']);
    expect(alerts.map((lines) => lines[2])).toEqual(['A is away.', 'B is away.']);
  });
});

test.each([
  ['desktop-1 on cluster  has active Condition MemoryPressure.', 'desktop-1 has active Condition MemoryPressure.'],
  ['Node desktop-1 on  is evicting Pods.  Eviction follows.', 'Node desktop-1 is evicting Pods. Eviction follows.'],
  ['Pods in cluster  wait.', 'Pods wait.'],
  ['The API is away on cluster .', 'The API is away.'],
  ['PDB /shop/web expects 1 more healthy pods.', 'PDB shop/web expects 1 more healthy pods.'],
  ['desktop-1 on cluster home has Pods in  a row.', 'desktop-1 on cluster home has Pods in a row.'],
  ['PDB home/shop/web expects 1 more healthy pods.', 'PDB home/shop/web expects 1 more healthy pods.'],
])('what stands around the name of a cluster that has none goes with it: %s', (description, shown) => {
  expect(textsOf(down({ description }))).toEqual([shown]);
});
