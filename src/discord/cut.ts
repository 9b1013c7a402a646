// Cutting text to a length without breaking what belongs together.

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The longest beginning of at most `max` code units that ends between two graphemes: no half emoji, no lost accent. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 0) return '';
  // One grapheme can be longer than any limit, so only a window around the place is looked at.
  const from = wellFormedIndex(text, Math.max(0, max - 256));
  const within = segmenter.segment(text.slice(from, max + 256)).containing(max - from);
  const end = within === undefined ? max : from + within.index;
  return text.slice(0, end > 0 ? end : wellFormedIndex(text, max)).trimEnd();
}

/** Moves an index that stands between the two halves of a surrogate pair to before it. */
function wellFormedIndex(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const before = text.charCodeAt(index - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff ? index - 1 : index;
}

export interface Fitted {
  readonly text: string;
  readonly cut: boolean;
}

/**
 * Writes as much of `text` as fits into `max` code units after `write`, ending in an ellipsis where something is missing.
 * The data is cut and written anew, so that no escape sequence or markup is ever split. Empty where not even the ellipsis fits.
 * @param more the text is a beginning already: it never counts as whole
 */
export function fitInto(
  text: string,
  max: number,
  write: (part: string) => string = (part) => part,
  more = false,
): Fitted {
  if (text.length <= max && !more) {
    const whole = write(text);
    if (whole.length <= max) return { text: whole, cut: false };
  }
  let low = 0;
  let high = Math.min(text.length, max);
  let best = '';
  while (low <= high) {
    const middle = (low + high) >> 1;
    const part = cut(text, middle);
    const written = write(`${part}…`);
    if (written.length <= max) {
      if (part !== '') best = written;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  if (best === '' && max >= 1) best = write('…').length <= max ? write('…') : '';
  return { text: best, cut: true };
}
