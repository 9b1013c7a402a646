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

/** A work tree that holds exactly one commit. */
export interface Checkout {
  readonly commit: string;
  /** Absolute path of the app's kustomization in it; links that lead out of the tree have been refused. */
  readonly folder: string;
  release(): Promise<void>;
}

/**
 * Every method fetches first, and rejects with a `UserError` in the words of the person: the repository is away, empty, slow or refuses the
 * push, the path is not in it, the kustomization cannot be used (broken YAML, several entries of one image, remote resources …).
 */
export interface Repository {
  /** The tag at the newest commit of the branch; null where the kustomization names none for this image. */
  tagOf(source: AppSource, signal: AbortSignal): Promise<{ readonly commit: string; readonly tag: string | null }>;
  /** Newest first, at most `limit`. */
  history(source: AppSource, limit: number, signal: AbortSignal): Promise<readonly TagChange[]>;
  /**
   * Sets the quoted `newTag`, commits as the bot, pushes; fetches, rebases and pushes again on a race. Where a commit of this operation is
   * in the branch already, that one is returned and nothing is done.
   */
  setTag(source: AppSource, tag: string, by: Attribution, signal: AbortSignal): Promise<TagChange>;
  /**
   * One commit that takes these changes of this app's tag back, newest first. Where only neighbouring lines changed by hand make the revert conflict,
   * the field itself is set (trailers `Reverts: <sha>`); only a different `newTag` or a vanished entry stops it.
   */
  revert(source: AppSource, changes: readonly TagChange[], by: Attribution, signal: AbortSignal): Promise<TagChange>;
  /** Refuses, by name, remote resources, exec and helm generators that the kustomization reaches, before anything is rendered. */
  checkout(source: AppSource, commit: string, signal: AbortSignal): Promise<Checkout>;
}
