// Message → one embed within Discord's limits; what is cut or left out is counted and attached whole.
import type { APIEmbed } from 'discord.js';
import type { Fact, File, Item, Line, List, Message, Tone } from '../message.ts';
import { blank, isBlank } from './clean.ts';
import { fitInto } from './cut.ts';
import { escapeMarkdown } from './escape.ts';
import { limits } from './limits.ts';
import { dataOf, linesOf, markdownLine, plainLine, type Redact, unlinked } from './text.ts';
import { linkable } from './urls.ts';

const colours: Record<Tone, number> = {
  critical: 0xe03131,
  warning: 0xf08c00,
  info: 0x1c7ed6,
  good: 0x2f9e44,
  neutral: 0x868e96,
};

/** What the embed's parts may take of the description when others want to be in it too. */
const shares = { text: 1600, block: 1400, facts: 1000, asText: 600 } as const;

/** Least room for an item of a list before the ones after it are left out instead. */
const itemLeast = 400;

export interface Embedded {
  /** Null where the message is its headline alone. */
  readonly embed: APIEmbed | null;
  /** What did not fit, whole. */
  readonly files: readonly File[];
}

interface Part {
  readonly text: string;
  /** Says what is missing, as Markdown. */
  readonly note?: string;
  readonly file?: File;
}

/**
 * @param asText plain lines that belong into the text: links that cannot be buttons, files that could not be attached
 * @param headlineCut the headline is cut, so that the whole of it has to be in a file
 */
export function embedOf(
  message: Message,
  options: {
    readonly redact: Redact;
    readonly marker?: string | undefined;
    readonly asText: readonly string[];
    readonly headlineCut: boolean;
  },
): Embedded {
  const { redact } = options;
  const title = titleOf(message, redact);
  const titleUrl = message.titleUrl === undefined ? null : linkable(message.titleUrl, limits.embedUrl, redact);
  const asText = [...options.asText];
  if (message.titleUrl !== undefined && (titleUrl === null || title.text === '')) {
    asText.unshift(unlinked('', message.titleUrl, redact));
  }
  const description = descriptionOf(message, asText, title.cut || options.headlineCut, redact);
  const footer = footerOf(message.footer, options.marker, redact);
  if (title.text === '' && description.text === '' && footer === '') return { embed: null, files: description.files };
  const embed: APIEmbed = {
    color: colours[message.tone],
    ...(title.text !== '' && { title: title.text }),
    ...(title.text !== '' && titleUrl !== null && { url: titleUrl }),
    ...(description.text !== '' && { description: description.text }),
    ...(footer !== '' && { footer: { text: footer } }),
  };
  // Discord is not sure to take an embed of small print alone.
  if (title.text === '' && description.text === '') {
    embed.description = markdownLine(message.headline, limits.headline, redact).text || blank;
  }
  return { embed, files: description.files };
}

function titleOf(message: Message, redact: Redact): { readonly text: string; readonly cut: boolean } {
  if (message.title === undefined) return { text: '', cut: false };
  return markdownLine(message.title, limits.embed.title, redact);
}

/** `ref <marker>` always stands at the very end, whole: the publisher finds the message by it. */
function footerOf(footer: string | undefined, marker: string | undefined, redact: Redact): string {
  const data = footer === undefined ? '' : dataOf(footer, redact).trim();
  const text = isBlank(data) ? '' : fitInto(data, limits.footerText).text;
  if (marker === undefined) return text;
  return text === '' ? `ref ${marker}` : `${text} · ref ${marker}`;
}

/** The parts in order. Those that come last are measured first, so that a long list leaves room for them. */
function descriptionOf(
  message: Message,
  asText: readonly string[],
  alreadyCut: boolean,
  redact: Redact,
): { readonly text: string; readonly files: readonly File[] } {
  const crowded = message.block !== undefined || message.list !== undefined;
  // Notes about what is missing: a sentence each, with a file's name.
  let room = limits.embed.description - 3 * (limits.fileName + 100);
  const take = (part: Part): Part => {
    room -= part.text === '' ? 0 : part.text.length + 2;
    return part;
  };
  const facts = take(factsOf(message.facts ?? [], Math.min(room, shares.facts), redact));
  const addresses = take(joinLines(asText, Math.min(room, shares.asText), redact));
  const text = take(joinLines(message.text ?? [], crowded ? Math.min(room, shares.text) : room, redact));
  const block = take(
    message.block === undefined
      ? { text: '' }
      : blockOf(message.block, message.list === undefined ? room : Math.min(room, shares.block), redact),
  );
  const list = take(message.list === undefined ? { text: '' } : listOf(message.list, room, redact));
  const wholly = alreadyCut || [facts, addresses, text].some((part) => part.note !== undefined);
  const files = [list.file, block.file, wholly ? wholeOf(message, asText, redact) : undefined].filter(
    (file) => file !== undefined,
  );
  const parts = [text, block, list, facts, addresses].map((part) => part.text);
  const notes = [list.note, block.note, wholly ? 'Cut short; all of the text is in `message.txt`.' : undefined];
  const shown = [...parts, notes.filter((note) => note !== undefined).join('\n')].filter((part) => part !== '');
  return { text: shown.join('\n\n').trim(), files };
}

function factsOf(facts: readonly Fact[], max: number, redact: Redact): Part {
  const lines = facts.map(({ name, value }): Line => {
    const shown = isBlank(plainLine(value, redact)) ? blank : value;
    return [
      { bold: isBlank(dataOf(name, redact)) ? blank : name },
      ' ',
      ...(typeof shown === 'object' && Array.isArray(shown) ? shown : [shown]),
    ] as Line;
  });
  return joinLines(lines, max, redact);
}

/** Lines in order; the one that does not fit is cut, those after it are left out. At most one empty line between two. */
function joinLines(lines: readonly Line[], max: number, redact: Redact): Part {
  const shown: string[] = [];
  let length = 0;
  for (const line of lines) {
    const fitted = markdownLine(line, max - length, redact);
    if (fitted.text === '' && !fitted.cut && (shown.length === 0 || shown.at(-1) === '')) continue;
    shown.push(fitted.text);
    length += fitted.text.length + 1;
    if (fitted.cut || length >= max) {
      const missing = fitted.cut || line !== lines.at(-1);
      return { text: shown.join('\n').trimEnd(), ...(missing && { note: 'cut' }) };
    }
  }
  return { text: shown.join('\n').trimEnd() };
}

/** A code block of whole lines; a line that is too long for all the room is cut. */
function blockOf(
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
    note: missing > 0 ? more(missing, 'line', block.file, wasCut ? 1 : 0) : more(0, 'line', block.file, 1),
    file: { name: block.file, data: `${whole}\n` },
  };
}

/** As many items as fit, in order. */
function listOf(list: List, max: number, redact: Redact): Part {
  const shown: string[] = [];
  const gap = list.items.some((item) => item.lines.length > 1) ? 2 : 1;
  let room = max;
  let cutCount = 0;
  for (const [index, item] of list.items.entries()) {
    const share = Math.min(room, Math.max(itemLeast, Math.floor(room / (list.items.length - index))));
    const rendered = itemOf(item, share, redact);
    // A mere beginning of one more item, at the end of what fits, would tell less than the count does.
    if (rendered.note !== undefined && shown.length > 0 && share < itemLeast) break;
    if (rendered.note !== undefined) cutCount += 1;
    shown.push(rendered.text === '' ? blank : rendered.text);
    room -= (shown.at(-1) ?? '').length + gap;
    if (room < 1) break;
  }
  const text = shown.join('\n'.repeat(gap));
  const missing = list.items.length - shown.length;
  if (missing === 0 && cutCount === 0) return { text };
  const whole = list.items.map((item) => item.whole).join('\n\n');
  return { text, note: more(missing, list.noun, list.file, cutCount), file: { name: list.file, data: `${whole}\n` } };
}

function itemOf(item: Item, max: number, redact: Redact): Part {
  const lines = item.lines.filter((line) => !isBlank(plainLine(line, redact)));
  return joinLines(lines, max, redact);
}

/** "… and 280 more alerts, 2 of those shown cut short: all in `alerts.txt`." */
function more(missing: number, noun: string, file: string, cutCount: number): string {
  const plural = (count: number): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const name = escapeMarkdown(file);
  if (missing === 0) return `… ${plural(cutCount)} cut short, whole in ${name}`;
  const cut = cutCount === 0 ? '' : ` (${cutCount} of those shown cut short)`;
  return `… and ${missing} more ${noun}${missing === 1 ? '' : 's'} in ${name}${cut}`;
}

/** All that the lines say, without markup or cut. */
function wholeOf(message: Message, asText: readonly string[], redact: Redact): File {
  const lines = [
    plainLine(message.headline, redact),
    ...(message.title === undefined ? [] : [dataOf(message.title, redact)]),
    '',
    ...(message.text ?? []).map((line) => plainLine(line, redact)),
    '',
    ...(message.facts ?? []).map((fact) => `${dataOf(fact.name, redact)}: ${plainLine(fact.value, redact)}`),
    ...asText,
    ...(message.footer === undefined ? [] : ['', dataOf(message.footer, redact)]),
  ];
  return { name: 'message.txt', data: `${lines.join('\n')}\n` };
}
