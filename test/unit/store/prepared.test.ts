// Queries that are built once, on a real database.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openStore } from '../../../src/store/database.ts';
import { prepared } from '../../../src/store/prepared.ts';

test('a query is built once, and run each time with the values that it is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'homelab-store-'));
  const store = await openStore({
    path: join(folder, 'bot.db'),
    log: pino({ level: 'silent' }),
    now: () => new Date(),
  });
  try {
    let built = 0;
    const add = prepared((db, row: { name: string; at: number }) => {
      built += 1;
      return db.insertInto('receivers').values({ name: row.name, called_at: row.at });
    });
    const since = prepared((db, { at }: { at: number | null }) =>
      db.selectFrom('receivers').select('name').where('called_at', '>=', at).orderBy('name'),
    );
    for (const [index, name] of ['a', "b'; drop table receivers", '\u0000?1 $name'].entries())
      await store.commit((tx) => add(tx, { name, at: index }));
    expect(built).toBe(1);
    expect(await since(store.db, { at: 1 })).toEqual([
      { name: '\u0000?1 $name' },
      { name: "b'; drop table receivers" },
    ]);
    expect(await since(store.db, { at: 2 })).toHaveLength(1);
    expect(await since(store.db, { at: null })).toEqual([]);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});
