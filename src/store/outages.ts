// Queries about the time without Discord: the one that lasts.
import type { OutageStore } from '../cards/outage.ts';
import { addPost } from './posts.ts';
import type { Store } from './store.ts';

export function outageStore(store: Store): OutageStore {
  return {
    async read() {
      return (await store.db.selectFrom('outages').select(['since', 'ms']).executeTakeFirst()) ?? null;
    },
    write: (outage, posts) =>
      store.commit(async (tx) => {
        await tx.deleteFrom('outages').execute();
        if (outage !== null) await tx.insertInto('outages').values({ since: outage.since, ms: outage.ms }).execute();
        for (const post of posts) await addPost(tx, post);
      }),
  };
}
