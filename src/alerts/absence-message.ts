// What the card of a missing Watchdog says: pure, from the absence to the message.
import { formatDuration } from '../lib/duration.ts';
import type { Line, Message } from '../message.ts';
import type { Absence } from './absence.ts';

const footer = "dead man's switch";

export function absenceMessage(absence: Absence): Message {
  if (absence.over === null) return missing(absence);
  return absence.over.because === 'it returned' ? returned(absence, absence.over.at) : given(absence);
}

function missing(absence: Absence): Message {
  const { alertname, afterMs, endedAt } = absence;
  const text: Line[] = [
    [
      { bold: 'Alerts may be missing.' },
      ` ${alertname} always fires. That it stays away means that Prometheus or Alertmanager no longer reaches this bot.`,
    ],
    lastSeen(absence),
  ];
  if (endedAt !== null) {
    text.push([
      'Alertmanager itself said ',
      { time: new Date(endedAt), style: 'full' },
      ' that it had ended: Alertmanager reaches the bot, but hears nothing of Prometheus.',
    ]);
  }
  return {
    headline: `🔴 critical firing: no ${alertname} for more than ${formatDuration(afterMs)}: alerts may be missing`,
    tone: 'critical',
    title: `firing · critical · ${alertname} is missing`,
    text: [
      ...text,
      { bold: 'What to check' },
      '1. Do Prometheus and Alertmanager run? Are their nodes up, their disks not full?',
      '2. Does Alertmanager reach the bot? Its log names what failed; an answer of 401 is a wrong token.',
      `3. Does a route still send ${alertname} here, with a repeat_interval well below ${formatDuration(afterMs)}, and does no silence hide it?`,
    ],
    footer,
  };
}

function lastSeen({ seenAt, waitedSince, alertname }: Absence): Line {
  const time = new Date(seenAt ?? waitedSince);
  const times = [{ time, style: 'relative' }, ' (', { time, style: 'full' }, ').'] as const;
  return seenAt === null
    ? [`${alertname} was never seen; it has been waited for since `, ...times]
    : ['Last seen ', ...times];
}

function returned({ alertname, seenAt, waitedSince }: Absence, at: number): Message {
  const from = seenAt ?? waitedSince;
  const gone = at > from ? ` after ${formatDuration(at - from, 2)}` : '';
  return {
    headline: `✅ resolved: ${alertname} is back${gone}`,
    tone: 'good',
    title: `resolved · ${alertname} is back${gone}`,
    text: [
      [
        seenAt === null ? 'Waited for from ' : 'Missing from ',
        { time: new Date(from), style: 'full' },
        ' until ',
        { time: new Date(at), style: 'full' },
        '.',
      ],
      'What still fires comes with the next notifications. What began and ended meanwhile may never have been sent.',
    ],
    footer,
  };
}

function given({ alertname }: Absence): Message {
  return {
    headline: `⚪ ${alertname} is no longer waited for`,
    tone: 'neutral',
    title: `no longer waited for · ${alertname}`,
    text: ['The configuration names another alert, or none. Whether this one returned is not known.'],
    footer,
  };
}
