// Bytes of a body → a notification, or why not, without doing more work than the bytes are worth.
import { collectGarbage } from '../lib/garbage.ts';
import { createTurns } from '../lib/turns.ts';
import { type List, outline } from './outline.ts';

/** What a body becomes; the reason is told to the sender. */
export type ParsedNotification<N> =
  | { readonly ok: true; readonly notification: N }
  | { readonly ok: false; readonly reason: string };

/** How a body becomes a notification. */
export interface NotificationParser<N> {
  /** @param body what JSON.parse gave. */
  whole(body: unknown): ParsedNotification<N>;
  /** The key in the outermost object whose list may be long. */
  readonly list: string;
  /**
   * The same in pieces.
   * @param body what JSON.parse gave, with an empty list.
   */
  begin(body: unknown): PieceParser<N> | { readonly ok: false; readonly reason: string };
}

export interface PieceParser<N> {
  readonly ok: true;
  /** Takes the next items; returns what is wrong with them, else null. */
  take(items: readonly unknown[]): string | null;
  end(): N;
}

interface JsonLimits {
  /** How deep arrays and objects may nest. */
  readonly depth: number;
  /** How many values there may be in all. */
  readonly values: number;
  /** How many bytes of a list are parsed at a time. */
  readonly pieceBytes: number;
}

/**
 * Bytes that are no UTF-8 become U+FFFD, as Go's decoder has it: an alert is not lost over one. A byte order mark is skipped.
 * A long list is parsed in pieces, so that neither its text nor what JSON.parse makes of it is ever in memory whole, and others have
 * their turn in between.
 */
export async function parseBody<N>(
  bytes: Buffer,
  parser: NotificationParser<N>,
  limits: JsonLimits,
): Promise<ParsedNotification<N>> {
  if (bytes.length === 0) return { ok: false, reason: 'the body is empty' };
  const { depth, values, list } = outline(bytes, limits.depth, parser.list, limits.pieceBytes);
  if (depth > limits.depth) return { ok: false, reason: `the body nests deeper than ${limits.depth} levels` };
  if (values > limits.values) return { ok: false, reason: `the body holds more than ${limits.values} values` };
  if (list !== null && list.cuts.length > 0) {
    const parsed = await parsePieces(bytes, list, parser);
    if (parsed !== 'no JSON') return parsed;
  }
  const json = parseText(bytes.toString('utf8'));
  return json.ok ? parser.whole(json.value) : json;
}

/** Bytes of a list after which what is left of their JSON is collected: V8 lets the heap grow by several times what is in use. */
const collectedBytes = 512 * 1024;

async function parsePieces<N>(
  bytes: Buffer,
  { start, end, cuts }: List,
  parser: NotificationParser<N>,
): Promise<ParsedNotification<N> | 'no JSON'> {
  const head = parseText(bytes.toString('utf8', 0, start) + bytes.toString('utf8', end));
  if (!head.ok) return 'no JSON';
  const pieces = parser.begin(head.value);
  if (!pieces.ok) return pieces;
  const turn = createTurns();
  let from = start;
  let collected = start;
  for (const to of [...cuts, end]) {
    const items = parseText(`[${bytes.toString('utf8', from, to)}]`);
    // Nothing between two commas is no item, but an empty list.
    if (!items.ok || !Array.isArray(items.value) || items.value.length === 0) return 'no JSON';
    const wrong = pieces.take(items.value);
    if (wrong !== null) return { ok: false, reason: wrong };
    from = to + 1;
    if (from - collected >= collectedBytes) {
      collectGarbage();
      collected = from;
    }
    await turn();
  }
  return { ok: true, notification: pieces.end() };
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

function parseText(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) };
  } catch (error) {
    // V8's message quotes the body; only the position is repeated.
    const position = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    const where = position === undefined ? '' : ` (at character ${position})`;
    return { ok: false, reason: `the body is not valid JSON${where}` };
  }
}
