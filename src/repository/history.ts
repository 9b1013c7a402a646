// Which commits changed an app's tag: read from the first parents of the branch, so that a merge counts when it arrived there.
import { UserError } from '../lib/user-error.ts';
import type { Clone } from './clone.ts';
import { parseCommitMessage } from './commit-message.ts';
import { readTag } from './kustomization-tag.ts';
import { utf8 } from './reach.ts';
import type { TagChange } from './repository.ts';

interface Step {
  readonly commit: string;
  readonly at: Date;
  readonly message: string;
  /** Id of the kustomization's blob after it; null where it was removed. */
  readonly blob: string | null;
}

/** No more commits of a file are looked at: 0.3 s of git at the most. */
const mostSteps = 1000;
const zero = /^0+$/;

export interface HistoryOptions {
  readonly clone: Clone;
  readonly commit: string;
  /** Of the kustomization. */
  readonly path: string;
  readonly image: string;
  readonly limit: number;
  /** Tags by blob and image, kept between calls. */
  readonly known: Map<string, string | null>;
  readonly signal: AbortSignal;
}

/** Newest first, at most `limit`. A kustomization that could not be read then counts as one without a tag. */
export async function tagChanges(options: HistoryOptions): Promise<TagChange[]> {
  const { clone, image, limit, known, signal } = options;
  const steps = await stepsOf(options);
  const keyOf = (blob: string) => tagKey(blob, image);
  const unread = [...new Set(steps.flatMap(({ blob }) => (blob === null || known.has(keyOf(blob)) ? [] : [blob])))];
  const texts = await clone.blobs(unread, signal);
  for (const [index, blob] of unread.entries()) known.set(keyOf(blob), tagIn(texts[index] ?? Buffer.of(), image));
  const changes = steps.flatMap((step, index): TagChange[] => {
    const to = step.blob === null ? null : (known.get(keyOf(step.blob)) ?? null);
    const before = steps[index + 1];
    const from = before === undefined || before.blob === null ? null : (known.get(keyOf(before.blob)) ?? null);
    if (to === null || to === from) return [];
    // The oldest one looked at may not have brought its tag: what was before it is not known.
    if (before === undefined && steps.length >= mostSteps) return [];
    return [{ commit: step.commit, at: step.at, from, to, ...parseCommitMessage(step.message) }];
  });
  forget(known);
  return changes.slice(0, limit);
}

/** Under which `known` holds the tag: a blob never changes. */
export function tagKey(blob: string, image: string): string {
  return `${blob} ${image}`;
}

async function stepsOf({ clone, commit, path, signal }: HistoryOptions): Promise<Step[]> {
  const format = '--format=%x00%x00%H%x00%ct%x00%B%x00';
  const shape = ['--raw', '-z', '--no-abbrev', '--no-renames', '--first-parent', '--diff-merges=first-parent'];
  const args = ['log', '--no-show-signature', '--no-mailmap', '--no-color', '--encoding=UTF-8', ...shape, format];
  const log = await clone.run([...args, '-n', `${mostSteps}`, commit, '--', path], { signal });
  return parseLog(log.toString('utf8'));
}

/** Reads `git log -z --raw` in the format above: empty, empty, commit, seconds, message, then the changed file. */
export function parseLog(text: string): Step[] {
  const record = /\0\0([0-9a-f]{40,64})\0(\d+)\0([^\0]*)\0\0?\n?:\d{6} \d{6} [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*\0/g;
  return [...text.matchAll(record)].flatMap(([, commit, seconds, message, blob]) => {
    if (commit === undefined || blob === undefined) return [];
    const at = new Date(Number(seconds) * 1000);
    return [{ commit, at, message: message ?? '', blob: zero.test(blob) ? null : blob }];
  });
}

function tagIn(bytes: Uint8Array, image: string): string | null {
  try {
    return readTag(utf8(bytes, 'kustomization.yaml'), image);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function forget(known: Map<string, unknown>): void {
  for (const key of known.keys()) {
    if (known.size <= 5000) return;
    known.delete(key);
  }
}
