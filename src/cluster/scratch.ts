// A directory of this process's own for files that hold credentials for a moment; what a killed process left is removed.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  /** A directory without secrets that lasts as long as the process. */
  folder(name: string): Promise<string>;
  /** Runs `use` with the path of a file of mode 0600 that holds `text`, and removes it afterwards, whatever happens. */
  withSecret<T>(text: string, use: (path: string) => Promise<T>): Promise<T>;
  /** Removes everything. */
  close(): Promise<void>;
}

const prefix = 'homelab-bot-kubectl-';
/** No run takes as long, in milliseconds: what is older is nobody's, should its number be another process by now. */
const oldMs = 3_600_000;

/** @param root the system's temporary directory by default. */
export async function openScratch(root = tmpdir()): Promise<Scratch> {
  await removeLeftovers(root);
  let made: Promise<string> | null = null;
  let count = 0;
  const base = (): Promise<string> => {
    // mkdtemp makes it with mode 0700.
    made ??= mkdtemp(join(root, `${prefix}${process.pid}-`));
    return made;
  };
  return {
    folder: async (name) => join(await base(), name),
    async withSecret(text, use) {
      count += 1;
      const path = join(await base(), `kubeconfig-${count}`);
      try {
        await writeFile(path, text, { mode: 0o600, flag: 'wx' });
        return await use(path);
      } finally {
        await rm(path, { force: true });
      }
    },
    async close() {
      if (made !== null) await rm(await made, { recursive: true, force: true });
    },
  };
}

/** Others of this machine may have theirs here: those of living processes are left alone. */
async function removeLeftovers(root: string): Promise<void> {
  const startedAt = Date.now() - process.uptime() * 1000;
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const path = join(root, name);
    try {
      const { uid, mtimeMs } = await stat(path);
      if (uid !== process.getuid?.()) continue;
      const pid = Number(/^\d+/.exec(name.slice(prefix.length))?.[0] ?? 0);
      // In a container every start has the same number: what is older than this process is of an earlier one.
      const alive = pid === process.pid ? mtimeMs >= startedAt : isAlive(pid) && Date.now() - mtimeMs < oldMs;
      if (alive) continue;
      await rm(path, { recursive: true, force: true });
    } catch {
      // Somebody else removed it, or it is not ours to remove.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
