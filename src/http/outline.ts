// One pass over the bytes of a JSON body, before anything is parsed: how much it holds, and where its long list can be cut.

export interface Outline {
  readonly depth: number;
  readonly values: number;
  /** The list's bytes; null where the body has no such list, or says in a way of its own where it is. */
  readonly list: List | null;
}

export interface List {
  /** Behind its `[`. */
  readonly start: number;
  /** At its `]`. */
  readonly end: number;
  /** Commas between two of its items, some `pieceBytes` apart. */
  readonly cuts: readonly number[];
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/**
 * JSON.parse's recursion hostile bytes could exhaust, and its result can take twenty times the memory of its text (`[{},{},…`). Stops where
 * they nest deeper than `limit`. Whether they are JSON at all is not found out here: of what is none, the list may be anything.
 * @param key of the list in the outermost object.
 */
export function outline(bytes: Buffer, limit: number, key: string, pieceBytes: number): Outline {
  let depth = 0;
  let values = 1;
  /** The last string of the outermost object, with its quotes. */
  let stringAt = 0;
  let stringEnd = 0;
  let named = false;
  let found = 0;
  let clear = true;
  let start = -1;
  let end = -1;
  let last = 0;
  const cuts: number[] = [];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === quote) {
      const from = i;
      for (i += 1; i < bytes.length && bytes[i] !== quote; i += 1) {
        if (bytes[i] === backslash) i += 1;
      }
      if (depth === 1) {
        stringAt = from;
        stringEnd = i + 1;
      }
    } else if (byte === comma) {
      values += 1;
      if (depth === 1) named = false;
      else if (depth === 2 && named && i - last >= pieceBytes) {
        cuts.push(i);
        last = i;
      }
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > limit) break;
      if (depth === 2 && named) {
        if (byte === 0x7b) clear = false;
        start = i + 1;
        last = i;
      }
    } else if (byte === 0x5d || byte === 0x7d) {
      if (depth === 2 && named) {
        end = i;
        named = false;
      }
      depth -= 1;
    } else if (byte === colon && depth === 1) {
      const name = bytes.toString('latin1', stringAt + 1, Math.min(stringEnd - 1, stringAt + 100));
      named = name === key;
      if (named) found += 1;
      // Spelt otherwise it may be the list as well.
      if (name.includes('\\')) clear = false;
    }
  }
  const whole = clear && found === 1 && start > 0 && end >= start;
  return { depth, values, list: whole ? { start, end, cuts } : null };
}
