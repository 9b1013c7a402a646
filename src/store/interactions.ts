// Which interactions were taken, so that a replayed one does nothing twice, also after a restart.
import type { InteractionMemory } from '../dispatch/memory.ts';
import type { Store } from './store.ts';

/** @param options.keepMs how long an id is remembered, in milliseconds. */
export function interactionMemory(store: Store, options: { keepMs: number }): InteractionMemory {
  return {
    remember: (id, at) =>
      store.commit(async (tx) => {
        await tx
          .deleteFrom('interactions')
          .where('at', '<', at.getTime() - options.keepMs)
          .execute();
        const result = await tx
          .insertInto('interactions')
          .values({ id, at: at.getTime() })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirst();
        return Number(result.numInsertedOrUpdatedRows ?? 0) > 0;
      }),
  };
}
