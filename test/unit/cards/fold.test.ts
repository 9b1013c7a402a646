// Which cards have messages of their own when more wait for a channel than it can show.
import { describe, expect, test } from '@jest/globals';
import { crowd, foldingRule, type WaitingCard } from '../../../src/cards/fold.ts';

const critical = 0;

/** `count` cards of a priority, the oldest first. */
function cards(count: number, priority: number): readonly WaitingCard[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${priority}-${index}`, priority }));
}

const fold = (...waiting: readonly (readonly WaitingCard[])[]) =>
  foldingRule.decide(waiting.flat(), { critical, isStorm: false });

test('what the channel shows in a few seconds does not fold', () => {
  expect(fold(cards(crowd, 1))).toMatchObject({ kind: 'none' });
  expect(fold(cards(crowd, critical))).toMatchObject({ kind: 'none' });
});

describe('one more than that', () => {
  test('folds all but the four that are the most urgent and the oldest', () => {
    expect(fold(cards(crowd + 1, 1))).toMatchObject({ kind: 'fold', keep: ['1-0', '1-1', '1-2', '1-3'], after: null });
  });

  test('leaves twenty critical ones with messages of their own, and puts the digest behind the first four of them', () => {
    const folding = fold(cards(25, critical), cards(3, 1));
    expect(folding).toMatchObject({ kind: 'fold', after: '0-3' });
    const keep = folding.kind === 'fold' ? folding.keep : [];
    expect(keep.filter((id) => id.startsWith('0-'))).toHaveLength(20);
    expect(keep.filter((id) => id.startsWith('1-'))).toHaveLength(3);
  });

  test('folds nothing where all of it is kept', () => {
    expect(fold(cards(18, critical), cards(4, 1))).toMatchObject({ kind: 'none' });
  });
});

test('while a storm goes on, what does not fit into the next five seconds joins it', () => {
  const during = (waiting: readonly WaitingCard[]) => foldingRule.decide(waiting, { critical, isStorm: true });
  expect(during(cards(4, 1))).toMatchObject({ kind: 'none' });
  expect(during(cards(5, 1))).toMatchObject({ kind: 'fold', keep: ['1-0', '1-1', '1-2', '1-3'] });
  expect(during(cards(5, critical))).toMatchObject({ kind: 'none' });
});

test('as many are looked at as the decision needs', () => {
  expect(foldingRule.lookedAt.critical).toBeGreaterThan(20 + crowd);
  expect(foldingRule.lookedAt.others).toBeGreaterThan(4 + crowd);
});
