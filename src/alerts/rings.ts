// The card of a ring, as an incident wants it.
import { priorities, type RungRing, ringId, type WantedRing } from '../cards/card.ts';
import { type Incident, type RingReason, worstSeverity } from './incident.ts';

/** The kind of these cards in the ledger. */
export const ringCard = 'ring';

/** @param times milliseconds since 1970; `lookSince` as in the ring. */
export function wantedRing(
  incident: Incident,
  reason: RingReason,
  { now, lookSince }: { readonly now: number; readonly lookSince: number | null },
): WantedRing {
  const { ringing } = incident;
  const isCritical = reason !== 'resolved' && worstSeverity(incident.alerts) === 'critical';
  return {
    id: ringId(incident.id),
    cardId: incident.id,
    kind: ringCard,
    // New cards of the same severity go first: nothing tells of those yet.
    priority: isCritical ? priorities.warning : priorities.notice,
    cardPriority: isCritical ? priorities.critical : priorities.warning,
    mentionRoles: (reason === 'not acknowledged' ? ringing?.escalate?.mention : ringing?.mention) ?? [],
    // The same whenever it is written down: it tells this ring from the one before.
    wantedAt: incident.ring?.at ?? now,
    lookSince,
  };
}

/** @param at milliseconds since 1970. */
export function rungRing(incidentId: string, messageId: string, at: number): RungRing {
  return { id: ringId(incidentId), cardId: incidentId, kind: ringCard, priority: priorities.refresh, messageId, at };
}
