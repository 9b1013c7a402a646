// What the registry holds at first: the images of the demo app.
import { runningSha } from '../kubernetes/seed/workloads.ts';
import type { ImageKind } from './images.ts';

export interface SeededRepository {
  readonly name: string;
  /** Public ones are shown to everybody, as a package of GHCR that was made public. */
  readonly access: 'public' | 'private';
  readonly tags: Readonly<Record<string, ImageKind>>;
}

/** Commits of the demo app that were pushed, oldest first; one of them runs. */
export const shopShas = [
  '8d41b7e60c92f35a1e7d04b8c6f29a53e1d70b84',
  'c07a5e2d91f4836b0a7c5d18e3f62b94a0c7e5d1',
  runningSha,
  'b81e64f0d2a97c35e8f1046b7a9d52c3e0f84b16',
  'e5d90c7a3b1f48269d0e7c5a84f3b612d7c9e0a5',
] as const;

/** Which of them behave badly once they run; a tag that says `missing` is not there. */
export const oddTags = ['broken', 'broken-4f7c2e9', 'slow', 'slow-9a3d1b6'] as const;

/** @returns repositories below the registry's host: `127.0.0.1:<port>/acme/shop`. */
export function homelabImages(): readonly SeededRepository[] {
  const tags = Object.fromEntries([...shopShas, ...oddTags].map((tag) => [tag, 'oci'] as const));
  // Built for both kinds of machine, as one of them is.
  return [{ name: 'acme/shop', access: 'private', tags: { ...tags, [shopShas[3]]: 'index' } }];
}
