// /silence: keeps an alert quiet in Alertmanager, after its exact matchers were shown.
import { z } from 'zod';
import { boardName } from '../src/alerts/board.ts';
import type { Incident } from '../src/alerts/incident.ts';
import { incidentName } from '../src/alerts/message.ts';
import { proposalMessage } from '../src/alerts/silence-message.ts';
import { parseUntil } from '../src/alerts/silence-time.ts';
import { type CommandAlerts, command } from '../src/dispatch/command.ts';
import { UserError } from '../src/lib/user-error.ts';

/** Ids of incidents, as the suggestions give them. */
const idForm = /^[0-9a-f]{20}$/;

export const silence = command({
  name: 'silence',
  summary: 'Silences an alert in Alertmanager; shows the exact matchers before it is done',
  level: 'operator',
  personal: true,
  options: {
    alert: {
      description: 'The alert, from the suggestions or by its name',
      type: 'string',
      required: true,
      schema: z.string().trim().min(1).max(100),
      complete: (typed, { incidents }) =>
        incidents()
          .filter(({ name }) => hasWords(name, typed))
          .map(({ id, name }) => ({ name, value: id })),
    },
    for: {
      description: 'How long, or until when: 90m, 4h, 2d, monday, 2026-12-01 08:00',
      type: 'string',
      required: true,
      schema: z.string().trim().min(1).max(60),
      complete: (typed) =>
        ['1h', '4h', '24h', 'monday 08:00']
          .filter((one) => one.startsWith(typed.trim()))
          .map((value) => ({ name: value, value })),
    },
    reason: {
      description: 'Why; stands in the silence',
      type: 'string',
      required: false,
      schema: z.string().trim().max(500),
    },
  },
  async *run({ alerts, person, now, signal }, { alert, for: typed, reason }) {
    const parsed = parseUntil(typed, { now: now(), timezone: alerts.timezone });
    if (!parsed.ok) throw new UserError(`"${typed}" ${parsed.problem}.\nTimes are those of ${alerts.timezone}.`);
    const incidentId = await idOf(alert, alerts, signal);
    const proposal = await alerts.silencing.propose({
      incidentId,
      until: parsed.until,
      reason: reason ?? '',
      by: person,
    });
    yield proposalMessage(proposal);
  },
});

function hasWords(name: string, typed: string): boolean {
  const text = name.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** By the id of a suggestion that was taken, or by the name of its alerts. */
async function idOf(alert: string, alerts: CommandAlerts, signal: AbortSignal): Promise<string> {
  if (idForm.test(alert)) return alert;
  const named: Incident[] = [];
  for await (const incident of alerts.open(signal)) {
    if (isNamed(incident, alert) && named.length < mostNamed) named.push(incident);
  }
  const [only, second] = named;
  if (only === undefined) throw new UserError(`No alert "${alert}" is open.\n\`/alerts\` lists those that are.`);
  if (second === undefined) return only.id;
  throw new UserError(
    `${named.length === mostNamed ? 'Many' : named.length} open groups are named "${alert}": ${named.slice(0, 5).map(boardName).join('; ')}.\nChoose one from the suggestions, or press Silence on its card.`,
  );
}

const mostNamed = 100;

function isNamed(incident: Incident, typed: string): boolean {
  const name = typed.toLowerCase();
  return incidentName(incident).toLowerCase() === name || boardName(incident).toLowerCase() === name;
}
