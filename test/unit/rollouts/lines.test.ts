// The live bar of a rollout.
import { describe, expect, test } from '@jest/globals';
import type { Progress } from '../../../src/rollouts/judge.ts';
import { progressLines, rolloutLines } from '../../../src/rollouts/lines.ts';
import { wordsOf } from '../commands/context.ts';
import { begun, deployment, view } from './views.ts';

function shown(progress: Partial<Progress>, elapsedMs = 0): string {
  const whole = { wanted: 3, updated: 0, ready: 0, unavailable: 0, old: 0, note: '', ...progress };
  return progressLines(whole, elapsedMs)
    .map((line) => wordsOf(line))
    .join('\n');
}

describe('the bar', () => {
  test.each<[string, Partial<Progress>, string]>([
    ['at the start', { ready: 3, old: 3 }, '░░░ 3/3'],
    ['one new, not ready', { updated: 1, ready: 3, old: 3 }, '▓░░ 3/3'],
    ['one new, ready', { updated: 1, ready: 4, old: 3 }, '█░░ 3/3'],
    ['all new, one not ready', { updated: 3, ready: 2 }, '██▓ 2/3'],
    ['done', { updated: 3, ready: 3 }, '███ 3/3'],
    ['none wanted', { wanted: 0 }, '████████████ 0/0'],
    ['many', { wanted: 100, updated: 50, ready: 25 }, '███▓▓▓░░░░░░ 25/100'],
    ['more than wanted', { wanted: 2, updated: 5, ready: 5 }, '██ 2/2'],
  ])('%s', (_, progress, bar) => expect(shown(progress)).toContain(`${bar} · `));
});

test('counts and seconds', () => {
  expect(shown({ updated: 1, ready: 3, unavailable: 1, old: 3 }, 72_900)).toBe(
    '▓░░ 3/3 · 1 updated, 3 ready, 1 unavailable, 3 old · 1m12s',
  );
  expect(shown({ updated: 3, ready: 3 }, 900)).toMatch(/unavailable · 0s$/);
});

test('what it waits for, within bounds', () => {
  expect(shown({ note: 'old pods' })).toMatch(/\nold pods$/);
  expect(shown({ note: 'x'.repeat(5000) }).length).toBeLessThan(400);
});

test('a view is shown as its progress is', () => {
  expect(rolloutLines(view(begun), 1000)).toHaveLength(2);
  expect(rolloutLines(view(deployment()), 1000)).toHaveLength(1);
  expect(rolloutLines(view(null), 1000)).toHaveLength(1);
});
