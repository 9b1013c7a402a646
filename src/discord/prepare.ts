// A message with a long list, made ready to be rendered: what can never be shown of the list is only in its file.
import type { Redact } from '../lib/redact.ts';
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

/** Goes through megabytes while others have their turn; `render` then goes through little. */
export async function prepare(message: Message, redact: Redact): Promise<Message> {
  const { list } = message;
  if (list === undefined || list.items.length <= long) return message;
  const { items } = list;
  const whole = await largeTextsFile(list.file, wholes(list), redact);
  const prepared: PreparedList = { ...list, items: items.slice(0, mostShown), count: items.length, whole };
  return { ...message, list: prepared };
}

/** As `prepare` has made it, or as it is. */
export function isPrepared(list: List): list is PreparedList {
  return 'whole' in list;
}

export function* wholes({ items }: List): Iterable<string> {
  for (const item of items) yield item.whole;
}
