// An incident as it is stored: in its row, and what is more than hundreds of alerts in rows of their own, so that no text of megabytes is ever made.
import { sql } from 'kysely';
import type { Incident, KnownAlert } from '../alerts/incident.ts';
import { createTurns } from '../lib/turns.ts';
import { prepared } from './prepared.ts';
import type { Reader } from './store.ts';

/** Alerts in one row. */
const perRow = 200;

/** What is read of the table `incidents`. */
export const stateColumns = ['id', 'state', 'parts'] as const;

export interface StoredState {
  readonly id: string;
  readonly state: string;
  readonly parts: number;
}

/** Undefined where it was removed meanwhile. */
export async function toIncident(db: Reader, { id, state, parts }: StoredState): Promise<Incident | undefined> {
  if (parts === 0) return parse<Incident>(state);
  // In one statement, so that all of it is of one moment.
  const { rows } = await sql<{ json: string }>`
    select json from (
      select -1 as part, state as json from incidents where id = ${id}
      union all select part, alerts from incident_parts where incident_id = ${id}
    ) order by part`.execute(db);
  const first = rows.shift();
  if (first === undefined) return undefined;
  const incident = parse<Incident>(first.json);
  const alerts = [...incident.alerts];
  const turn = createTurns();
  for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
    alerts.push(...parse<KnownAlert[]>(row.json));
    await turn();
  }
  return { ...incident, alerts };
}

export async function toIncidents(db: Reader, rows: readonly StoredState[]): Promise<readonly Incident[]> {
  const incidents: Incident[] = [];
  for (const row of rows) {
    const incident = await toIncident(db, row);
    if (incident !== undefined) incidents.push(incident);
  }
  return incidents;
}

interface IncidentRow extends Record<string, string | number | null> {
  readonly id: string;
  readonly receiver: string;
  readonly openedAt: number;
  readonly groupKey: string;
  readonly closedAt: number | null;
  readonly escalateAt: number | null;
  readonly state: string;
  readonly parts: number;
}

const upsertIncident = prepared((db, row: IncidentRow) => {
  const changing = {
    group_key: row.groupKey,
    closed_at: row.closedAt,
    escalate_at: row.escalateAt,
    state: row.state,
    parts: row.parts,
  };
  return db
    .insertInto('incidents')
    .values({ id: row.id, receiver: row.receiver, opened_at: row.openedAt, ...changing })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changing));
});

/** @param alertsStored true where its alerts are known to be stored as they are. */
export async function writeIncident(
  db: Reader,
  incident: Incident,
  options: { readonly escalateAt: number | null; readonly alertsStored: boolean },
): Promise<void> {
  const { alerts } = incident;
  const parts = Math.max(0, Math.ceil(alerts.length / perRow) - 1);
  await upsertIncident(db, {
    id: incident.id,
    receiver: incident.receiver,
    openedAt: incident.openedAt,
    groupKey: incident.groupKey,
    closedAt: incident.closedAt,
    escalateAt: options.escalateAt,
    state: JSON.stringify(parts === 0 ? incident : { ...incident, alerts: alerts.slice(0, perRow) }),
    parts,
  });
  if (options.alertsStored) return;
  const turn = createTurns();
  for (let part = 0; part < parts; part += 1) {
    const json = JSON.stringify(alerts.slice((part + 1) * perRow, (part + 2) * perRow));
    await db
      .insertInto('incident_parts')
      .values({ incident_id: incident.id, part, alerts: json })
      .onConflict((conflict) => conflict.columns(['incident_id', 'part']).doUpdateSet({ alerts: json }))
      .execute();
    await turn();
  }
}

// Written by this file alone, so that it is read as it was written.
function parse<T>(json: string): T {
  return JSON.parse(json) as T;
}
