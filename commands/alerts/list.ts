// How /alerts lists incidents: a section for each standing, over pages that one leafs through; all of them in a file.
import type { Severity } from '../../src/alerts/incident.ts';
import type { Standing } from '../../src/alerts/standing.ts';
import type { Answer } from '../../src/dispatch/command.ts';
import type { Button, Line, Message, Tone } from '../../src/message.ts';
import { byUrgency, type Row } from './row.ts';

export interface Asked {
  readonly rows: readonly Row[];
  /** How many are open, asked for or not. */
  readonly all: number;
  /** Why what is told of silences may not be true, or null. */
  readonly doubt: string | null;
  /** The address of a card; null where there is none yet. */
  readonly addressOf: (id: string) => Promise<string | null>;
}

const perPage = 8;
/** Nobody leafs further; the file has all. */
const mostPages = 40;
/** Beside those to leaf and share. */
const mostButtons = 15;

const sections: readonly { readonly standing: Standing; readonly word: string; readonly title: string }[] = [
  { standing: 'firing', word: 'firing', title: 'Firing' },
  { standing: 'acknowledged', word: 'acknowledged', title: 'Acknowledged' },
  { standing: 'silenced', word: 'silenced or inhibited', title: 'Silenced or inhibited' },
];

const tones: Record<Severity, Tone> = { critical: 'critical', warning: 'warning', info: 'info', none: 'info' };

export async function answerOf({ rows, all, doubt, addressOf }: Asked): Promise<Answer> {
  const doubts: readonly Line[] = doubt === null ? [] : [`⚠️ ${doubt}`];
  if (rows.length === 0) {
    const headline = all === 0 ? '✅ Nothing fires.' : `None of the ${all} open groups is asked for.`;
    return { tone: all === 0 ? 'good' : 'neutral', headline, text: doubts };
  }
  const ordered = sections.flatMap(({ standing }) => rows.filter((row) => row.standing === standing).sort(byUrgency));
  const headline = headlineOf(rows);
  const shown = ordered.slice(0, perPage * mostPages);
  const cut = shown.length < ordered.length ? [`These pages hold the first ${shown.length}; the file has all.`] : [];
  const pages: Message[] = [];
  for (let at = 0; at < shown.length; at += perPage) {
    const part = await Promise.all(
      shown.slice(at, at + perPage).map(async (row) => ({ row, address: await addressOf(row.id) })),
    );
    pages.push(pageOf(headline, part, [...doubts, ...cut]));
  }
  return { pages, whole: { name: 'alerts.txt', data: `${ordered.map(({ whole }) => whole).join('\n\n')}\n` } };
}

function headlineOf(rows: readonly Row[]): string {
  const counts = sections
    .map(({ standing, word }) => ({ word, count: rows.filter((row) => row.standing === standing).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`);
  const critical = rows.filter(({ severity }) => severity === 'critical').length;
  return `${counts.join(', ')}${critical === 0 ? '' : `, ${critical} critical`}`;
}

function pageOf(
  headline: string,
  part: readonly { readonly row: Row; readonly address: string | null }[],
  notes: readonly Line[],
): Message {
  const text: Line[] = [...notes];
  let last: Standing | null = null;
  for (const { row, address } of part) {
    if (row.standing !== last) text.push({ bold: titleOf(row.standing) });
    last = row.standing;
    text.push([...row.first, ...(address === null ? [] : [' ', { link: 'card', url: address }])], ...row.rest);
  }
  const { buttons, left } = buttonsOf(part.map(({ row }) => row));
  if (left > 0) text.push(leftNote(left));
  const [worst] = part.map(({ row }) => row).sort(byUrgency);
  return {
    tone: tones[worst?.severity ?? 'none'],
    headline,
    text,
    ...(buttons.length > 0 && { buttons }),
  };
}

/** One for each row before any row has a second; in the order of the rows. `left` do not fit. */
function buttonsOf(rows: readonly Row[]): { readonly buttons: readonly Button[]; readonly left: number } {
  const ranked = rows
    .flatMap((row, at) => row.buttons.map((button, rank) => ({ button, at, rank })))
    .sort((a, b) => a.rank - b.rank || a.at - b.at);
  const shown = ranked.slice(0, mostButtons).sort((a, b) => a.at - b.at || a.rank - b.rank);
  return { buttons: shown.map(({ button }) => button), left: ranked.length - shown.length };
}

function leftNote(left: number): Line {
  return `${left} ${left === 1 ? 'silence has' : 'silences have'} no button here: press Unsilence on the card, or narrow the list by its filter.`;
}

function titleOf(standing: Standing): string {
  return sections.find((section) => section.standing === standing)?.title ?? standing;
}
