// An app as the configuration names it.

export interface App {
  /** What people type. */
  readonly name: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  /** Without tag. */
  readonly image: string;
  /** Folder of its kustomization in the manifest repository. */
  readonly path: string;
  /** Where its source lives, for links; null where the configuration does not say. */
  readonly source: string | null;
  /** Role ids that may deploy and roll back this app besides operators. */
  readonly deployers: readonly string[];
  readonly rolloutTimeoutMs: number;
  readonly autoRollback: boolean;
}

/** The tag of an image reference, or null where it has none: `127.0.0.1:5000/acme/shop:3f2c1a9` → `3f2c1a9`. */
export function tagOfImage(reference: string): string | null {
  const [name = ''] = reference.split('@');
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : null;
}
