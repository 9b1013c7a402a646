// How much memory a process holds, as Linux counts it.
import { readFile } from 'node:fs/promises';

export interface Memory {
  /** MB (10^6 bytes) that are the process's own. */
  readonly anonymous: number;
  /** MB in all, file pages among them. */
  readonly resident: number;
}

export async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no ${name}`);
    return (Number(kibibytes) * 1024) / 1e6;
  };
  return { anonymous: megabytes('RssAnon'), resident: megabytes('VmRSS') };
}
