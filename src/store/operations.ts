// Queries about operations; an app has at most one that has not ended, which is its lock.
import type { Transaction } from 'kysely';
import type { WantedCard } from '../cards/card.ts';
import type { Operation, Requester } from '../operations/operation.ts';
import type { OperationStore } from '../operations/store.ts';
import { appendRow } from './audit.ts';
import { wantCard } from './cards.ts';
import { addPost } from './posts.ts';
import type { Reader, Store } from './store.ts';
import type { Tables } from './tables.ts';

export function operationStore(store: Store): OperationStore {
  return {
    begin: (operation, card) =>
      store.commit(async (tx) => {
        const running = await runningOf(tx, operation.app);
        if (running !== undefined) return { kind: 'busy', running } as const;
        await tx.insertInto('operations').values(toRow(operation)).execute();
        await wantCard(tx, card);
        return { kind: 'begun' } as const;
      }),
    save: (operation, card) => store.commit((tx) => save(tx, operation, card)),
    end: (operation, card, { row, post }) =>
      store.commit(async (tx) => {
        await save(tx, operation, card);
        await appendRow(tx, row);
        if (post !== null) await addPost(tx, post);
      }),
    askAbort: (id, by) =>
      store.commit(async (tx) => {
        const changed = await tx
          .updateTable('operations')
          .set({ abort_asked_by: JSON.stringify(by) })
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .executeTakeFirst();
        return Number(changed.numUpdatedRows) > 0;
      }),
    async read(id) {
      const row = await store.db.selectFrom('operations').select('state').where('id', '=', id).executeTakeFirst();
      return row && toOperation(row.state);
    },
    async unfinished() {
      const rows = await store.db
        .selectFrom('operations')
        .select(['state', 'abort_asked_by'])
        .where('ended_at', 'is', null)
        .orderBy('started_at')
        .execute();
      return rows.map(({ state, abort_asked_by: by }) => ({
        operation: toOperation(state),
        abortAskedBy: by === null ? null : (JSON.parse(by) as Requester),
      }));
    },
    running: (app) => runningOf(store.db, app),
    async recent(app, limit) {
      const rows = await store.db
        .selectFrom('operations')
        .select('state')
        .where('app', '=', app)
        .where('ended_at', 'is not', null)
        .orderBy('started_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => toOperation(row.state));
    },
  };
}

async function save(tx: Transaction<Tables>, operation: Operation, card: WantedCard): Promise<void> {
  const { id, ...row } = toRow(operation);
  await tx.updateTable('operations').set(row).where('id', '=', id).execute();
  await wantCard(tx, card);
}

async function runningOf(db: Reader, app: string): Promise<Operation | undefined> {
  const row = await db
    .selectFrom('operations')
    .select('state')
    .where('app', '=', app)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row && toOperation(row.state);
}

function toRow(operation: Operation) {
  return {
    id: operation.id,
    kind: operation.kind,
    app: operation.app,
    started_at: operation.startedAt,
    ended_at: operation.endedAt,
    state: JSON.stringify(operation),
  };
}

// Written by this file alone, so that it is read as it was written.
function toOperation(state: string): Operation {
  return JSON.parse(state) as Operation;
}

/** Removes operations that ended before `before` (milliseconds since 1970) and are shown so, at most 500 at a time, with their cards. */
export async function removeEndedOperations(store: Store, before: number): Promise<number> {
  return store.commit(async (tx) => {
    const old = await tx
      .selectFrom('operations')
      .innerJoin('cards', 'cards.id', 'operations.id')
      .select('operations.id')
      .where('ended_at', '<', before)
      .whereRef('shown_revision', '>=', 'revision')
      .limit(500)
      .execute();
    const ids = old.map((row) => row.id);
    if (ids.length === 0) return 0;
    await tx.deleteFrom('operations').where('id', 'in', ids).execute();
    await tx.deleteFrom('cards').where('id', 'in', ids).execute();
    return ids.length;
  });
}
