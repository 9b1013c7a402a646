// Repositories with their tags, manifests and blobs.
import { type Content, type ImageKind, makeImage } from './images.ts';
import type { SeededRepository } from './seed.ts';

export interface Repository {
  readonly access: 'public' | 'private';
  /** Digest by tag. */
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, Content>;
  readonly blobs: Map<string, Content>;
}

export interface Store {
  find(name: string): Repository | undefined;
  /** Makes an image and lets the tag point at it. @returns its digest. */
  push(name: string, tag: string, kind: ImageKind): string;
  /** The manifest stays, as registries keep it. @returns whether it was there. */
  untag(name: string, tag: string): boolean;
  fill(seed: readonly SeededRepository[]): void;
}

export function createStore(): Store {
  const repositories = new Map<string, Repository>();

  function create(name: string, access: Repository['access']): Repository {
    const made: Repository = { access, tags: new Map(), manifests: new Map(), blobs: new Map() };
    repositories.set(name, made);
    return made;
  }

  function push(name: string, tag: string, kind: ImageKind): string {
    // A package is private until somebody makes it public.
    const repository = repositories.get(name) ?? create(name, 'private');
    const { top, manifests, blobs } = makeImage(name, tag, kind);
    for (const manifest of [top, ...manifests]) repository.manifests.set(manifest.digest, manifest);
    for (const blob of blobs) repository.blobs.set(blob.digest, blob);
    repository.tags.set(tag, top.digest);
    return top.digest;
  }

  return {
    find: (name) => repositories.get(name),
    push,
    untag: (name, tag) => repositories.get(name)?.tags.delete(tag) ?? false,
    fill(seed) {
      repositories.clear();
      for (const { name, access, tags } of seed) {
        create(name, access);
        for (const [tag, kind] of Object.entries(tags)) push(name, tag, kind);
      }
    },
  };
}
