// How /alerts lists incidents: a section for each standing, a few lines for each incident.
import { accountOf } from '../../src/alerts/account.ts';
import { type Incident, isOpen, type Severity, severityRank, worstSeverity } from '../../src/alerts/incident.ts';
import { incidentHeadline, incidentName } from '../../src/alerts/message.ts';
import { type Standing, standingOf } from '../../src/alerts/standing.ts';
import type { Button, Line, Message, Tone } from '../../src/message.ts';

export const sections: readonly { readonly standing: Standing; readonly word: string; readonly title: string }[] = [
  { standing: 'firing', word: 'firing', title: 'Firing' },
  { standing: 'acknowledged', word: 'acknowledged', title: 'Acknowledged' },
  { standing: 'silenced', word: 'silenced or inhibited', title: 'Silenced or inhibited' },
];

const tones: Record<Severity, Tone> = { critical: 'critical', warning: 'warning', info: 'info', none: 'info' };

/** What needs someone first. */
export function bySection(a: Incident, b: Incident): number {
  const section = (one: Incident): number => sections.findIndex(({ standing }) => standing === standingOf(one));
  const rank = (one: Incident): number => severityRank(worstSeverity(one.alerts));
  return section(a) - section(b) || rank(a) - rank(b) || b.openedAt - a.openedAt;
}

/** @param addresses of the cards, in the same order; null where there is none yet. */
export function pageOf(
  headline: string,
  incidents: readonly Incident[],
  addresses: readonly (string | null)[],
): Message {
  const text: Line[] = [];
  const buttons: Button[] = [];
  let last: Standing | null = null;
  for (const [index, incident] of incidents.entries()) {
    const standing = standingOf(incident);
    if (standing !== last) text.push({ bold: sections.find((one) => one.standing === standing)?.title ?? standing });
    last = standing;
    text.push(...linesOf(incident, addresses[index] ?? null));
    for (const { id } of incident.silences ?? []) {
      const label = `Unsilence ${incidentName(incident)}`.slice(0, 80);
      if (buttons.length < 15)
        buttons.push({ label, style: 'secondary', action: 'unsilence', subject: `${incident.id}:${id}` });
    }
  }
  const worst = incidents
    .map(({ alerts }) => worstSeverity(alerts))
    .sort((a, b) => severityRank(a) - severityRank(b))[0];
  return { tone: tones[worst ?? 'none'], headline, text, ...(buttons.length > 0 && { buttons }) };
}

function linesOf(incident: Incident, address: string | null): readonly Line[] {
  const starts = incident.alerts.filter(isOpen).map((alert) => alert.startsAt);
  const since = Math.min(...starts.filter((at) => at > 0));
  const { line } = incidentHeadline(incident);
  return [
    [
      line.length > 200 ? `${line.slice(0, 199).toWellFormed()}…` : line,
      ...(Number.isFinite(since) ? [', began ', { time: new Date(since), style: 'relative' } as const] : []),
      ...(address === null ? [] : [' ', { link: 'card', url: address }]),
    ],
    ...accountOf(incident).map((said): Line => ['\u2003', ...(Array.isArray(said) ? said : [said])]),
    ...(incident.silences ?? []).map(
      (silence): Line => ['\u2003', { code: silence.matchers.join(', ').slice(0, 300) }],
    ),
  ];
}

/** For the attached file. */
export function wholeOf(incident: Incident): string {
  const { acknowledged, silences = [], openedAt } = incident;
  return [
    `${standingOf(incident)}: ${incidentHeadline(incident).line}`,
    `  opened ${new Date(openedAt).toISOString()}, ref ${incident.id}`,
    ...(acknowledged === undefined
      ? []
      : [`  acknowledged by ${acknowledged.username} at ${new Date(acknowledged.at).toISOString()}`]),
    ...silences.map(
      ({ id, createdBy, comment, endsAt, matchers }) =>
        `  silence ${id} until ${new Date(endsAt).toISOString()} by ${createdBy}: ${comment} (${matchers.join(', ')})`,
    ),
  ].join('\n');
}
