// /alerts: what fires, what somebody takes care of, what is silenced.
import { z } from 'zod';
import { worstSeverity } from '../src/alerts/incident.ts';
import { command } from '../src/dispatch/command.ts';
import { mentions } from './alerts/filter.ts';
import { answerOf } from './alerts/list.ts';
import { type Row, rowOf } from './alerts/row.ts';

/** Twice a storm's worth; a list of more would be no help. */
const most = 20_000;

export const alerts = command({
  name: 'alerts',
  summary: 'Lists what fires, what somebody has acknowledged, and what is silenced',
  level: 'viewer',
  options: {
    severity: {
      description: 'Only these',
      type: 'string',
      required: false,
      choices: ['critical', 'warning', 'info', 'none'].map((value) => ({ name: value, value })),
      schema: z.enum(['critical', 'warning', 'info', 'none']),
    },
    filter: {
      description: 'Only those in whose labels or texts this stands, for example node=desktop-3',
      type: 'string',
      required: false,
      schema: z.string().trim().max(100),
    },
  },
  async *run({ alerts: known, signal, now }, { severity, filter }) {
    const rows: Row[] = [];
    let all = 0;
    for await (const incident of known.open(signal)) {
      all += 1;
      if (severity !== undefined && worstSeverity(incident.alerts) !== severity) continue;
      if (filter !== undefined && !mentions(incident, filter)) continue;
      if (rows.length < most) rows.push(rowOf(incident, { now: now().getTime(), timezone: known.timezone }));
    }
    yield await answerOf({ rows, all, doubt: known.doubt(), addressOf: known.addressOf });
  },
});
