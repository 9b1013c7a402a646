// A message with a long list, made ready to be rendered: what can never be shown of the list is only in its file.
import type { Redact } from '../lib/redact.ts';
import type { Room } from '../lib/room.ts';
import type { File, List, Message } from '../message.ts';
import { largeTextsFile } from './files.ts';
import { limits } from './limits.ts';

/** The beginning of a list, and the file that holds all of it. */
export interface PreparedList extends List {
  readonly count: number;
  readonly whole: File;
}

/** Lists of more items are prepared. */
const long = 200;

/** An item takes at least one character and a line feed. */
const mostShown = limits.embed.description / 2;

/** About what a list of that many items weighs, in bytes; at most so much that it is beside no webhook of the largest kind. */
const weight = { perItem: 256, most: 2 * 1024 * 1024 };

/** After this it is done without room, in milliseconds: a message has to go. */
const patienceMs = 10_000;

/** Goes through megabytes while others have their turn; `render` then goes through little. */
export async function prepare(
  message: Message,
  { redact, workroom }: { readonly redact: Redact; readonly workroom?: Room | undefined },
): Promise<Message> {
  const { list } = message;
  if (list === undefined || list.items.length <= long) return message;
  const { items } = list;
  const bytes = Math.min(weight.most, items.length * weight.perItem);
  const got = await workroom?.take(bytes, patienceMs);
  try {
    const whole = await largeTextsFile(list.file, wholes(list), redact);
    const prepared: PreparedList = { ...list, items: items.slice(0, mostShown), count: items.length, whole };
    return { ...message, list: prepared };
  } finally {
    if (got === true) workroom?.give(bytes);
  }
}

/** As `prepare` has made it, or as it is. */
export function isPrepared(list: List): list is PreparedList {
  return 'whole' in list;
}

export function* wholes({ items }: List): Iterable<string> {
  for (const item of items) yield item.whole;
}
