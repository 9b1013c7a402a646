// Which change a rollback goes back to. Pure: a history in, a target with the changes to take back, or why there is none.

import { shortTag } from '../lib/tag.ts';
import type { TagChange } from './repository.ts';

export type RollbackTarget =
  | {
      readonly kind: 'target';
      /** What runs afterwards. */
      readonly tag: string;
      /** The deploy that brought this tag; null where it is older than the history. */
      readonly deploy: TagChange | null;
      /** To be reverted in one commit, newest first. */
      readonly undo: readonly TagChange[];
    }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Deploys that still stand, oldest first: what was reverted is left out, and with the revert of a revert it stands again. A change by hand
 * counts as a deploy, and so does a revert whose outcome is not the tag that was there before what it names.
 */
export function standingDeploys(history: readonly TagChange[]): TagChange[] {
  let standing: TagChange[] = [];
  const undoneBy = new Map<string, readonly TagChange[]>();
  for (const change of history.toReversed()) {
    const named = new Set(change.reverts);
    const undone = standing.filter((one) => named.has(one.commit));
    const restored = change.reverts.flatMap((commit) => undoneBy.get(commit) ?? []);
    const rest = inOrder(history, [...standing.filter((one) => !named.has(one.commit)), ...restored]);
    const tag = rest.at(-1)?.to ?? undone[0]?.from ?? null;
    const known = undone.length + restored.length > 0;
    // What it names may be older than the history: then it is no deploy either, or a rollback of it would go forward.
    const explained = known ? tag === change.to : change.reverts.length > 0 && standing.length === 0;
    if (explained) undoneBy.set(change.commit, undone);
    standing = explained ? rest : [...standing, change];
  }
  return standing;
}

/**
 * @param history of one app, newest first, as `Repository.history` gives it.
 * @param running tag that the cluster is told to run; null where nothing runs, then the newest deploy counts.
 * @param to the commit or tag of an earlier deploy. Without it: the newest deploy before the running one that was not itself undone.
 */
export function rollbackTarget(history: readonly TagChange[], running: string | null, to?: string): RollbackTarget {
  const standing = standingDeploys(history);
  const at = running === null ? standing.length - 1 : standing.findLastIndex((one) => one.to === running);
  const current = standing[at];
  if (current === undefined) {
    return none(
      running === null || standing.length === 0
        ? 'There is no deploy to take back.'
        : `What runs (${shortTag(running)}) was not deployed through the repository, so there is nothing to take back. Deploy a version instead.`,
    );
  }
  const target = to === undefined ? at - 1 : indexOf(standing, at, to);
  if (target === null) return none(whyNot(history, standing, current, to ?? ''));
  const tag = target < 0 ? (standing[0]?.from ?? null) : (standing[target]?.to ?? null);
  if (tag === null) return none(`${shortTag(current.to)} is the first deploy: there is none before it.`);
  return { kind: 'target', tag, deploy: standing[target] ?? null, undo: standing.slice(target + 1).toReversed() };
}

/** Index in `standing` of the deploy that `to` names, -1 for what ran before the first, null where it names none before `at`. */
function indexOf(standing: readonly TagChange[], at: number, to: string): number | null {
  const before = standing.slice(0, at);
  const byCommit = to.length < 7 ? -1 : before.findLastIndex((one) => one.commit.startsWith(to));
  // Where a tag and a commit read alike, the tag is meant: that is what people deploy.
  const byTag = before.findLastIndex((one) => one.to === to);
  if (byTag >= 0) return byTag;
  if (byCommit >= 0) return byCommit;
  return standing[0]?.from === to ? -1 : null;
}

function whyNot(history: readonly TagChange[], standing: readonly TagChange[], current: TagChange, to: string): string {
  const isIt = (one: TagChange) => one.to === to || (to.length >= 7 && one.commit.startsWith(to));
  if (isIt(current)) return `${shortTag(to)} is what runs.`;
  if (standing.some(isIt))
    return `${shortTag(to)} is newer than what runs, and a rollback never goes forward. Deploy it instead.`;
  if (history.some(isIt)) return `${shortTag(to)} was taken back before. Deploy it instead if it is wanted again.`;
  return `${shortTag(to)} is no earlier deploy of this app.`;
}

function inOrder(history: readonly TagChange[], changes: readonly TagChange[]): TagChange[] {
  const wanted = new Set(changes);
  return history.filter((one) => wanted.has(one)).toReversed();
}

function none(reason: string): RollbackTarget {
  return { kind: 'none', reason };
}
