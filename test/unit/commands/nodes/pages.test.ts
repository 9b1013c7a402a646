// Groups of lines on pages.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lineLength, paginate } from '../../../../commands/nodes/pages.ts';

test('nothing is one empty page', () => {
  expect(paginate([])).toEqual([[]]);
});

test('groups stay whole, with an empty line between two', () => {
  expect(paginate([['a', 'b'], ['c']])).toEqual([['a', 'b', '', 'c']]);
  expect(paginate([['a', 'b'], ['c']], 'no gap')).toEqual([['a', 'b', 'c']]);
});

test('every line is on exactly one page, in order, and no page but one of a single group is long', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 5 })),
      (groups) => {
        const pages = paginate(groups, 'no gap');
        expect(pages.flat()).toEqual(groups.flat());
        for (const page of pages) {
          const length = page.reduce((sum, line) => sum + lineLength(line) + 1, 0);
          expect(length <= 1800 || groups.some((group) => group.length === page.length)).toBe(true);
        }
      },
    ),
  );
});

test('markup counts, and an array of runs is the sum of them', () => {
  expect(lineLength(['ab', { bold: 'c' }, { code: 'd' }])).toBe(2 + 5 + 3);
  expect(lineLength({ link: 'ab', url: 'http://x' })).toBe(14);
});
