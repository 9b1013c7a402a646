// Queries about incidents.
import { sql } from 'kysely';
import type { AlertStore } from '../alerts/alerts.ts';
import type { EscalationStore } from '../alerts/escalations.ts';
import type { Incident } from '../alerts/incident.ts';
import type { ReconcilerStore } from '../alerts/reconciler.ts';
import { reviewRing, wantCard, wantRing } from './cards.ts';
import { toIncident } from './incident-rows.ts';
import type { Reader, Store } from './store.ts';

export function alertStore(store: Store): AlertStore & ReconcilerStore & EscalationStore {
  return {
    change: (work) =>
      store.commit((tx) =>
        work({
          latest: (receiver, groupKey) => latestIncident(tx, receiver, groupKey),
          provisional: (...asked) => provisionalIncident(tx, ...asked),
          newestOf: (receiver, groupLabels) => newestOf(tx, receiver, groupLabels),
          read: (id) => readIncident(tx, id),
          called: async (receiver, at) => {
            await tx
              .insertInto('receivers')
              .values({ name: receiver, called_at: at })
              .onConflict((conflict) => conflict.column('name').doNothing())
              .execute();
          },
          write: (incident, escalateAt) => writeIncident(tx, incident, escalateAt),
          want: (card) => wantCard(tx, card),
          ring: (ring) => wantRing(tx, ring),
          reviewRing: (id, priority) => reviewRing(tx, id, priority),
        }),
      ),
    latest: (receiver, groupKey) => latestIncident(store.db, receiver, groupKey),
    provisional: (...asked) => provisionalIncident(store.db, ...asked),
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
    async openAfter(id, limit) {
      const rows = await store.db
        .selectFrom('incidents')
        .select('state')
        .where('closed_at', 'is', null)
        .where('id', '>', id)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map((row) => toIncident(row.state));
    },
    async escalations(limit) {
      const rows = await store.db
        .selectFrom('incidents')
        .select(['id', 'escalate_at as at'])
        .where('escalate_at', 'is not', null)
        .orderBy('escalate_at')
        .limit(limit)
        .execute();
      return rows.flatMap(({ id, at }) => (at === null ? [] : [{ id, at }]));
    },
    async callers() {
      const rows = await store.db.selectFrom('receivers').select('name').limit(mostReceivers).execute();
      return rows.map((row) => row.name);
    },
  };
}

/** Of a homelab's handful; more are not looked after. */
const mostReceivers = 1000;

/** What `group_key` begins with where no notification has told of the group; `alerts/incident.ts` makes them. */
const provisionalPrefix = 'provisional:';
const afterProvisional = 'provisional;';

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

async function provisionalIncident(
  db: Reader,
  receiver: string,
  key: string,
  fingerprints: readonly string[],
): Promise<Incident | undefined> {
  const own = sql<boolean>`group_key = ${key}`;
  const holds = sql<boolean>`exists (select 1 from json_each(incidents.state, '$.alerts') as alert
    where alert.value ->> '$.fingerprint' in (select value from json_each(${JSON.stringify(fingerprints)})))`;
  const row = await db
    .selectFrom('incidents')
    .select('state')
    .where('receiver', '=', receiver)
    // A range, which the index answers; the next character after the colon is the semicolon.
    .where('group_key', '>=', provisionalPrefix)
    .where('group_key', '<', afterProvisional)
    .where((eb) => eb.or([own, holds]))
    .orderBy(own, 'desc')
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toIncident(row.state);
}

async function newestOf(
  db: Reader,
  receiver: string,
  groupLabels: Incident['groupLabels'],
): Promise<Incident | undefined> {
  const row = await db
    .selectFrom('incidents')
    .select('state')
    .where('receiver', '=', receiver)
    // Both sides are spelt by SQLite; their order is Go's, in notifications and in the list.
    .where(sql<boolean>`json(state -> '$.groupLabels') = json(${JSON.stringify(groupLabels)})`)
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toIncident(row.state);
}

async function readIncident(db: Reader, id: string): Promise<Incident | undefined> {
  const row = await db.selectFrom('incidents').select('state').where('id', '=', id).executeTakeFirst();
  return row && toIncident(row.state);
}

async function writeIncident(db: Reader, incident: Incident, escalateAt: number | null): Promise<void> {
  const state = JSON.stringify(incident);
  await db
    .insertInto('incidents')
    .values({
      id: incident.id,
      receiver: incident.receiver,
      group_key: incident.groupKey,
      opened_at: incident.openedAt,
      closed_at: incident.closedAt,
      escalate_at: escalateAt,
      state,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        group_key: incident.groupKey,
        closed_at: incident.closedAt,
        escalate_at: escalateAt,
        state,
      }),
    )
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
    await tx
      .deleteFrom('cards')
      .where((eb) => eb.or([eb('id', 'in', ids), eb('reply_to', 'in', ids)]))
      .execute();
    return ids.length;
  });
}
