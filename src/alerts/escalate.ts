// Rings the next role for one incident, where that is due: once, and from memory where it cannot be written down.
import type { Logger } from 'pino';
import type { Held } from './held.ts';
import type { Incident } from './incident.ts';
import { escalationOf } from './ring.ts';
import { wantedRing } from './rings.ts';
import type { AlertStore } from './store.ts';
import { keyOf } from './taken.ts';
import { rung } from './turn.ts';

export interface EscalateOptions {
  readonly store: Pick<AlertStore, 'change' | 'read'>;
  readonly held: Pick<Held, 'settle' | 'all' | 'keep' | 'unsureSince'>;
  readonly publisher: { wake(channelId: string): void };
  /** Alertmanager's list no longer has it, and whether it is over is to be seen yet. */
  readonly isMissing: (incident: Incident) => boolean;
  readonly log: Logger;
  readonly now: () => Date;
}

type Outcome = 'rung' | 'done' | 'put off';

/** As `Alerts.escalate`. */
export function createEscalate(options: EscalateOptions): (incidentId: string) => Promise<'done' | 'put off'> {
  const { store, held, publisher, log, now } = options;

  async function written(incidentId: string): Promise<Outcome> {
    await held.settle(incidentId);
    const channelId = await store.change(async (tx) => {
      const incident = await tx.read(incidentId);
      if (incident === undefined) return null;
      const due = escalated(incident);
      if (due === 'put off') return due;
      const after = due ?? incident;
      await tx.write(after, escalationOf(after)?.at ?? null);
      const times = { now: now().getTime(), lookSince: held.unsureSince(incident) };
      return due === null ? null : tx.ring(wantedRing(after, 'not acknowledged', times));
    });
    if (channelId === 'put off') return channelId;
    if (channelId === null) return 'done';
    publisher.wake(channelId);
    return 'rung';
  }

  /** For as long as the store takes nothing nobody would be woken. */
  async function unwritten(incidentId: string, error: unknown): Promise<Outcome> {
    const inMemory = () => held.all().find(({ id }) => id === incidentId);
    const stored = inMemory() ?? (await store.read(incidentId));
    // A notification may have been faster.
    const incident = inMemory() ?? stored;
    if (incident === undefined) return 'done';
    const due = escalated(incident);
    if (due === null) return 'done';
    if (due === 'put off') return due;
    if (!(await held.keep(keyOf(incident), due, 'not acknowledged'))) throw error;
    return 'rung';
  }

  /** The incident once its next role is mentioned; null where that is not due (any more). */
  function escalated(incident: Incident): Incident | 'put off' | null {
    const time = now().getTime();
    if (incident.closedAt === null && options.isMissing(incident)) return 'put off';
    const escalation = escalationOf(incident);
    return escalation !== null && escalation.at <= time ? rung(incident, 'not acknowledged', time) : null;
  }

  return async (incidentId) => {
    const outcome = await written(incidentId).catch((error: unknown) => unwritten(incidentId, error));
    if (outcome !== 'rung') return outcome;
    log.info({ ref: incidentId }, 'Nobody acknowledged an incident in time: the next role is mentioned');
    return 'done';
  };
}
