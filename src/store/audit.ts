// The audit trail's rows; nothing here changes one.
import type { AuditRows } from '../audit/audit.ts';
import type { Store } from './store.ts';

export function auditRows(store: Store): AuditRows {
  return {
    append: (row, forgetBefore) =>
      store.commit(async (tx) => {
        await tx.deleteFrom('audit').where('at', '<', forgetBefore.getTime()).execute();
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
            reason: null,
            approver: null,
            outcome: row.outcome,
            duration_ms: row.durationMs,
          })
          .execute();
      }),
  };
}
