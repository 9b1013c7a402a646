// Pages of an answer, and what is kept of them.
import { describe, expect, test } from '@jest/globals';
import { type Leaves, packLeaves, toLeaves, unpackLeaves } from '../../../src/dispatch/answers.ts';
import { leaf, leafSubject, parseLeafSubject, plainLeaf } from '../../../src/dispatch/leaf.ts';
import type { Message } from '../../../src/message.ts';

const page = (headline: string, more: Partial<Message> = {}): Message => ({ tone: 'info', headline, ...more });
const whole = { name: 'all.txt', data: 'everything' };
const three: Leaves = { pages: [page('one', { footer: 'of today' }), page('two'), page('three')], whole };
const about = (number: number) => ({ command: 'nodes', answerId: 'a'.repeat(24), page: number });

describe('a page', () => {
  test('says which it is, beside what its own footer says, and carries the whole', () => {
    expect(plainLeaf(three, 1)).toEqual(page('one', { footer: 'of today · Page 1 of 3', files: [whole] }));
    expect(plainLeaf(three, 3)).toEqual(page('three', { footer: 'Page 3 of 3', files: [whole] }));
  });

  test.each([
    [1, [true, false]],
    [2, [false, false]],
    [3, [false, true]],
  ])('page %i leads to those that there are', (number, disabled) => {
    const buttons = leaf(three, about(number), 'offered')?.buttons ?? [];
    expect(buttons.map((button) => button.label)).toEqual(['Previous', 'Next', 'Share']);
    expect(buttons.slice(0, 2).map((button) => 'disabled' in button && button.disabled)).toEqual(disabled);
    const subjects = buttons.map((button) => ('subject' in button ? `${button.action} ${button.subject}` : ''));
    expect(new Set(subjects).size).toBe(3);
  });

  test('a single message has nothing to leaf through', () => {
    const single = toLeaves(page('alone'));
    expect(plainLeaf(single, 1)).toEqual(page('alone'));
    expect(leaf(single, about(1), 'offered')?.buttons?.map((button) => button.label)).toEqual(['Share']);
  });

  test('its own buttons stay in front', () => {
    const own = { label: 'Open', url: 'https://example.org' };
    const shown = leaf(toLeaves(page('alone', { buttons: [own] })), about(1), 'offered');
    expect(shown?.buttons?.[0]).toEqual(own);
  });

  test('there is none beyond the last, nor before the first', () => {
    expect(leaf(three, about(4), 'offered')).toBeNull();
    expect(plainLeaf(three, 0)).toBeNull();
  });

  test('an answer without any page is a defect', () => {
    expect(() => toLeaves({ pages: [], whole })).toThrow('no page');
  });
});

describe('the subject of a button', () => {
  test('comes back as it was, within 70 characters for the longest name', () => {
    const longest = { ...about(9999), command: 'n'.repeat(32) };
    expect(leafSubject(longest).length).toBeLessThanOrEqual(70);
    expect(parseLeafSubject(leafSubject(longest))).toEqual(longest);
  });

  test.each([
    '',
    'x',
    'nodes:1:1',
    `nodes:${'a'.repeat(24)}:-1`,
    `nodes:${'a'.repeat(24)}:1e9`,
    `${leafSubject(about(1))}\n`,
  ])('anything else (%j) is none', (subject) => {
    expect(parseLeafSubject(subject)).toBeNull();
  });
});

test('what is kept comes back with its dates and bytes', () => {
  const leaves = toLeaves(
    page('at', {
      text: [[{ time: new Date(5), style: 'full' }, ' then']],
      files: [{ name: 'graph.png', data: new Uint8Array([1, 2, 255]) }],
    }),
  );
  expect(unpackLeaves(packLeaves(leaves))).toEqual(leaves);
});

test('what an older version kept counts as gone', () => {
  expect(unpackLeaves('{"version":0,"leaves":{}}')).toBeNull();
});
