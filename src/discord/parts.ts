// The parts of a card's text, each within the room it is given; what does not fit is counted, and whole in a file.
import type { Redact } from '../lib/redact.ts';
import type { Fact, File, Item, Line, List, Run } from '../message.ts';
import { blank, clean, isBlank } from './clean.ts';
import { cut, fitInto } from './cut.ts';
import { escapeMarkdown } from './escape.ts';
import { fileNameOf, textsFile } from './files.ts';
import { isPrepared, wholes } from './prepare.ts';
import { isBlankLine, linesOf, markdownLine, runsOf } from './text.ts';

export interface Part {
  readonly text: string;
  /** Says what is missing, as Markdown. */
  readonly note?: string;
  readonly file?: File;
}

/** Least room for an item of a list before the ones after it are left out instead. */
const itemLeast = 400;
/** One fact does not push the others out; the address of a link, which holds a whole expression, counts too. */
const factMost = { text: 300, link: 900 };
const nounMost = 30;

/** Three sentences about what is missing, each with a noun and a file's name, escaped. */
export const roomForNotes = 3 * (80 + 2 * nounMost) + 2 * 2 * 100;

/** A row each: the name in bold, then the value. */
export function factsOf(facts: readonly Fact[], max: number, redact: Redact): Part {
  const rows = facts.map(({ name, value }): Line => {
    const shown = isBlankLine(value) ? blank : value;
    return [{ bold: isBlankLine(name) ? blank : name }, ' ', ...runsOf(shown)];
  });
  return joinLines(rows, max, redact, (row) => (runsOf(row).some(isLink) ? factMost.link : factMost.text));
}

function isLink(run: Run): boolean {
  return typeof run === 'object' && 'link' in run;
}

/**
 * Lines in order; the one that does not fit is cut, those after it are left out. At most one empty line between two.
 * @param mostOf how long a line may be, where one is not to take all the room
 */
export function joinLines(
  lines: readonly Line[],
  max: number,
  redact: Redact,
  mostOf: (line: Line) => number = () => max,
): Part {
  const shown: string[] = [];
  let length = 0;
  let wasCut = false;
  const whole = withoutSecretsAcross(lines, redact);
  for (const [index, line] of whole.entries()) {
    const most = mostOf(line);
    const fitted = markdownLine(line, Math.min(most, max - length), redact);
    wasCut ||= fitted.cut;
    if (fitted.text === '' && !fitted.cut && (shown.length === 0 || shown.at(-1) === '')) continue;
    shown.push(fitted.text);
    length += fitted.text.length + 1;
    const full = length >= max || (fitted.cut && most === max);
    if (full && index < whole.length - 1) wasCut = true;
    if (full) break;
  }
  return { text: shown.join('\n').trimEnd(), ...(wasCut && { note: 'cut' }) };
}

/** A private key, say, spans lines: neighbouring lines of plain data are looked at together. */
function withoutSecretsAcross(lines: readonly Line[], redact: Redact): readonly Line[] {
  const result: Line[] = [];
  let data: string[] = [];
  const flush = (): void => {
    const together = clean(data.join('\n'));
    const safe = data.length > 1 ? redact(together) : together;
    result.push(...(safe === together ? data : safe.split('\n')));
    data = [];
  };
  for (const line of lines) {
    if (typeof line === 'string') data.push(line);
    else {
      flush();
      result.push(line);
    }
  }
  flush();
  return result;
}

/** A code block of whole lines; a line that is too long for all the room is cut. */
export function blockOf(
  block: { readonly lines: readonly string[]; readonly file: string },
  max: number,
  redact: Redact,
): Part {
  const whole = linesOf(block.lines.join('\n'), redact).trimEnd();
  if (isBlank(whole)) return { text: '' };
  // Three backticks would end the block; nothing can be escaped in it.
  const lines = whole
    .replaceAll('```', 'ˋˋˋ')
    .replace(/^(?: *\n)+/, '')
    .split('\n');
  const shown: string[] = [];
  let room = max - '```\n\n```'.length;
  let wasCut = false;
  for (const line of lines) {
    if (line.length + 1 > room) {
      if (shown.length === 0) shown.push(fitInto(line, Math.max(1, room)).text);
      else break;
      wasCut = true;
      break;
    }
    shown.push(line);
    room -= line.length + 1;
  }
  const text = `\`\`\`\n${shown.join('\n')}\n\`\`\``;
  const missing = lines.length - shown.length;
  if (missing === 0 && !wasCut) return { text };
  return {
    text,
    note: more(missing, 'line', block.file, wasCut ? 1 : 0),
    file: { name: block.file, data: `${whole}\n` },
  };
}

/** As many items as fit, in order. */
export function listOf(list: List, max: number, redact: Redact): Part {
  const shown: string[] = [];
  // The lines of an item are made each time they are read.
  const gap = list.items.length > 1 && list.items.some((item) => item.lines.length > 1) ? 2 : 1;
  let room = max;
  let cutCount = 0;
  const count = isPrepared(list) ? list.count : list.items.length;
  for (const [index, item] of list.items.entries()) {
    if (index === list.most) break;
    const share = Math.min(room, Math.max(itemLeast, Math.floor(room / (count - index))));
    const rendered = itemOf(item, share, redact);
    // A mere beginning of one more item, at the end of what fits, would tell less than the count does.
    if (rendered.note !== undefined && shown.length > 0 && share < itemLeast) break;
    if (rendered.note !== undefined || item.isShort === true) cutCount += 1;
    shown.push(rendered.text === '' ? blank : rendered.text);
    room -= (shown.at(-1) ?? '').length + gap;
    if (room < 1) break;
  }
  const text = shown.join('\n'.repeat(gap));
  const missing = count - shown.length;
  if (missing === 0 && cutCount === 0) return { text };
  const file = isPrepared(list) ? list.whole : textsFile(list.file, wholes(list), redact);
  return { text, note: more(missing, list.noun, list.file, cutCount), file };
}

function itemOf(item: Item, max: number, redact: Redact): Part {
  const lines = item.lines.filter((line) => !isBlankLine(line));
  return joinLines(lines, max, redact);
}

/** For example `… and 280 more alerts in alerts.txt (2 of those shown cut short)`. */
function more(missing: number, noun: string, file: string, cutCount: number): string {
  const one = escapeMarkdown(cut(noun.replaceAll(/[^\p{L}\p{N} -]+/gu, ''), nounMost));
  const name = escapeMarkdown(fileNameOf(file));
  if (missing === 0) return `… ${cutCount} ${one}${cutCount === 1 ? '' : 's'} cut short, whole in ${name}`;
  const shown = cutCount === 0 ? '' : ` (${cutCount} of those shown cut short)`;
  return `… and ${missing} more ${one}${missing === 1 ? '' : 's'} in ${name}${shown}`;
}
