// Queries about the Watchdog: when it was last seen, and the times for which it was missing.
import type { Transaction } from 'kysely';
import type { Absence, Watch } from '../alerts/absence.ts';
import type { WatchdogStore } from '../alerts/watchdog.ts';
import { wantCard } from './cards.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

export function watchdogStore(store: Store): WatchdogStore {
  return {
    async load(alertname) {
      const row = await store.db
        .selectFrom('watches')
        .selectAll()
        .where('alertname', '=', alertname)
        .executeTakeFirst();
      const open = await store.db.selectFrom('absences').select('state').where('over_at', 'is', null).execute();
      const watch = row && { alertname, since: row.since, seenAt: row.seen_at, endedAt: row.ended_at };
      return { watch: watch ?? null, open: open.map(({ state }) => toAbsence(state)) };
    },
    async readAbsence(id) {
      const row = await store.db.selectFrom('absences').select('state').where('id', '=', id).executeTakeFirst();
      return row && toAbsence(row.state);
    },
    writeWatch: (watch) => store.commit((tx) => writeWatch(tx, watch)),
    writeAbsence: (watch, absence, card) =>
      store.commit(async (tx) => {
        if (watch !== null) await writeWatch(tx, watch);
        const values = { over_at: absence.over?.at ?? null, state: JSON.stringify(absence) };
        await tx
          .insertInto('absences')
          .values({ id: absence.id, ...values })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
          .execute();
        return (await wantCard(tx, card)).channelId;
      }),
  };
}

async function writeWatch(tx: Transaction<Tables>, { alertname, since, seenAt, endedAt }: Watch): Promise<void> {
  const values = { since, seen_at: seenAt, ended_at: endedAt };
  await tx
    .insertInto('watches')
    .values({ alertname, ...values })
    .onConflict((conflict) => conflict.column('alertname').doUpdateSet(values))
    .execute();
}

/** Removes absences that were over before `before` (milliseconds since 1970) and are shown so, with their cards, at most 500 at a time. */
export async function removeOldAbsences(store: Store, before: number): Promise<number> {
  return store.commit(async (tx) => {
    const old = await tx
      .selectFrom('absences')
      .innerJoin('cards', 'cards.id', 'absences.id')
      .select('absences.id')
      .where('over_at', '<', before)
      .whereRef('shown_revision', '>=', 'revision')
      .limit(500)
      .execute();
    const ids = old.map((row) => row.id);
    if (ids.length === 0) return 0;
    await tx.deleteFrom('absences').where('id', 'in', ids).execute();
    await tx.deleteFrom('cards').where('id', 'in', ids).execute();
    return ids.length;
  });
}

// Written by this file alone, so that it is read as it was written.
function toAbsence(state: string): Absence {
  return JSON.parse(state) as Absence;
}
