// What a rollback does to the text: the tag goes back to what it was before the oldest change that is taken back.

import { shortTag } from '../lib/tag.ts';
import { UserError } from '../lib/user-error.ts';
import { readTag, setTag } from './kustomization-tag.ts';
import type { AppSource, TagChange } from './repository.ts';

export interface RevertEdit {
  readonly to: string;
  /** The tag that must be there still. */
  readonly expected: string;
  edit(text: string, file: string): string;
}

/**
 * The field alone is set, never the rest of the commits: for a deploy by the bot that is what `git revert` gives, byte for byte; a commit by
 * hand may hold changes of other apps too, which whoever rolls this one back may have no right to.
 * @param undo newest first.
 * @throws UserError where there is nothing to go back to.
 */
export function revertEdit(source: AppSource, undo: readonly TagChange[]): RevertEdit {
  const newest = undo[0];
  const oldest = undo.at(-1);
  if (newest === undefined || oldest === undefined) throw new UserError('There is no deploy to take back.');
  const to = oldest.from;
  if (to === null)
    throw new UserError(`${shortTag(oldest.to)} is the first tag of ${source.app}: there is none before it.`);
  return {
    to,
    expected: newest.to,
    edit(text, file) {
      if (readTag(text, source.image, file) === null) {
        throw new UserError(`The entry for ${source.image} is gone from ${file}: there is nothing to take back.`);
      }
      return setTag(text, source.image, to, file);
    },
  };
}
