// Refuses a database on a file system on which SQLite's locks and shared memory do not work (https://sqlite.org/wal.html).
import { Unusable } from '../lib/unusable.ts';

/** Magic numbers of statfs(2) on Linux. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
]);

/** @param type of a file system, as statfs(2) has it; a 32-bit number that some platforms sign-extend. */
export function networkFileSystem(type: number): string | null {
  return networkFileSystems.get(type >>> 0) ?? null;
}

/**
 * @param path of the database file.
 * @param type of its folder's file system, as above.
 * @throws Unusable when it is a network file system.
 */
export function refuseNetworkDisk(path: string, type: number): void {
  const kind = networkFileSystem(type);
  if (kind === null) return;
  throw new Unusable(
    `DATABASE_URL: ${path} is on ${kind}, where SQLite's locks are not reliable; use a local disk, for example a volume of StorageClass local-path`,
  );
}
