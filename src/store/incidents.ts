// Queries about incidents.
import { sql } from 'kysely';
import type { EscalationStore } from '../alerts/escalations.ts';
import type { Incident } from '../alerts/incident.ts';
import type { ReconcilerStore } from '../alerts/reconciler.ts';
import type { AlertStore } from '../alerts/store.ts';
import { wantCard } from './cards.ts';
import { stateColumns, toIncident, toIncidents, writeIncident } from './incident-state.ts';
import { oneRow, prepared } from './prepared.ts';
import { noteRing, reviewRing, wantRing } from './rings.ts';
import type { Reader, Store } from './store.ts';

export function alertStore(store: Store): AlertStore & ReconcilerStore & EscalationStore {
  return {
    change: (work, meanwhile) =>
      store.commit((tx) => {
        /** By incident; what is given back as it was read needs no writing. */
        const stored = new Map<string, Incident['alerts']>();
        const noted = async (reading: Promise<Incident | undefined>): Promise<Incident | undefined> => {
          const incident = await reading;
          if (incident !== undefined) stored.set(incident.id, incident.alerts);
          return incident;
        };
        return work({
          latest: (receiver, groupKey) => noted(latestIncident(tx, receiver, groupKey)),
          provisional: (...asked) => noted(provisionalIncident(tx, ...asked)),
          newestOf: (receiver, groupLabels) => noted(newestOf(tx, receiver, groupLabels)),
          read: (id) => noted(readIncident(tx, id)),
          called: async (receiver, at) => {
            await tx
              .insertInto('receivers')
              .values({ name: receiver, called_at: at })
              .onConflict((conflict) => conflict.column('name').doNothing())
              .execute();
          },
          async write(incident, escalateAt) {
            const alertsStored = stored.get(incident.id) === incident.alerts;
            await writeIncident(tx, incident, { escalateAt, alertsStored });
            stored.set(incident.id, incident.alerts);
          },
          want: (card) => wantCard(tx, card),
          ring: (ring) => wantRing(tx, ring),
          rang: (rung) => noteRing(tx, rung),
          reviewRing: (id, priority) => reviewRing(tx, id, priority),
        });
      }, meanwhile),
    latest: (receiver, groupKey) => latestIncident(store.db, receiver, groupKey),
    provisional: (...asked) => provisionalIncident(store.db, ...asked),
    read: (id) => readIncident(store.db, id),
    async open(limit) {
      const rows = await store.db
        .selectFrom('incidents')
        .select(stateColumns)
        .where('closed_at', 'is', null)
        .limit(limit)
        .execute();
      return toIncidents(store.db, rows);
    },
    async openAfter(id, limit) {
      const rows = await store.db
        .selectFrom('incidents')
        .select(stateColumns)
        .where('closed_at', 'is', null)
        .where('id', '>', id)
        .orderBy('id')
        .limit(limit)
        .execute();
      return toIncidents(store.db, rows);
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

const latestOf = prepared((db, asked: { receiver: string; groupKey: string }) =>
  db
    .selectFrom('incidents')
    .select(stateColumns)
    .where('receiver', '=', asked.receiver)
    .where('group_key', '=', asked.groupKey)
    .orderBy('opened_at', 'desc')
    .limit(oneRow),
);

/** The newest incident of an alert group, open or closed. */
async function latestIncident(db: Reader, receiver: string, groupKey: string): Promise<Incident | undefined> {
  const [row] = await latestOf(db, { receiver, groupKey });
  return row && toIncident(db, row);
}

/** Cheap, since it is asked for every new group and hardly ever there is one. */
const anyProvisional = prepared((db, asked: { receiver: string }) =>
  db
    .selectFrom('incidents')
    .select('id')
    .where('receiver', '=', asked.receiver)
    // A range, which the index answers; the next character after the colon is the semicolon.
    .where('group_key', '>=', provisionalPrefix)
    .where('group_key', '<', afterProvisional)
    .limit(oneRow),
);

interface ProvisionalAsked extends Record<string, string> {
  readonly receiver: string;
  readonly key: string;
  /** As a JSON list. */
  readonly fingerprints: string;
}

const provisionalOf = prepared((db, asked: ProvisionalAsked) => {
  const own = sql<boolean>`group_key = ${asked.key}`;
  const fingerprints = sql`(select value from json_each(${asked.fingerprints}))`;
  const holds = sql<boolean>`(exists (select 1 from json_each(incidents.state, '$.alerts') as alert
      where alert.value ->> '$.fingerprint' in ${fingerprints})
    or exists (select 1 from incident_parts, json_each(incident_parts.alerts) as alert
      where incident_id = incidents.id and alert.value ->> '$.fingerprint' in ${fingerprints}))`;
  return db
    .selectFrom('incidents')
    .select(stateColumns)
    .where('receiver', '=', asked.receiver)
    .where('group_key', '>=', provisionalPrefix)
    .where('group_key', '<', afterProvisional)
    .where((eb) => eb.or([own, holds]))
    .orderBy(own, 'desc')
    .orderBy('opened_at', 'desc')
    .limit(oneRow);
});

async function provisionalIncident(
  db: Reader,
  receiver: string,
  key: string,
  fingerprints: readonly string[],
): Promise<Incident | undefined> {
  if ((await anyProvisional(db, { receiver })).length === 0) return undefined;
  const [row] = await provisionalOf(db, { receiver, key, fingerprints: JSON.stringify(fingerprints) });
  return row && toIncident(db, row);
}

async function newestOf(
  db: Reader,
  receiver: string,
  groupLabels: Incident['groupLabels'],
): Promise<Incident | undefined> {
  const row = await db
    .selectFrom('incidents')
    .select(stateColumns)
    .where('receiver', '=', receiver)
    // Both sides are spelt by SQLite; their order is Go's, in notifications and in the list.
    .where(sql<boolean>`json(state -> '$.groupLabels') = json(${JSON.stringify(groupLabels)})`)
    .orderBy('opened_at', 'desc')
    .limit(oneRow)
    .executeTakeFirst();
  return row && toIncident(db, row);
}

const stateOf = prepared((db, asked: { id: string }) =>
  db.selectFrom('incidents').select(stateColumns).where('id', '=', asked.id),
);

async function readIncident(db: Reader, id: string): Promise<Incident | undefined> {
  const [row] = await stateOf(db, { id });
  return row && toIncident(db, row);
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
