// Queries about posts: messages that are cards as they stand.
import type { Transaction } from 'kysely';
import type { PostStore, StoredPost } from '../cards/posts.ts';
import { pack, unpack } from '../lib/json.ts';
import type { Message } from '../message.ts';
import { wantCard } from './cards.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

export function postStore(store: Store): PostStore {
  return {
    add: (post) => store.commit((tx) => addPost(tx, post)),
    async read(id) {
      const row = await store.db.selectFrom('posts').select('message').where('id', '=', id).executeTakeFirst();
      // Written by `add` alone, so that it is read as it was written.
      return row && (unpack(row.message) as Message);
    },
  };
}

/** Within the transaction of something else. */
export async function addPost(tx: Transaction<Tables>, { id, at, message, card }: StoredPost): Promise<void> {
  const added = await tx
    .insertInto('posts')
    .values({ id, at, message: pack(message) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (Number(added.numInsertedOrUpdatedRows ?? 0) > 0) await wantCard(tx, card);
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
