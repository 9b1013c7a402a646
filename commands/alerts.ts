// /alerts: what fires, what somebody takes care of, what is silenced.
import { z } from 'zod';
import { type Incident, severityRank, worstSeverity } from '../src/alerts/incident.ts';
import { standingOf } from '../src/alerts/standing.ts';
import { command } from '../src/dispatch/command.ts';
import type { Message } from '../src/message.ts';
import { bySection, pageOf, sections, wholeOf } from './alerts/list.ts';

/** More than a homelab has in its worst storm that a person would leaf through. */
const most = 2000;
const perPage = 8;

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
      description: 'Only those in whose labels or texts this stands',
      type: 'string',
      required: false,
      schema: z.string().trim().max(100),
    },
  },
  async *run({ alerts: known }, { severity, filter }) {
    const all = await known.open(most);
    const asked = all
      .filter((incident) => severity === undefined || worstSeverity(incident.alerts) === severity)
      .filter((incident) => filter === undefined || mentions(incident, filter))
      .sort(bySection);
    const headline = headlineOf(asked, all.length);
    if (asked.length === 0) {
      yield { tone: all.length === 0 ? 'good' : 'neutral', headline };
      return;
    }
    const pages: Message[] = [];
    for (let at = 0; at < asked.length && pages.length < 250; at += perPage) {
      const shown = asked.slice(at, at + perPage);
      const addresses = await Promise.all(shown.map(({ id }) => known.addressOf(id)));
      pages.push(pageOf(headline, shown, addresses));
    }
    yield { pages, whole: { name: 'alerts.txt', data: asked.map(wholeOf).join('\n\n') } };
  },
});

function headlineOf(asked: readonly Incident[], all: number): string {
  if (all === 0) return '✅ Nothing fires.';
  if (asked.length === 0) return `None of ${all} open alerts is asked for.`;
  const counts = sections.map(({ standing, word }) => {
    const count = asked.filter((incident) => standingOf(incident) === standing).length;
    return count === 0 ? null : `${count} ${word}`;
  });
  const critical = asked.filter(({ alerts }) => severityRank(worstSeverity(alerts)) === 0).length;
  const worst = critical === 0 ? '' : `, ${critical} critical`;
  return `${counts.filter((one) => one !== null).join(', ')}${worst}`;
}

function mentions({ alerts }: Incident, filter: string): boolean {
  const wanted = filter.toLowerCase();
  return alerts.some(({ labels, annotations }) =>
    [...Object.entries(labels).map(([name, value]) => `${name}=${value}`), ...Object.values(annotations)].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
}
