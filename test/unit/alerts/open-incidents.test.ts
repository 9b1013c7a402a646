// Reading all that is open, however much it is.
import { expect, test } from '@jest/globals';
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { eachOpen } from '../../../src/alerts/open-incidents.ts';
import { notification, t0 } from './notifications.ts';

/** Answers at once, as the database does. */
function storeOf(count: number) {
  const merged = merge(undefined, notification([{}]), t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  const { incident } = merged;
  const all = Array.from({ length: count }, (_, index) => ({ ...incident, id: String(index).padStart(20, '0') }));
  return { openAfter: async (id: string, limit: number) => all.filter((one) => one.id > id).slice(0, limit) };
}

async function idsOf(incidents: AsyncGenerator<Incident>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of incidents) ids.push(id);
  return ids;
}

const { signal } = new AbortController();

test.each([0, 1, 99, 100, 101, 250])('%i open incidents are all read, each once and in order', async (count) => {
  const ids = await idsOf(eachOpen(storeOf(count), signal));
  expect(ids).toEqual(Array.from({ length: count }, (_, index) => String(index).padStart(20, '0')));
});

test('others have their turn while they are read', async () => {
  let turns = 0;
  for await (const _ of eachOpen(storeOf(3), signal)) {
    setImmediate(() => {
      turns += 1;
    });
    // As long as the work on a large incident takes.
    for (const until = performance.now() + 15; performance.now() < until; );
  }
  expect(turns).toBeGreaterThan(0);
});

test('whoever reads may leave', async () => {
  const leaving = new AbortController();
  const reading = eachOpen(storeOf(3), leaving.signal);
  await reading.next();
  leaving.abort(new Error('left'));
  await expect(reading.next()).rejects.toThrow('left');
});
