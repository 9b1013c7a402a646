// The audit trail's rows; nothing here changes one.
import type { Transaction } from 'kysely';
import type { AuditRow, AuditRows } from '../audit/audit.ts';
import type { Trail } from '../audit/trail.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

export function auditRows(store: Store): AuditRows {
  return {
    append: (row, forgetBefore) =>
      store.commit(async (tx) => {
        await tx.deleteFrom('audit').where('at', '<', forgetBefore.getTime()).execute();
        await appendRow(tx, row);
      }),
  };
}

/** Within the transaction of something else. */
export async function appendRow(tx: Transaction<Tables>, row: AuditRow): Promise<void> {
  await tx
    .insertInto('audit')
    .values({
      at: row.at.getTime(),
      reference: row.reference,
      phase: row.phase,
      person_id: row.personId,
      username: row.username,
      channel_id: row.channelId,
      action: row.action,
      target: row.target,
      level: row.level,
      reason: row.reason,
      approver: null,
      outcome: row.outcome,
      duration_ms: row.durationMs,
    })
    .execute();
}

export function auditTrail(store: Store): Trail {
  return {
    async find({ person, action, since }, limit) {
      let query = store.db.selectFrom('audit').selectAll().where('at', '>=', since.getTime());
      if (person !== undefined)
        query = query.where((eb) => eb.or([eb('username', '=', person), eb('person_id', '=', person)]));
      if (action !== undefined)
        query = query.where((eb) => eb.or([eb('action', '=', action), eb('action', 'like', `% ${action}`)]));
      const rows = await query.orderBy('id', 'desc').limit(limit).execute();
      return rows.map((row) => ({
        at: new Date(row.at),
        reference: row.reference,
        phase: row.phase,
        personId: row.person_id,
        username: row.username,
        channelId: row.channel_id,
        action: row.action,
        target: row.target,
        reason: row.reason,
        // Written by `auditRows` alone.
        level: row.level as AuditRow['level'],
        outcome: row.outcome,
        durationMs: row.duration_ms,
      }));
    },
  };
}
