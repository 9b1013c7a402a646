// Names that someone may have meant.
import { expect, test } from '@jest/globals';
import { nearest } from '../../../src/cluster/nearest.ts';

const names = ['desktop-1', 'desktop-2', 'desktop-10', 'worker-db-01'];

test.each([
  ['dektop-2', ['desktop-2', 'desktop-1']],
  ['worker', ['worker-db-01']],
  ['db-01', ['worker-db-01']],
  ['WORKER-DB-1', ['worker-db-01']],
  ['kitchen-radio', []],
  ['', []],
])('%s is near %j', (typed, near) => {
  expect(nearest(typed, names)).toEqual(near);
});
