// Queries about incidents.
import type { AlertStore } from '../alerts/alerts.ts';
import type { Incident } from '../alerts/incident.ts';
import { wantCard } from './cards.ts';
import type { Reader, Store } from './store.ts';

export function alertStore(store: Store): AlertStore {
  return {
    change: (work) =>
      store.commit((tx) =>
        work({
          latest: (receiver, groupKey) => latestIncident(tx, receiver, groupKey),
          write: (incident) => writeIncident(tx, incident),
          want: (card) => wantCard(tx, card),
        }),
      ),
    latest: (receiver, groupKey) => latestIncident(store.db, receiver, groupKey),
    read: (id) => readIncident(store.db, id),
    async open(limit) {
      const rows = await store.db
        .selectFrom('incidents')
        .select('state')
        .where('closed_at', 'is', null)
        .limit(limit)
        .execute();
      return rows.map((row) => toIncident(row.state));
    },
  };
}

/** The newest incident of an alert group, open or closed. */
async function latestIncident(db: Reader, receiver: string, groupKey: string): Promise<Incident | undefined> {
  const row = await db
    .selectFrom('incidents')
    .select('state')
    .where('receiver', '=', receiver)
    .where('group_key', '=', groupKey)
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toIncident(row.state);
}

async function readIncident(db: Reader, id: string): Promise<Incident | undefined> {
  const row = await db.selectFrom('incidents').select('state').where('id', '=', id).executeTakeFirst();
  return row && toIncident(row.state);
}

async function writeIncident(db: Reader, incident: Incident): Promise<void> {
  const state = JSON.stringify(incident);
  await db
    .insertInto('incidents')
    .values({
      id: incident.id,
      receiver: incident.receiver,
      group_key: incident.groupKey,
      opened_at: incident.openedAt,
      closed_at: incident.closedAt,
      state,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ closed_at: incident.closedAt, state }))
    .execute();
}

/** Removes incidents that ended before `before` (milliseconds since 1970) and are shown so, at most 500 at a time, with their cards. */
export async function removeEndedIncidents(store: Store, before: number): Promise<number> {
  return store.commit(async (tx) => {
    const old = await tx
      .selectFrom('incidents')
      .innerJoin('cards', 'cards.id', 'incidents.id')
      .select('incidents.id')
      .where('closed_at', '<', before)
      .whereRef('shown_revision', '>=', 'revision')
      .limit(500)
      .execute();
    const ids = old.map((row) => row.id);
    if (ids.length === 0) return 0;
    await tx.deleteFrom('incidents').where('id', 'in', ids).execute();
    await tx.deleteFrom('cards').where('id', 'in', ids).execute();
    return ids.length;
  });
}

// Written by this file alone, so that it is read as it was written.
function toIncident(state: string): Incident {
  return JSON.parse(state) as Incident;
}
