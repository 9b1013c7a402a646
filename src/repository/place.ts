// Places a change of an app's tag at the head of the branch: fetch, edit, commit, push, and again when somebody else was faster.

import { shortTag } from '../lib/tag.ts';
import { UserError } from '../lib/user-error.ts';
import type { Clone } from './clone.ts';
import { makeCommit } from './commit.ts';
import { commitMessage, parseCommitMessage } from './commit-message.ts';
import { kindOf } from './failures.ts';
import { GitFailure } from './git.ts';
import { readTag } from './kustomization-tag.ts';
import { utf8 } from './reach.ts';
import type { AppSource, Attribution, PlacedChange, TagChange } from './repository.ts';
import { appFolder, kustomizationIn, type Tree } from './tree.ts';

export interface Placing {
  readonly clone: Clone;
  readonly author: { readonly name: string; readonly email: string };
  readonly now: () => Date;
  readonly shown: string;
}

export interface Change {
  readonly source: AppSource;
  readonly by: Attribution;
  /** Commits that it takes back, newest first. */
  readonly reverts: readonly string[];
  /** The tag that must be there; undefined where any may. */
  readonly expected: string | null | undefined;
  readonly to: string;
  /** @param file for messages. */
  edit(text: string, file: string): string;
  /** A commit that is the outcome of this already. */
  find(commit: string, path: string): Promise<TagChange | null>;
}

export interface Kustomization {
  readonly path: string;
  readonly text: string;
  readonly blob: string;
}

const mostTries = 8;

/** The text of the app's kustomization at a commit. */
export async function kustomizationOf(
  clone: Clone,
  tree: Tree,
  source: AppSource,
  signal: AbortSignal,
): Promise<Kustomization> {
  const { path, blob } = kustomizationIn(tree, appFolder(tree, source.path).path);
  const [bytes = Buffer.of()] = await clone.blobs([blob], signal);
  return { path, blob, text: utf8(bytes, path) };
}

/** Rejects with a `GitFailure` or a `UserError`. */
export async function place(placing: Placing, change: Change, signal: AbortSignal): Promise<PlacedChange> {
  const { clone, shown } = placing;
  let expected = change.expected;
  let recent = clone.recent();
  for (let tries = 1; ; ) {
    const parent = recent ?? (await clone.newest(signal));
    let prepared: Prepared;
    try {
      prepared = await prepare(placing, change, parent, expected, signal);
    } catch (error) {
      // What was known seconds ago is no reason to refuse anything.
      if (recent === null || !(error instanceof UserError || error instanceof GitFailure)) throw error;
      recent = null;
      continue;
    }
    if ('done' in prepared) return { ...prepared.done, parent: null };
    expected = prepared.made.from;
    if ((await push(clone, prepared.made.commit, signal)) === 'pushed') return { ...prepared.made, parent };
    recent = null;
    tries += 1;
    if (tries > mostTries) {
      throw new UserError(
        `Others keep pushing to the manifest repository (${shown}): the commit could not be placed in ${mostTries} tries. Nothing was changed.`,
      );
    }
  }
}

type Prepared = { readonly done: TagChange } | { readonly made: TagChange };

/** The commit on top of `parent`, unless it is in the branch already: looked for while it is made, for one that is not pushed does no harm. */
async function prepare(
  placing: Placing,
  change: Change,
  parent: string,
  expected: string | null | undefined,
  signal: AbortSignal,
): Promise<Prepared> {
  const tree = await placing.clone.tree(parent, signal);
  const found = await kustomizationOf(placing.clone, tree, change.source, signal);
  const [done, made] = await Promise.allSettled([
    change.find(parent, found.path),
    make(placing, change, tree, found, expected, signal),
  ]);
  if (done.status === 'rejected') throw done.reason;
  if (done.value !== null) return { done: done.value };
  if (made.status === 'rejected') throw made.reason;
  return { made: made.value };
}

async function make(
  { clone, author, now }: Placing,
  { source, by, reverts, to, edit }: Change,
  tree: Tree,
  { path, text }: Kustomization,
  expected: string | null | undefined,
  signal: AbortSignal,
): Promise<TagChange> {
  const from = readTag(text, source.image, path);
  if (expected !== undefined && from !== expected) throw overtaken(source, expected, from);
  const edited = edit(text, path);
  if (edited === text) throw new UserError(`${source.app} is on ${shortTag(to)} in the repository already.`);
  const at = new Date(Math.floor(now().getTime() / 1000) * 1000);
  const message = commitMessage({ app: source.app, to, by, reverts });
  const entry = tree.entries.get(path);
  const executable = entry?.kind === 'file' && entry.executable;
  const made = { parent: tree.commit, path, executable, text: edited, message, author, at };
  const commit = await makeCommit(clone, made, signal);
  return { commit, at, from, to, ...parseCommitMessage(message) };
}

/** An answer that was lost is looked up: the commit may have arrived. */
async function push(clone: Clone, commit: string, signal: AbortSignal): Promise<'pushed' | 'race'> {
  try {
    await clone.push(commit, signal);
    return 'pushed';
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const kind = kindOf(error);
    if (kind === 'race') return 'race';
    if (kind === 'refused' || kind === 'unauthorised' || kind === 'host key' || kind === 'not found') throw error;
    const arrived = await hasArrived(clone, commit, signal).catch(() => {
      throw new UserError(
        'The connection to the manifest repository broke while the commit was pushed, and whether it arrived could not be looked up. Try again in a moment: what arrived is found and not done twice.',
        { cause: error },
      );
    });
    if (arrived) return 'pushed';
    throw error;
  }
}

async function hasArrived(clone: Clone, commit: string, signal: AbortSignal): Promise<boolean> {
  const newest = await clone.newest(signal);
  return clone.run(['merge-base', '--is-ancestor', commit, newest], { signal }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof GitFailure && error.exitCode === 1) return false;
      throw error;
    },
  );
}

function overtaken({ app }: AppSource, expected: string | null, found: string | null): UserError {
  const was = expected === null ? 'none' : shortTag(expected);
  return new UserError(
    found === null
      ? `The tag of ${app} is gone from the repository (it was ${was}). Look at it and say again what is wanted.`
      : `Somebody set ${app} to ${shortTag(found)} in the repository (it was ${was}). Look at it and say again what is wanted.`,
  );
}
