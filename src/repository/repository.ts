// The manifest repository, in the words of those who deploy; the one place where others meet the repository room.

/** Where an app's image tag stands. */
export interface AppSource {
  readonly app: string;
  /** Folder of the kustomization in the repository, relative, without `..`. */
  readonly path: string;
  /** Image without tag, as in `images[].name`. */
  readonly image: string;
}

/** Who and why, for the trailers of a commit. The author is always the bot. */
export interface Attribution {
  readonly person: { readonly id: string; readonly username: string };
  readonly reason: string | null;
  /** Id of the operation: a commit that carries it is this operation's, also when the answer to the push was lost. */
  readonly operation: string;
  /** False where nothing of this operation can be in the branch yet, so that it need not be looked for. */
  readonly again: boolean;
}

/** A commit that changed the tag of an app. */
export interface TagChange {
  readonly commit: string;
  readonly at: Date;
  readonly from: string | null;
  readonly to: string;
  /** From the trailers; null for a commit that a person made by hand. */
  readonly person: { readonly id: string; readonly username: string } | null;
  readonly reason: string | null;
  readonly operation: string | null;
  /** Commits that it reverts (trailer `Reverts:` or git's own sentence); empty for a deploy. */
  readonly reverts: readonly string[];
}

/** A commit that was placed just now, or found to be there already. */
export interface PlacedChange extends TagChange {
  /** What it stands on; null where it was there already. */
  readonly parent: string | null;
}

/** What the app's kustomization reaches at exactly one commit, to the byte, and nothing else of the repository. */
export interface Checkout {
  readonly commit: string;
  /** Absolute path of the folder of the app's kustomization in it. Links stay inside; those that lead out have been refused. */
  readonly folder: string;
  /** Removes it; also more than once. What was not released is removed by the next start. */
  release(): Promise<void>;
}

/** The checkout of the newest commit as it would be with another tag. */
export interface Preview extends Checkout {
  /** The tag that the commit itself has; null where the kustomization names none for this image. */
  readonly tag: string | null;
}

/**
 * Every method fetches first: calls of one moment share a fetch, and for a push one of the last seconds will do, since it is taken only
 * where nothing came in between. Each rejects with a `UserError` in the words of the person: the repository is away, empty, slow or refuses
 * the push, the path is not in it, the kustomization cannot be used (broken YAML, several entries of one image, remote resources …); or with
 * the reason of an aborted signal. After an abort or a `UserError` in the middle of a push it is not known whether the commit arrived: the
 * same call with the same operation finds it.
 */
export interface Repository {
  /** The tag at the newest commit of the branch; null where the kustomization names none for this image. */
  tagOf(source: AppSource, signal: AbortSignal): Promise<{ readonly commit: string; readonly tag: string | null }>;
  /** Newest first, at most `limit`, along the first parents of the branch; the oldest has `from` null where the file began with its tag. */
  history(source: AppSource, limit: number, signal: AbortSignal): Promise<readonly TagChange[]>;
  /**
   * Sets the quoted `newTag`, commits as the bot, pushes; fetches, rebases and pushes again on a race, unless somebody has set this tag
   * meanwhile. Where a commit of this operation is in the branch already, that one is returned and nothing is done. A tag that is there
   * already is refused.
   */
  setTag(source: AppSource, tag: string, by: Attribution, signal: AbortSignal): Promise<PlacedChange>;
  /**
   * One commit that takes these changes of this app's tag back, newest first (`Reverts: <sha>` for each): the tag goes to what it was before
   * the oldest. Everything else stays, also neighbouring lines and what else a commit by hand has changed; only a different `newTag` or a
   * vanished entry stops it. Of a deploy by the bot that is what `git revert` makes. Repeated with the same operation, it finds its commit.
   */
  revert(source: AppSource, changes: readonly TagChange[], by: Attribution, signal: AbortSignal): Promise<PlacedChange>;
  /**
   * Refuses, by name, remote resources, generators, transformers, validators and helm that the kustomization reaches, before anything is
   * written. Fetches only where the commit is not here yet.
   */
  checkout(source: AppSource, commit: string, signal: AbortSignal): Promise<Checkout>;
  /**
   * What `setTag` would commit on the newest commit, without committing it: a commit of this tag with that commit as its parent holds
   * these files, byte for byte. Refuses what `setTag` and `checkout` refuse, but for a tag that is there already.
   */
  preview(source: AppSource, tag: string, signal: AbortSignal): Promise<Preview>;
}
