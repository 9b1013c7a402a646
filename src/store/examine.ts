// What the doctor asks about the database's place: it makes, locks and writes nothing.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DiskFacts } from '../doctor/machine.ts';
import { type Asked, known, notAsked } from '../lib/asked.ts';
import { networkFileSystem } from './network-disk.ts';
import { codes, sqliteCode } from './sqlite.ts';

/** @param path of the database file. */
export function examineDisk(path: string): DiskFacts {
  const folder = asked(() => {
    const at = nearest(dirname(path));
    if (!statSync(at).isDirectory()) throw new Error(`${at} is no folder`);
    return { path: at, isThere: at === dirname(path), writable: mayWrite(at) && (!existsSync(path) || mayWrite(path)) };
  });
  if (folder.kind !== 'known')
    return { path, size: null, folder, network: notAsked, freeBytes: notAsked, lock: notAsked };
  const at = folder.value.path;
  return {
    path,
    size: existsSync(path) ? statSync(path).size : null,
    folder,
    network: asked(() => networkFileSystem(statfsSync(at).type)),
    freeBytes: asked(() => {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    }),
    lock: lockOf(path),
  };
}

/** Whoever holds the lock lets nobody read that file, and reading leaves nothing behind. */
function lockOf(path: string): Asked<'free' | 'held'> {
  const file = `${path}.lock`;
  if (!existsSync(file)) return known('free');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    database.prepare('select count(*) from sqlite_master').get();
    return known('free');
  } catch (error) {
    if (sqliteCode(error) === codes.busy) return known('held');
    return { kind: 'odd', why: `${file} cannot be read (${wordsOf(error)})` };
  } finally {
    database?.close();
  }
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | (statSync(path).isDirectory() ? constants.X_OK : 0));
    return true;
  } catch {
    return false;
  }
}

function asked<T>(look: () => T): Asked<T> {
  try {
    return known(look());
  } catch (error) {
    return { kind: 'odd', why: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
