// The buttons of an alert's card: acknowledge it, silence it with matchers that are shown first, end a silence.
import { silenceLine } from '../alerts/account.ts';
import { type Incident, isOpen } from '../alerts/incident.ts';
import { incidentName } from '../alerts/message.ts';
import { proposalMessage, silencedMessage } from '../alerts/silence-message.ts';
import { endText, parseUntil, untilExamples, untilMonday } from '../alerts/silence-time.ts';
import { mostSilences } from '../alerts/silenced.ts';
import { type Lifted, overAlert, type Silencing, unknownAlert } from '../alerts/silencing.ts';
import { UserError } from '../lib/user-error.ts';
import type { Message } from '../message.ts';
import type { CommandAlerts } from './command.ts';
import type { PressAction, PressAnswer, Pressed } from './press-action.ts';

/** What dispatch does about alerts. */
export interface AlertActions extends Omit<CommandAlerts, 'silencing'> {
  /** Open incidents by name, from memory. */
  named(): readonly { readonly id: string; readonly name: string }[];
  acknowledge(
    incidentId: string,
    by: { readonly personId: string; readonly username: string; readonly at: number } | null,
  ): Promise<{ readonly incident: Incident; readonly changed: boolean } | undefined>;
  readonly silencing: Silencing;
}

const hour = 3_600_000;

const lengths = (timezone: string) => [
  { label: '1 hour', value: '1h' },
  { label: '4 hours', value: '4h' },
  { label: '24 hours', value: '24h' },
  { label: 'Until Monday 08:00', value: 'monday', description: timezone },
  { label: 'Another time, with a reason …', value: 'other' },
];

const hours: Readonly<Record<string, number>> = { '1h': 1, '4h': 4, '24h': 24 };

export function alertPresses(alerts: AlertActions): readonly PressAction[] {
  const { silencing, timezone } = alerts;
  return [
    acknowledging('ack', 'Acknowledge', alerts),
    acknowledging('unack', 'Unacknowledge', alerts),
    {
      action: 'silence',
      label: 'Silence',
      audited: 'silence',
      level: 'operator',
      changes: false,
      response: 'reply',
      async run({ pressed }) {
        const { incident } = await silencing.over(pressed.subject);
        return { outcome: 'asked for how long', message: lengthMessage(incident, timezone) };
      },
    },
    {
      action: 'silence-for',
      label: 'Silence',
      audited: 'silence',
      level: 'operator',
      changes: false,
      response: ({ value, subject }: Pressed) => (value === 'other' ? otherModal(subject, timezone) : 'update'),
      async run({ pressed, person, now }) {
        const until = lengthOf(pressed.value ?? '', { now: now(), timezone });
        const asked = { incidentId: pressed.subject, until, reason: '', by: person };
        return { outcome: 'proposed', message: proposalMessage(await silencing.propose(asked)) };
      },
    },
    {
      action: 'silence-other',
      label: 'Silence',
      audited: 'silence',
      level: 'operator',
      changes: false,
      response: 'update',
      async run({ pressed, person, now }) {
        const { for: typed = '', reason = '' } = pressed.fields;
        const parsed = parseUntil(typed, { now: now(), timezone });
        if (!parsed.ok) {
          const kept = reason.trim() === '' ? '' : ` Your reason, to paste: ${reason.slice(0, 500)}`;
          throw new UserError(`"${typed.slice(0, 60)}" ${parsed.problem}.\nPress Silence again.${kept}`);
        }
        const asked = { incidentId: pressed.subject, until: parsed.until, reason, by: person };
        return { outcome: 'proposed', message: proposalMessage(await silencing.propose(asked)) };
      },
    },
    {
      action: 'silence-yes',
      label: 'Silence',
      audited: 'confirm silence',
      level: 'operator',
      changes: true,
      response: 'update',
      async run({ pressed, person }) {
        const confirmed = await silencing.confirm(pressed.subject, person);
        if (confirmed.kind === 'not made') {
          const { proposal, why } = confirmed;
          return { outcome: `told: ${why.message}`, message: proposalMessage(proposal, why) };
        }
        const { proposal, silence, isFirst } = confirmed;
        const outcome = isFirst
          ? `silenced ${incidentName(proposal.incident)} until ${proposal.until.toISOString()} (${silence.id}): ${silence.matchers.join(', ')}`
          : `changed nothing: silence ${silence.id} was made by an earlier press`;
        return { outcome, message: silencedMessage(proposal) };
      },
    },
    {
      action: 'silence-no',
      label: 'Cancel',
      audited: 'cancel silence',
      level: 'operator',
      changes: false,
      response: 'update',
      async run({ pressed }) {
        const headline = silencing.cancel(pressed.subject)
          ? 'Nothing was silenced.'
          : 'It was confirmed before: the message of the alert shows what came of it.';
        return { outcome: headline, message: { tone: 'neutral', headline } };
      },
    },
    {
      action: 'unsilence',
      label: 'Unsilence',
      audited: 'unsilence',
      level: 'operator',
      changes: true,
      response: 'reply',
      async run({ pressed, now }) {
        const [incidentId = '', silenceId] = pressed.subject.split(':');
        const { incident, silences } = await silencing.over(incidentId);
        const [first, second] = silences;
        if (silenceId === undefined && second !== undefined) {
          return { outcome: 'asked which', message: whichMessage(incident, timezone) };
        }
        const id = silenceId ?? first?.id;
        if (id === undefined) throw new UserError('No silence is known over this alert (any more).');
        return lifted(await silencing.lift(incidentId, id), id, now().getTime());
      },
    },
    {
      action: 'unsilence-one',
      label: 'Unsilence',
      audited: 'unsilence',
      level: 'operator',
      changes: true,
      response: 'update',
      async run({ pressed, now }) {
        const id = pressed.value ?? '';
        return lifted(await silencing.lift(pressed.subject, id), id, now().getTime());
      },
    },
  ];
}

function acknowledging(action: 'ack' | 'unack', label: string, alerts: AlertActions): PressAction {
  return {
    action,
    label,
    audited: label.toLowerCase(),
    level: 'operator',
    changes: true,
    response: 'card',
    async run({ person, pressed, now }) {
      const by = action === 'ack' ? { personId: person.id, username: person.username, at: now().getTime() } : null;
      const done = await alerts.acknowledge(pressed.subject, by);
      if (done === undefined) throw unknownAlert();
      const { incident, changed } = done;
      const name = incidentName(incident);
      if (changed) return { outcome: `${action === 'ack' ? 'acknowledged' : 'unacknowledged'} ${name}`, message: null };
      return { outcome: `changed nothing about ${name}`, message: { tone: 'neutral', headline: whyNot(incident) } };
    },
  };
}

function whyNot({ closedAt, acknowledged }: Incident): string {
  if (closedAt !== null) return 'This alert is over: there is nothing to acknowledge.';
  return acknowledged === undefined
    ? 'Nobody has acknowledged it.'
    : `${acknowledged.username} has acknowledged it already.`;
}

function lengthOf(value: string, clock: { now: Date; timezone: string }): Date {
  if (value === 'monday') return untilMonday(clock);
  const count = hours[value];
  if (count === undefined) throw new UserError('There is no such choice (any more).\nPress Silence again.');
  return new Date(clock.now.getTime() + count * hour);
}

function lengthMessage(incident: Incident, timezone: string): Message {
  if (incident.closedAt !== null) throw overAlert();
  const firing = incident.alerts.filter(isOpen).length;
  return {
    tone: 'info',
    headline: `For how long is ${incidentName(incident)} to be silenced?`,
    text: [
      `${firing} ${firing === 1 ? 'alert fires' : 'alerts fire'}. What exactly is silenced is shown before it is done.`,
    ],
    selects: [
      { action: 'silence-for', subject: incident.id, placeholder: 'For how long?', options: lengths(timezone) },
    ],
  };
}

function otherModal(incidentId: string, timezone: string) {
  return {
    title: 'Silence',
    action: 'silence-other',
    subject: incidentId,
    fields: [
      {
        id: 'for',
        label: 'For how long, or until when',
        description: `${untilExamples} (${timezone})`,
        required: true,
        longest: 60,
      },
      { id: 'reason', label: 'Reason', required: false, longest: 500 },
    ],
  };
}

function whichMessage(incident: Incident, timezone: string): Message {
  const silences = (incident.silences ?? []).toSorted((a, b) => b.endsAt - a.endsAt);
  return {
    tone: 'info',
    headline: `${silences.length >= mostSilences ? 'At least ' : ''}${silences.length} silences are over ${incidentName(incident)}. Which one is to end?`,
    text: [`Times are those of ${timezone}.`],
    selects: [
      {
        action: 'unsilence-one',
        subject: incident.id,
        placeholder: 'Which silence?',
        options: silences.map(({ id, createdBy, matchers, comment, endsAt }) => ({
          value: id,
          label: `until ${endText(endsAt, timezone)} by ${createdBy}${comment === '' ? '' : `: ${comment}`}`,
          description: matchers.join(', '),
        })),
      },
    ],
  };
}

function lifted({ incident, loud }: Lifted, silenceId: string, now: number): PressAnswer {
  const name = incidentName(incident);
  const others = othersLine(loud);
  const [next] = (incident.silences ?? []).filter(({ endsAt }) => endsAt > now).sort((a, b) => b.endsAt - a.endsAt);
  const text = [...(next === undefined ? [] : [silenceLine(next)]), ...(others === null ? [] : [others])];
  const headline =
    next === undefined
      ? `The silence over ${name} is ended.`
      : `One silence over ${name} is ended, another one goes on.`;
  return {
    outcome: `ended silence ${silenceId} over ${name}${loud === null || loud.count === 0 ? '' : ` and ${loud.count} others`}`,
    message: { tone: 'good', headline, ...(text.length > 0 && { text }) },
  };
}

function othersLine(loud: Lifted['loud']): string | null {
  if (loud === null) return 'What else it was over could not be read.';
  const { names, count } = loud;
  if (count === 0) return null;
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  return `It was also over ${names.join('; ')}${more}, loud now.`;
}
