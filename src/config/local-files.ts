// Reads the small files of a configuration; whatever a path turns out to be, it neither hangs nor fills the memory.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export type FileRead =
  | { readonly ok: true; readonly text: string }
  /** `what` reads after the path: `is a directory`. */
  | { readonly ok: false; readonly missing: boolean; readonly what: string };

/** @param limit in bytes. */
export type ReadFile = (path: string, limit: number) => FileRead;

export const readLocalFile: ReadFile = (path, limit) => {
  let descriptor: number | undefined;
  try {
    // Opening a named pipe without O_NONBLOCK would wait for whoever writes to it.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const kind = fstatSync(descriptor);
    if (kind.isDirectory()) return failed('is a directory, not a file');
    if (!kind.isFile()) return failed('is not a regular file');
    return readWhole(descriptor, limit);
  } catch (error) {
    return explain(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};

function readWhole(descriptor: number, limit: number): FileRead {
  const buffer = Buffer.alloc(limit + 1);
  let length = 0;
  while (length <= limit) {
    const got = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (got === 0) break;
    length += got;
  }
  if (length > limit) return failed(`is larger than ${limit / 1024} KiB`);
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length)) };
  } catch {
    return failed('is not text in UTF-8');
  }
}

function explain(error: unknown): FileRead {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, missing: true, what: 'does not exist' };
  if (code === 'EACCES' || code === 'EPERM') return failed('may not be read by this user');
  return failed(`cannot be read (${code === '' ? 'unknown reason' : code})`);
}

function failed(what: string): FileRead {
  return { ok: false, missing: false, what };
}
