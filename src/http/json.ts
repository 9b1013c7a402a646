// Bytes of a body → a value, or why not, without doing more work than the bytes are worth.

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/**
 * Bytes that are no UTF-8 become U+FFFD, as Go's decoder has it: an alert is not lost over one. A byte order mark is skipped.
 * @param depth how deep arrays and objects may nest.
 * @param values how many values there may be in all.
 */
export function parseJson(bytes: Buffer, { depth, values }: { depth: number; values: number }): Parsed {
  if (bytes.length === 0) return { ok: false, reason: 'the body is empty' };
  const measured = measure(bytes, depth);
  if (measured.depth > depth) return { ok: false, reason: `the body nests deeper than ${depth} levels` };
  if (measured.values > values) return { ok: false, reason: `the body holds more than ${values} values` };
  const text = bytes.toString('utf8');
  try {
    return { ok: true, value: JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) };
  } catch (error) {
    // V8's message quotes the body; only the position is repeated.
    const position = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    const where = position === undefined ? '' : ` (at character ${position})`;
    return { ok: false, reason: `the body is not valid JSON${where}` };
  }
}

/**
 * One pass over the bytes, before JSON.parse, whose recursion hostile bytes could exhaust, and whose result can take twenty times
 * the memory of its text (`[{},{},…`). Stops where they nest deeper than `limit`.
 */
function measure(bytes: Buffer, limit: number): { depth: number; values: number } {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === quote) {
      for (i += 1; i < bytes.length && bytes[i] !== quote; i += 1) {
        if (bytes[i] === backslash) i += 1;
      }
    } else if (byte === comma) values += 1;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > limit) break;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return { depth, values };
}
