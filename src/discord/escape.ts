// Keeps data from becoming markup: nothing in it can format, link or mention in Discord's dialect of Markdown.

/**
 * Escapes only what could start markup, so that names and numbers stay readable and searchable: `node_name`, `10.0.0.1:9100`
 * and `p95 > 2s` stay as they are. The first and last characters are treated as if anything could stand beside them, because
 * runs of text are joined. Expects cleaned text of one line.
 */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(special, (found) => found.replaceAll(/[\\*_~|`<@:([\]]/g, '\\$&'));
}

const special = new RegExp(
  [
    // Always: the escape itself, emphasis, code, and what opens mentions, custom emoji, timestamps and bare links.
    '[\\\\*`<]',
    // Emphasis; inside a word it is none, which leaves names like node_name alone.
    '(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])',
    // Struck-through text and spoilers take two.
    '(?:^|(?<=~))~|~(?=~|$)',
    '(?:^|(?<=\\|))\\||\\|(?=\\||$)',
    // Text in brackets followed by an address in parentheses is a link, also where only its brackets are escaped.
    '\\](?=\\(|$)|(?<=\\]|^)\\(',
    '@(?=everyone|here|$)',
    // Addresses become links by themselves.
    '(?<=[A-Za-z][A-Za-z0-9+.-]*):(?=//|/?$)',
  ].join('|'),
  'g',
);

/** Escapes what opens a heading, small print, a list or a quote at the start of a line. Expects what `escapeMarkdown` gave. */
export function escapeLineStart(line: string): string {
  return line.replace(/^(\s*)(#{1,3}|-#|[-+>]|>>>|\d+(?=[.)]))([.)]?)(?=\s|$)/, (whole, blanks, sign, dot) => {
    return dot === '' ? whole.replace(/[#>+-]/, '\\$&') : `${blanks}${sign}\\${dot}`;
  });
}

/**
 * Underscores inside words are left alone by `escapeMarkdown`, but one would pair with an underscore at the end of a word in
 * code, where nothing can be escaped. Where there is such code, all others are escaped. Expects finished Markdown of ours.
 * @param max where that would be longer, it is left as it is: a word may then be slanted, nothing worse
 */
export function guardUnderscores(markdown: string, max: number): string {
  let open = false;
  const guarded = markdown.replaceAll(/\\[\s\S]|```[\s\S]*?```|`[^`]+`|_/g, (found) => {
    if (found === '_') return '\\_';
    if (found.startsWith('`') && /_(?!\w)/.test(found)) open = true;
    return found;
  });
  return open && guarded.length <= max ? guarded : markdown;
}
