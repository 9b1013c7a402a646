// Which names to suggest for what was typed so far. Pure.
import type { Choice } from '../../src/dispatch/invocation.ts';

/** Names that begin with it, then those that hold it. */
export function suggestions(typed: string, names: readonly string[]): Choice[] {
  const wanted = typed.trim().toLowerCase();
  const begin = names.filter((name) => name.startsWith(wanted));
  const hold = names.filter((name) => !name.startsWith(wanted) && name.includes(wanted));
  return [...begin, ...hold].map((name) => ({ name, value: name }));
}
