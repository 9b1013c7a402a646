// What the short reply to a card says that rings: pure, from the incident to the message.
import { shortened } from '../lib/shortened.ts';
import type { Message, Run } from '../message.ts';
import { type Incident, type RingReason, type Severity, severityRank, worstSeverity } from './incident.ts';
import { incidentHeadline } from './message.ts';
import { audible } from './ring.ts';

/** Before all else, so that it survives where a long line is cut. */
const leads: Record<RingReason, string> = {
  worse: 'got worse: ',
  repeated: 'nobody has acknowledged it: ',
  reopened: 'again: ',
  'another alert': 'new: ',
  'no longer silenced': 'no longer silenced: ',
  'no longer inhibited': 'no longer inhibited: ',
  'not acknowledged': 'still not acknowledged: ',
  resolved: '',
};

/** The card holds all of it. */
const longest = 180;

/** Undefined where the incident has nothing (any more) to ring about. */
export function ringMessage(incident: Incident): Message | undefined {
  const { ring } = incident;
  if (ring === undefined || (incident.closedAt !== null) !== (ring.reason === 'resolved')) return undefined;
  if (incident.acknowledged !== undefined && ringsForNobody(ring.reason)) return undefined;
  if (incident.closedAt === null && audible(incident).length === 0) return undefined;
  if (ring.reason === 'worse' && isBetter(incident, ring.severity)) return undefined;
  const { line, tone } = incidentHeadline(incident, leads[ring.reason]);
  return { headline: [shortened(line, longest), ...sinceWhen(incident, ring.reason)], tone };
}

/** What it had got worse by is over. */
function isBetter(incident: Incident, severity: Severity | undefined): boolean {
  return severity !== undefined && severityRank(worstSeverity(audible(incident))) > severityRank(severity);
}

/** How long it has gone on, where that is why it rings. */
function sinceWhen(incident: Incident, reason: RingReason): readonly Run[] {
  if (!ringsForNobody(reason)) return [];
  const starts = audible(incident)
    .map((alert) => alert.startsAt)
    .filter((at) => at > 0);
  if (starts.length === 0) return [];
  return [' (began ', { time: new Date(Math.min(...starts)), style: 'relative' }, ')'];
}

/** Whether it rings because nobody has acknowledged it. */
function ringsForNobody(reason: RingReason): boolean {
  return reason === 'repeated' || reason === 'not acknowledged';
}
