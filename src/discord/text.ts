// Runs and lines → Markdown that Discord shows as meant, or plain text for files and small print.
import type { Redact } from '../lib/redact.ts';
import type { Line, Run } from '../message.ts';
import { clean, fold, isBlank } from './clean.ts';
import { cut, type Fitted, fitInto } from './cut.ts';
import { escapeLineStart, escapeMarkdown } from './escape.ts';
import { isSnowflake, limits } from './limits.ts';
import { inMarkdown, linkable } from './urls.ts';

/** One line of data: harmless, without secrets, not yet escaped. Secrets of several lines are found before lines are joined. */
export function dataOf(text: string, redact: Redact): string {
  return fold(redact(clean(text)));
}

/** Several lines of data, for blocks and files. */
export function linesOf(text: string, redact: Redact): string {
  return redact(clean(text));
}

/** No more of a run is looked at for what is shown of it, which is at most a quarter of this. */
const lookedAt = 16 * 1024;

/** What is left out at the end of what was looked at: the first part of a secret may stand there. Longer ones are known by their start. */
const unsure = 1024;

/** What may be shown of a text, without the cost of going through megabytes. */
function shownOf(text: string, redact: Redact): Pick<Piece, 'data' | 'more'> {
  if (text.length <= lookedAt) return { data: dataOf(text, redact), more: false };
  const data = dataOf(text.slice(0, lookedAt), redact);
  return { data: cut(data, data.length - unsure), more: true };
}

/** One run, prepared: what may be cut, and how it is written. */
interface Piece {
  readonly data: string;
  /** The data is only the beginning. */
  readonly more?: boolean;
  readonly write: (part: string) => string;
  /** Markup that is either whole or left out. */
  readonly whole?: boolean;
}

/**
 * One line of Markdown of at most `max` code units; runs that do not fit any more are cut or left out.
 * A line without anything to see becomes empty.
 */
export function markdownLine(line: Line, max: number, redact: Redact): Fitted {
  const pieces = runsOf(line).map((run) => pieceOf(run, redact));
  let text = '';
  let wasCut = false;
  // One is kept for the escape of a line's start.
  const room = max - 1;
  for (const piece of pieces) {
    if (piece.data === '' && piece.more !== true) continue;
    const fitted = fitInto(piece.data, room - text.length, piece.write, piece.more);
    if (fitted.cut && piece.whole === true) {
      wasCut = true;
      break;
    }
    text += fitted.text;
    if (fitted.cut) {
      wasCut = true;
      break;
    }
  }
  if (isBlank(text)) return { text: '', cut: wasCut };
  return { text: escapeLineStart(text).trimEnd(), cut: wasCut };
}

/** True where nothing of the line would be seen. What is redacted is seen as such, so that secrets make no difference. */
export function isBlankLine(line: Line): boolean {
  return runsOf(line).every(isBlankRun);
}

function isBlankRun(run: Run): boolean {
  if (typeof run === 'string') return isBlankText(run);
  if ('bold' in run) return isBlankText(run.bold);
  if ('code' in run) return isBlankText(run.code);
  if ('time' in run) return false;
  if ('link' in run) return isBlankText(run.link) && isBlankText(run.url);
  return isBlankText('role' in run ? run.role : run.person);
}

function isBlankText(text: string): boolean {
  return isBlank(clean(text.slice(0, lookedAt)));
}

/** One line without markup, not cut; times in UTC. */
export function plainLine(line: Line, redact: Redact): string {
  return runsOf(line)
    .map((run) => plainRun(run, redact))
    .join('');
}

/** A line's runs, in order. */
export function runsOf(line: Line): readonly Run[] {
  return isRuns(line) ? line : [line];
}

function isRuns(line: Line): line is readonly Run[] {
  return Array.isArray(line);
}

function pieceOf(run: Run, redact: Redact): Piece {
  if (typeof run === 'string') return { ...shownOf(run, redact), write: escapeMarkdown };
  if ('bold' in run)
    return { ...trimmed(shownOf(run.bold, redact)), write: (part) => `**${escapeLineStart(escapeMarkdown(part))}**` };
  if ('code' in run) return { ...trimmed(shownOf(run.code, redact)), write: writeCode };
  if ('time' in run) return pieceOfTime(run.time, run.style);
  if ('link' in run) return pieceOfLink(run.link, run.url, redact);
  if ('role' in run) return pieceOfId(run.role, '@&', redact);
  return pieceOfId(run.person, '@', redact);
}

function trimmed({ data, more }: Pick<Piece, 'data' | 'more'>): Pick<Piece, 'data' | 'more'> {
  return { data: data.trim(), ...(more === true && { more }) };
}

function writeCode(part: string): string {
  // A backtick inside would end the code, and a bracket before it may begin a link that ends in it; nothing can be escaped there.
  return `\`${part.replaceAll('`', 'ˋ').replaceAll('](', '］(')}\``;
}

function pieceOfTime(time: Date, style: 'relative' | 'full'): Piece {
  const seconds = Math.floor(time.getTime() / 1000);
  if (Number.isNaN(seconds)) return { data: plainTime(time), write: escapeMarkdown };
  return markup(`<t:${seconds}:${style === 'relative' ? 'R' : 'f'}>`);
}

function pieceOfLink(text: string, url: string, redact: Redact): Piece {
  const address = linkable(url, limits.embedUrl, redact);
  const label = dataOf(text.slice(0, lookedAt), redact).trim();
  if (address === null) {
    return { data: label === '' ? dataOf(url, redact) : unlinked(label, url, redact), write: escapeMarkdown };
  }
  return {
    data: isBlank(label) ? 'link' : label,
    write: (part) => `[${escapeMarkdown(part).replaceAll(/(?<!\\)[[\]]/g, '\\$&')}](${inMarkdown(address)})`,
  };
}

function pieceOfId(id: string, sign: '@&' | '@', redact: Redact): Piece {
  if (!isSnowflake(id)) return { data: dataOf(id, redact), write: escapeMarkdown };
  return markup(`<${sign}${id}>`);
}

function markup(text: string): Piece {
  return { data: text, write: (part) => part, whole: true };
}

function plainRun(run: Run, redact: Redact): string {
  if (typeof run === 'string') return dataOf(run, redact);
  if ('bold' in run) return dataOf(run.bold, redact);
  if ('code' in run) return dataOf(run.code, redact);
  if ('time' in run) return plainTime(run.time);
  if ('link' in run) return unlinked(dataOf(run.link, redact), run.url, redact);
  if ('role' in run) return `role ${dataOf(run.role, redact)}`;
  return `person ${dataOf(run.person, redact)}`;
}

/** A link where none can be: its address beside the words. */
export function unlinked(label: string, url: string, redact: Redact): string {
  const address = dataOf(url, redact).trim();
  return address === '' || address === label ? label : `${label} (${address})`;
}

function plainTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return 'an unknown time';
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
