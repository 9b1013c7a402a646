// Walks from an app's kustomization to everything that it reads, and refuses what must not be rendered before anything is written.
import { UserError } from '../lib/user-error.ts';
import { pathsOf, type Reached } from './kustomization-paths.ts';
import { type Entry, kustomizationIn, type Resolved, resolveIn, type Tree } from './tree.ts';

export interface Reach {
  /** Path → content, at the places where they really lie. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Links on the way, by path; all of them stay inside. */
  readonly links: ReadonlyMap<string, string>;
}

const mostFolders = 200;
const mostFiles = 2000;

/**
 * @param folder of the tree, links followed.
 * @param read gives the contents of blobs, in their order; called once a level.
 * @throws UserError that names the kustomization, the field and what is wrong.
 */
export async function reach(
  tree: Tree,
  folder: string,
  read: (blobs: readonly string[]) => Promise<readonly Uint8Array[]>,
): Promise<Reach> {
  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  const visited = new Set<string>();
  for (let level = [folder]; level.length > 0; ) {
    const folders = [...new Set(level)].filter((one) => !visited.has(one));
    for (const one of folders) visited.add(one);
    if (visited.size > mostFolders) throw new UserError(`${folder} reaches more than ${mostFolders} kustomizations.`);
    const kustomizations = folders.map((one) => kustomizationIn(tree, one));
    const texts = await read(kustomizations.map(({ blob }) => blob));
    const found: Extract<Resolved, { kind: 'file' }>[] = [];
    level = [];
    for (const [index, file] of kustomizations.entries()) {
      const bytes = texts[index] ?? new Uint8Array();
      const from = folders[index] ?? '';
      keep(file, tree, links);
      files.set(file.path, bytes);
      for (const one of pathsOf(utf8(bytes, file.path), file.path)) {
        const to = target(tree, from, one, file.path);
        keep(to, tree, links);
        if (to.kind === 'folder') level.push(to.path);
        else if (!files.has(to.path)) found.push(to);
      }
    }
    const wanted = [...new Map(found.map((one) => [one.path, one])).values()];
    if (files.size + wanted.length > mostFiles) throw new UserError(`${folder} reaches more than ${mostFiles} files.`);
    const contents = await read(wanted.map(({ blob }) => blob));
    for (const [index, { path }] of wanted.entries()) files.set(path, contents[index] ?? new Uint8Array());
  }
  return { files, links };
}

/** @throws UserError for bytes that are no text. */
export function utf8(bytes: Uint8Array, name: string): string {
  try {
    // The mark at the beginning belongs to the text: it is written back.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UserError(`${name} is not UTF-8 text.`, { cause: error });
  }
}

function target(tree: Tree, from: string, { path, field, as }: Reached, file: string) {
  const to = resolveIn(tree, from, path);
  const what = `${file} names ${path} under ${field}`;
  switch (to.kind) {
    case 'absent':
      // A host name that nothing in the repository is called by.
      throw new UserError(`${what}, which is not in the repository.`);
    case 'outside':
      throw new UserError(
        to.by === path
          ? `${what}: the path leads out of the repository.`
          : `${what}: the link ${to.by} leads out of the repository.`,
      );
    case 'submodule':
      throw new UserError(`${what}: ${to.path} is a submodule, and those are not followed.`);
    case 'folder':
      if (as === 'file') throw new UserError(`${what}, which is a folder and not a file.`);
      return to;
    case 'file':
      if (as === 'folder') throw new UserError(`${what}, which is a file and not the folder of a kustomization.`);
      return to;
  }
}

function keep({ through }: { readonly through: readonly string[] }, tree: Tree, links: Map<string, string>): void {
  for (const path of through) {
    const entry: Entry | undefined = tree.entries.get(path);
    const to = tree.links.get(path);
    if (entry?.kind === 'link' && to !== undefined) links.set(path, to);
  }
}
