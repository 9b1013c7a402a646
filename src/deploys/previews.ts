// What was rendered to check a deploy is kept for its apply: rendered once, checked, and applied as exactly these bytes.
import type { PlacedChange } from '../repository/repository.ts';

export interface Rendered {
  /** The commit on which the tag was set. */
  readonly parent: string;
  readonly tag: string;
  readonly manifest: string;
}

export interface Previews {
  /** The newest of an app counts: one change of it runs at a time. */
  keep(app: string, rendered: Rendered): void;
  /** What a render of this commit gives, where it stands on the commit that was rendered; once. Null after a race or a restart. */
  take(app: string, change: PlacedChange): string | null;
}

export function createPreviews(): Previews {
  const kept = new Map<string, Rendered>();
  return {
    keep(app, rendered) {
      kept.set(app, rendered);
    },
    take(app, { parent, to }) {
      const found = kept.get(app);
      kept.delete(app);
      return found !== undefined && found.parent === parent && found.tag === to ? found.manifest : null;
    },
  };
}
