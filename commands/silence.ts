// /silence: keeps an alert quiet in Alertmanager, after its exact matchers were shown.
import { z } from 'zod';
import { incidentName } from '../src/alerts/message.ts';
import { proposalMessage } from '../src/alerts/silence-message.ts';
import { parseUntil, untilExamples } from '../src/alerts/silence-time.ts';
import { type CommandAlerts, command } from '../src/dispatch/command.ts';
import { UserError } from '../src/lib/user-error.ts';

/** Open alerts that are looked through for a name. */
const most = 2000;

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
          .filter(({ name }) => name.toLowerCase().includes(typed.trim().toLowerCase()))
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
  async *run({ alerts, person, now }, { alert, for: typed, reason }) {
    const parsed = parseUntil(typed, { now: now(), timezone: alerts.timezone });
    if (!parsed.ok)
      throw new UserError(
        `"${typed}" ${parsed.problem}.\nTimes are those of ${alerts.timezone}. Right are ${untilExamples}.`,
      );
    const incidentId = await idOf(alert, alerts);
    const proposal = await alerts.silencing.propose({
      incidentId,
      until: parsed.until,
      reason: reason ?? '',
      by: person,
    });
    yield proposalMessage(proposal);
  },
});

async function idOf(alert: string, alerts: CommandAlerts): Promise<string> {
  const open = await alerts.open(most);
  const byId = open.find(({ id }) => id === alert);
  if (byId !== undefined) return byId.id;
  const named = open.filter((incident) => incidentName(incident).toLowerCase() === alert.toLowerCase());
  const [only, second] = named;
  if (only === undefined) throw new UserError(`No alert "${alert}" is open.\n\`/alerts\` lists those that are.`);
  if (second !== undefined)
    throw new UserError(
      `${named.length} open alerts are named "${alert}".\nChoose one from the suggestions, or press Silence on its card.`,
    );
  return only.id;
}
