// The files of one commit as git lists them, and paths resolved in them as a file system would, without ever leaving the commit.
import { UserError } from '../lib/user-error.ts';

export type Entry =
  | { readonly kind: 'file'; readonly blob: string; readonly executable: boolean }
  | { readonly kind: 'link'; readonly blob: string }
  | { readonly kind: 'submodule' };

export interface Tree {
  readonly commit: string;
  /** Path without a leading slash → what is there. Folders are not listed. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Every folder, `''` for the root. */
  readonly folders: ReadonlySet<string>;
  /** Targets of the symbolic links, by path. */
  readonly links: ReadonlyMap<string, string>;
}

export type Resolved =
  | { readonly kind: 'file'; readonly path: string; readonly blob: string; readonly through: readonly string[] }
  /** `through`: the links that were followed, which a copy needs too. */
  | { readonly kind: 'folder'; readonly path: string; readonly through: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'outside'; readonly by: string }
  | { readonly kind: 'submodule'; readonly path: string };

const mostEntries = 50_000;
const mostHops = 40;

/** Reads the output of `git ls-tree -r -z --full-tree`. */
export function parseTree(listing: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of listing.split('\0')) {
    const match = /^(\d{6}) (\w+) ([0-9a-f]+)\t([\s\S]+)$/.exec(line);
    const [, mode, , blob, path] = match ?? [];
    if (mode === undefined || blob === undefined || path === undefined) continue;
    if (entries.size >= mostEntries) throw new UserError(`The repository has more than ${mostEntries} files.`);
    if (mode === '120000') entries.set(path, { kind: 'link', blob });
    else if (mode === '160000') entries.set(path, { kind: 'submodule' });
    else entries.set(path, { kind: 'file', blob, executable: mode === '100755' });
  }
  return entries;
}

/** @param links targets by the path of each link among the entries. */
export function createTree(
  commit: string,
  entries: ReadonlyMap<string, Entry>,
  links: ReadonlyMap<string, string>,
): Tree {
  const folders = new Set(['']);
  for (const path of entries.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return { commit, entries, folders, links };
}

/**
 * Follows `path` from a folder, a component at a time, as the kernel does: `..` is taken after links were followed.
 * @param from a folder of the tree, without links in its path.
 */
export function resolveIn(tree: Tree, from: string, path: string): Resolved {
  if (path.startsWith('/')) return { kind: 'outside', by: path };
  const rest = path.split('/').toReversed();
  const through: string[] = [];
  let at = from;
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (next === '' || next === '.') continue;
    if (next === '..') {
      if (at === '') return { kind: 'outside', by: path };
      at = parentOf(at);
      continue;
    }
    const here = at === '' ? next : `${at}/${next}`;
    const entry = tree.entries.get(here);
    if (entry === undefined) {
      if (!tree.folders.has(here)) return { kind: 'absent' };
      at = here;
    } else if (entry.kind === 'submodule') {
      return { kind: 'submodule', path: here };
    } else if (entry.kind === 'file') {
      // A file has nothing below it; `.` and `..` behind one are refused by the kernel too.
      return rest.length > 0 ? { kind: 'absent' } : { kind: 'file', path: here, blob: entry.blob, through };
    } else {
      const target = tree.links.get(here) ?? '/';
      through.push(here);
      if (target.startsWith('/') || through.length > mostHops) return { kind: 'outside', by: here };
      rest.push(...target.split('/').toReversed());
    }
  }
  return { kind: 'folder', path: at, through };
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * The kustomization of a folder, links followed.
 * @throws UserError where there is none, more than one, or it lies outside.
 */
export function kustomizationIn(tree: Tree, folder: string): Extract<Resolved, { kind: 'file' }> {
  const shown = folder === '' ? 'the root of the repository' : folder;
  const found = names.filter((name) => tree.entries.has(folder === '' ? name : `${folder}/${name}`));
  const [name, second] = found;
  if (name === undefined) throw new UserError(`There is no kustomization.yaml in ${shown}.`);
  if (second !== undefined)
    throw new UserError(`There are ${found.join(' and ')} in ${shown}; kustomize takes one only.`);
  const resolved = resolveIn(tree, folder, name);
  if (resolved.kind === 'file') return resolved;
  throw new UserError(
    resolved.kind === 'outside'
      ? `${name} in ${shown} is a link that leads out of the repository.`
      : `${name} in ${shown} is no file.`,
  );
}

/**
 * The folder of an app, links followed.
 * @param path as it is configured: relative, without `..`.
 */
export function appFolder(tree: Tree, path: string): Extract<Resolved, { kind: 'folder' }> {
  const clean = path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  if (clean.startsWith('/') || clean.split('/').includes('..')) {
    throw new UserError(`The path ${path} leads out of the repository. It is set in the configuration of the app.`);
  }
  const resolved = resolveIn(tree, '', clean);
  switch (resolved.kind) {
    case 'folder':
      return resolved;
    case 'outside':
      throw new UserError(`The path ${path} leads out of the repository, by the link ${resolved.by}.`);
    case 'submodule':
      throw new UserError(`The path ${path} is in a submodule (${resolved.path}); those are not followed.`);
    case 'file':
      throw new UserError(`The path ${path} is a file in the repository, not the folder of a kustomization.`);
    case 'absent':
      throw new UserError(`There is no folder ${path} in the repository.`);
  }
}
