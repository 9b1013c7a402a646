// What was rendered before a commit is applied after it only where the commit holds exactly that.
import { expect, test } from '@jest/globals';
import { createPreviews } from '../../../src/deploys/previews.ts';
import type { PlacedChange } from '../../../src/repository/repository.ts';

const rendered = { parent: 'a'.repeat(40), tag: '77aa0b1', manifest: 'kind: Deployment\n' };
const change: PlacedChange = {
  commit: 'b'.repeat(40),
  parent: rendered.parent,
  at: new Date(0),
  from: '3f2c1a9',
  to: '77aa0b1',
  person: null,
  reason: null,
  operation: null,
  reverts: [],
};

test('a commit on what was rendered gets these bytes, once', () => {
  const previews = createPreviews();
  previews.keep('shop', rendered);
  expect(previews.take('shop', change)).toBe(rendered.manifest);
  expect(previews.take('shop', change)).toBeNull();
});

test.each([
  ['somebody else was faster', { parent: 'c'.repeat(40) }],
  ['it was there already', { parent: null }],
  ['it sets another tag', { to: '3f2c1a9' }],
])('a commit is rendered anew where %s', (_name, other) => {
  const previews = createPreviews();
  previews.keep('shop', rendered);
  expect(previews.take('shop', { ...change, ...other })).toBeNull();
});

test('an app never gets what was rendered for another', () => {
  const previews = createPreviews();
  previews.keep('shop', rendered);
  expect(previews.take('blog', change)).toBeNull();
  expect(previews.take('shop', change)).toBe(rendered.manifest);
});
