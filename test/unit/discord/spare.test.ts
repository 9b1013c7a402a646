// What is left of a route's limit when it nears its end, as the answers of that route tell.
import { expect, test } from '@jest/globals';
import { createSpare } from '../../../src/discord/spare.ts';

const route = 'GET /channels/1/messages';

function answer(remaining: number, resetAfter: number): Headers {
  return new Headers({ 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset-after': String(resetAfter) });
}

test('a route that is nearly used up is left alone until it is free again; the clock set back makes nobody wait', () => {
  let now = 1_000;
  const spare = createSpare(() => now);
  expect(spare.waitMs(route)).toBe(0);
  spare.note(route, answer(4, 5));
  expect(spare.waitMs(route)).toBe(0);
  spare.note(route, answer(3, 5));
  now = 2_000;
  expect(spare.waitMs(route)).toBe(4_000);
  now = 500;
  expect(spare.waitMs(route)).toBe(0);
});

test('answers of a route that is never asked sparingly are not kept', () => {
  const spare = createSpare(() => 1_000);
  spare.note(route, answer(0, 5));
  expect(spare.waitMs(route)).toBe(0);
});
