// Writes what a kustomization reaches, and nothing else, into a folder of its own: nothing there leads out of it.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Reach } from './reach.ts';

export interface Exported {
  /** Absolute path. */
  readonly root: string;
  remove(): Promise<void>;
}

/** @param folder that exists; the export is made below it. */
export async function exportReach(folder: string, { files, links }: Reach): Promise<Exported> {
  const root = await mkdtemp(join(folder, 'tree-'));
  const remove = () => rm(root, { recursive: true, force: true, maxRetries: 3 });
  try {
    for (const [path, bytes] of files) {
      const at = join(root, path);
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, bytes, { flag: 'wx', mode: 0o600 });
    }
    // After the files, so that none is written through a link.
    for (const [path, target] of links) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await symlink(target, join(root, path));
    }
    return { root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
