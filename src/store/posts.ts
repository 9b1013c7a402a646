// Queries about posts: messages that are cards as they stand.
import type { Transaction } from 'kysely';
import { pack, unpack } from '../lib/json.ts';
import type { Message } from '../message.ts';
import type { Reader, Store } from './store.ts';
import type { Tables } from './tables.ts';

export async function readPost(db: Reader, id: string): Promise<Message | undefined> {
  const row = await db.selectFrom('posts').select('message').where('id', '=', id).executeTakeFirst();
  // Written by `writePost` alone, so that it is read as it was written.
  return row && (unpack(row.message) as Message);
}

export async function writePost(tx: Transaction<Tables>, id: string, at: number, message: Message): Promise<void> {
  await tx
    .insertInto('posts')
    .values({ id, at, message: JSON.stringify(message) })
    .execute();
}

/** Removes posts older than `before` (milliseconds since 1970) that are shown, with their cards, at most 500 at a time. */
export async function removeOldPosts(store: Store, before: number): Promise<number> {
  return store.commit(async (tx) => {
    const old = await tx
      .selectFrom('posts')
      .innerJoin('cards', 'cards.id', 'posts.id')
      .select('posts.id')
      .where('at', '<', before)
      .whereRef('shown_revision', '>=', 'revision')
      .limit(500)
      .execute();
    const ids = old.map((row) => row.id);
    if (ids.length === 0) return 0;
    await tx.deleteFrom('posts').where('id', 'in', ids).execute();
    await tx.deleteFrom('cards').where('id', 'in', ids).execute();
    return ids.length;
  });
}
