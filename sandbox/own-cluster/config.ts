// The reader's configuration file, made to fit the sandbox's Discord, whose roles and channels are others.
import { isMap, parseDocument } from 'yaml';
import type { Discord } from '../discord/discord.ts';
import { levelsOf } from '../homelab.ts';

/**
 * @param text of CONFIG_FILE; null where there is none.
 * @returns the text to use, and what was changed in it, in words.
 */
export function configFor(
  discord: Discord,
  text: string | null,
): { readonly text: string; readonly changed: string | null } {
  if (text === null) return { text: levelsOf(discord), changed: null };
  const document = parseDocument(text);
  // What is wrong with it the bot says best.
  if (document.errors.length > 0 || !isMap(document.contents)) return { text, changed: null };
  document.set('access', document.createNode(parseDocument(levelsOf(discord)).toJS().access));
  document.deleteIn(['alerts', 'routes']);
  return {
    text: document.toString(),
    changed:
      "The roles and channels of your CONFIG_FILE are elsewhere: the sandbox's own roles have the levels, and its routes are left out.",
  };
}
