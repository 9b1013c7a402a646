// Makes text harmless before anything else is done with it: what cannot be seen, or changes how the rest is seen, goes.

/**
 * Controls but line feed and tab; what Unicode lets a program ignore (soft hyphen, bidirectional marks and overrides,
 * zero-width and filler characters, language tags); interlinear marks; noncharacters. Joiners and the two selectors of emoji
 * are treated on their own.
 */
const invisible =
  /(?![\n\t])\p{Cc}|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}|[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|\p{Noncharacter_Code_Point}/gu;

const lineBreaks = /\r\n?|[\u000b\u000c\u0085\u2028\u2029]/g;

const emoji = '\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f';
const joining = ['Arab', 'Syrc', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh']
  .map((script) => `\\p{sc=${script}}`)
  .join('');

/**
 * Joiners mean something between the parts of one emoji and between letters of these scripts, selectors only after an emoji;
 * elsewhere they only hide.
 */
const strayJoiners = new RegExp(
  `[\\u200c\\u200d](?:(?<![${emoji}${joining}].)|(?![${emoji}${joining}]))|[\\ufe0e\\ufe0f](?<!\\p{Emoji}.)`,
  'gu',
);

/** More marks than this on one letter paint over the lines around it. */
const stackedMarks = /(\p{M}{6})\p{M}+/gu;

/** The braille blank counts as a symbol but shows nothing. */
const blanks = /\u2800/g;

/** What most texts are made of alone, none of which any rule is about. */
const plain = /^[ -~]*$/;

/** Keeps line feeds; tabs become four blanks. */
export function clean(text: string): string {
  if (plain.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll(lineBreaks, '\n')
    .replaceAll(invisible, '')
    .replaceAll(strayJoiners, '')
    .replaceAll(stackedMarks, '$1')
    .replaceAll(blanks, ' ')
    .replaceAll('\t', '    ');
}

/** On one line: a line break, with the blanks around it, becomes one blank. */
export function fold(text: string): string {
  if (!text.includes('\n')) return text;
  const [first = '', ...rest] = text.split('\n');
  return [first.trimEnd(), ...rest.map((line) => line.trim())]
    .filter((line, index) => index === 0 || line !== '')
    .join(' ');
}

/** True where nothing in the text leaves a trace on a screen: Discord refuses such a title, name or value. */
export function isBlank(text: string): boolean {
  return !/[\p{L}\p{N}\p{P}\p{S}\p{Co}\p{Cn}]/u.test(text);
}

/** Stands for what is blank where Discord wants something. */
export const blank = '–';
