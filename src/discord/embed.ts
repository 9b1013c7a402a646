// Message → one embed within Discord's limits; what is cut or left out is counted and attached whole.
import type { APIEmbed } from 'discord.js';
import type { Redact } from '../lib/redact.ts';
import type { File, Message, Tone } from '../message.ts';
import { blank, isBlank } from './clean.ts';
import { fitInto } from './cut.ts';
import { guardUnderscores } from './escape.ts';
import { limits } from './limits.ts';
import { blockOf, factsOf, joinLines, listOf, type Part, roomForNotes } from './parts.ts';
import { dataOf, markdownLine, plainLine, unlinked } from './text.ts';
import { linkable } from './urls.ts';

const colours: Record<Tone, number> = {
  critical: 0xe03131,
  warning: 0xf08c00,
  info: 0x1c7ed6,
  good: 0x2f9e44,
  neutral: 0x868e96,
};

/** What the embed's parts may take of the description when others want to be in it too. */
const shares = { text: 1600, block: 1400, facts: 1500, asText: 600 } as const;

export interface Embedded {
  /** Null where the message is its headline alone. */
  readonly embed: APIEmbed | null;
  /** What did not fit, whole. */
  readonly files: readonly File[];
}

/**
 * @param asText plain lines that belong into the text: links that cannot be buttons, files that could not be attached
 */
export function embedOf(
  message: Message,
  options: {
    readonly redact: Redact;
    readonly marker?: string | undefined;
    readonly asText: readonly string[];
  },
): Embedded {
  const { redact } = options;
  const title = titleOf(message, redact);
  const titleUrl = message.titleUrl === undefined ? null : linkable(message.titleUrl, limits.embedUrl, redact);
  const asText = [...options.asText];
  if (message.titleUrl !== undefined && (titleUrl === null || title.text === '')) {
    asText.unshift(unlinked('', message.titleUrl, redact));
  }
  const description = descriptionOf(message, asText, title.cut, redact);
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
  titleCut: boolean,
  redact: Redact,
): { readonly text: string; readonly files: readonly File[] } {
  const crowded = message.block !== undefined || message.list !== undefined;
  let room = limits.embed.description - roomForNotes;
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
  const wholly = titleCut || [facts, addresses, text].some((part) => part.note !== undefined);
  const files = [list.file, block.file, wholly ? wholeOf(message, asText, redact) : undefined].filter(
    (file) => file !== undefined,
  );
  const parts = [text, block, list, facts, addresses].map((part) => part.text);
  const notes = [list.note, block.note, wholly ? 'Cut short; all of the text is in `message.txt`.' : undefined];
  const shown = [...parts, notes.filter((note) => note !== undefined).join('\n')].filter((part) => part !== '');
  return { text: guardUnderscores(shown.join('\n\n').trim(), limits.embed.description), files };
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
