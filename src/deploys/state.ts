// How far a deploy or rollback is; JSON, so that the next process can go on from it.
import type { PlacedChange, TagChange } from '../repository/repository.ts';
import type { Progress } from '../rollouts/judge.ts';

/** In the order in which they happen; the second half only where the first failed or was aborted. */
export type Step = 'commit' | 'look for the commit' | 'apply' | 'follow' | 'undo commit' | 'undo apply' | 'undo follow';

export interface DeployState {
  /** From which tag to which. */
  readonly from: string | null;
  readonly to: string;
  /** For a rollback: the changes that it takes back, newest first. */
  readonly takesBack: readonly TagChange[];
  /** The commit of the change, once it is pushed. */
  readonly change: PlacedChange | null;
  /** The commit that took it back. */
  readonly undo: PlacedChange | null;
  /** What the container is to run, from the manifest that was applied; null before. */
  readonly image: string | null;
  /** When it was applied, in milliseconds since 1970: the rollout's time runs from then, over restarts too. Null before. */
  readonly appliedAt: number | null;
  /** How the rollout stands, newest. */
  readonly progress: Progress | null;
  /** Why it failed or was aborted, in words; null while it goes well. */
  readonly failure: string | null;
  /** Last lines of what crashed. */
  readonly evidence: readonly string[];
  /** What went wrong while undoing, too. */
  readonly undoFailure: string | null;
}
