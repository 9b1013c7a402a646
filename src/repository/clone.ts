// The bot's own bare clone: made when first needed, refreshed before each use, thrown away and made anew when it is damaged.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { isCommit } from './commit-message.ts';
import { explain, kindOf } from './failures.ts';
import { type Git, GitFailure, type Run } from './git.ts';
import { createTree, parseTree, type Tree } from './tree.ts';

export interface Limits {
  /** Milliseconds for a fetch or a push; the first fetch takes up to five times as long. */
  readonly networkMs: number;
  /** Milliseconds for what needs no network. */
  readonly localMs: number;
}

export interface Clone {
  /** Fetches, and gives the newest commit of the branch. Calls that wait for the same fetch share it. */
  newest(signal: AbortSignal): Promise<string>;
  /**
   * The newest commit as it was known seconds ago; null where that was longer ago, or a push has failed since. Good enough to commit on: a
   * push is taken only where it still is the newest.
   */
  recent(): string | null;
  has(commit: string, signal: AbortSignal): Promise<boolean>;
  tree(commit: string, signal: AbortSignal): Promise<Tree>;
  /** Contents in the order of the ids. */
  blobs(ids: readonly string[], signal: AbortSignal): Promise<Buffer[]>;
  run(args: readonly string[], run: Omit<Run, 'timeoutMs'>): Promise<Buffer>;
  /** @param commit is offered as the new head of the branch; rejects with a `GitFailure`. */
  push(commit: string, signal: AbortSignal): Promise<void>;
  /** Offers the newest commit as what it is already: nothing changes, but whoever may not push is told. Rejects with a `GitFailure`. */
  tryPush(commit: string, signal: AbortSignal): Promise<void>;
  /** A failure of git in words for the person, everything else as it is. */
  told(error: unknown, signal: AbortSignal): Promise<unknown>;
  /** It was found to be damaged, and the next fetch makes it anew. */
  isDamaged(): boolean;
  close(): Promise<void>;
}

export interface CloneOptions {
  /** For the clone alone; it is made, and everything in it may be removed. */
  readonly folder: string;
  readonly git: (folder: string) => Git;
  readonly url: string;
  readonly shown: string;
  readonly branch: string;
  readonly limits: Limits;
  /** Fetches the newest commit alone, for who does not ask about history. */
  readonly shallow?: boolean;
  readonly log: Logger;
}

const ref = 'refs/bot/branch';
const mostLoose = 20_000;
const mostBlobs = 32 * 2 ** 20;
/** Milliseconds. */
const recently = 10_000;
/** What is read again and again is small: kustomizations. */
const mostKept = 64 * 1024;
const keptBlobs = 100;

export function createClone(options: CloneOptions): Clone {
  const { folder, git: gitIn, url, shown, branch, limits, shallow = false, log } = options;
  const bare = join(folder, 'clone.git');
  const marker = join(folder, 'clone.json');
  const described = JSON.stringify({ url, branch, layout: 1 });
  const git = (...[args, run]: Parameters<Git>) => gitIn(bare)(args, run);
  const closing = new AbortController();
  let ready = false;
  let damaged = false;
  let tree: { readonly commit: string; readonly read: Promise<Tree> } | null = null;
  let head: { readonly commit: string; readonly at: number } | null = null;
  const kept = new Map<string, Buffer>();
  const reading = new Map<string, Promise<Buffer>>();
  let waiting: Shared | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** One fetch for all who ask before it begins; it goes on as long as one of them waits. */
  function newest(signal: AbortSignal): Promise<string> {
    if (closing.signal.aborted) return Promise.reject(closing.signal.reason);
    waiting ??= begin();
    return waiting.join(signal);
  }

  function begin(): Shared {
    const before = last;
    const shared = share(async (signal) => {
      await before.catch(() => undefined);
      // Whoever asks from now on gets a fetch of their own.
      if (waiting === shared) waiting = null;
      return fetchWhole(AbortSignal.any([signal, closing.signal]));
    });
    last = shared.done;
    return shared;
  }

  async function fetchWhole(signal: AbortSignal): Promise<string> {
    try {
      return await fetchOnce(signal);
    } catch (error) {
      if (!(error instanceof GitFailure) || kindOf(error) !== 'damaged') throw error;
      log.warn({ err: error }, 'The clone of the manifest repository is damaged and is made anew');
      damaged = true;
      return await fetchOnce(signal);
    }
  }

  async function fetchOnce(signal: AbortSignal): Promise<string> {
    const fresh = await prepare(signal);
    const timeoutMs = fresh && !shallow ? limits.networkMs * 5 : limits.networkMs;
    // The ref is ours alone; a branch that was rewritten is followed.
    const spec = `+refs/heads/${branch}:${ref}`;
    const depth = shallow ? ['--depth=1'] : [];
    await git(['fetch', '--no-tags', '--no-write-fetch-head', '--verbose', ...depth, 'origin', spec], {
      signal,
      timeoutMs,
    });
    const commit = await readRef(signal);
    if (fresh) await writeFile(marker, described);
    head = { commit, at: performance.now() };
    return commit;
  }

  /** git writes a ref as a file of its own; only housekeeping, which never runs here, would put it elsewhere. */
  async function readRef(signal: AbortSignal): Promise<string> {
    const text = (await readFile(join(bare, ref), 'utf8').catch(() => '')).trim();
    if (isCommit(text)) return text;
    const run = { signal, timeoutMs: limits.localMs };
    return (await git(['rev-parse', '--verify', `${ref}^{commit}`], run)).toString('utf8').trim();
  }

  /** @returns whether the clone is new. */
  async function prepare(signal: AbortSignal): Promise<boolean> {
    if (ready && !damaged) return false;
    if (!damaged && (await isOurs(signal))) {
      await removeLocks(bare);
      ready = true;
      return false;
    }
    await rm(marker, { force: true });
    // Renamed first, so that a kill while it is removed leaves nothing that looks like a clone.
    await rename(bare, `${bare}.old`).catch(() => undefined);
    await Promise.all([bare, `${bare}.old`].map((one) => rm(one, { recursive: true, force: true, maxRetries: 3 })));
    await mkdir(bare, { recursive: true, mode: 0o700 });
    await git(['init', '--quiet', '--bare', '--initial-branch=bot', '.'], { signal, timeoutMs: limits.localMs });
    // Samples are of no use, and nothing may stand where hooks do.
    await rm(join(bare, 'hooks'), { recursive: true, force: true });
    tree = null;
    head = null;
    ready = true;
    damaged = false;
    return true;
  }

  async function isOurs(signal: AbortSignal): Promise<boolean> {
    if ((await readFile(marker, 'utf8').catch(() => '')) !== described) return false;
    try {
      const run = { signal, timeoutMs: limits.localMs };
      if ((await git(['rev-parse', '--is-bare-repository'], run)).toString('utf8').trim() !== 'true') return false;
      const count = /^count: (\d+)$/m.exec((await git(['count-objects', '-v'], run)).toString('utf8'))?.[1];
      return Number(count ?? 0) < mostLoose;
    } catch (error) {
      signal.throwIfAborted();
      log.info({ err: error }, 'A clone of the manifest repository that is not whole was left behind and is made anew');
      return false;
    }
  }

  /** Reads that others may share end with the clone, not with whoever asked first. */
  const shared = (): Run => ({ signal: closing.signal, timeoutMs: limits.localMs });

  async function blobs(ids: readonly string[], signal: AbortSignal): Promise<Buffer[]> {
    signal.throwIfAborted();
    const missing = [...new Set(ids)].filter((id) => !kept.has(id) && !reading.has(id));
    if (missing.length > 0) {
      const whole = readBlobs(missing);
      for (const [at, id] of missing.entries()) {
        const one = whole.then((read) => read[at] ?? Buffer.of());
        reading.set(id, one);
        one
          .then((bytes) => keep(id, bytes))
          .catch(() => undefined)
          .finally(() => reading.delete(id));
      }
    }
    const read = await Promise.all(ids.map((id) => kept.get(id) ?? reading.get(id) ?? Buffer.of()));
    signal.throwIfAborted();
    return read;
  }

  async function readBlobs(ids: readonly string[]): Promise<Buffer[]> {
    const input = ids.map((id) => `${id}\n`).join('');
    return parseBatch(await git(['cat-file', '--batch'], { ...shared(), input, mostOutput: mostBlobs }), ids);
  }

  async function readTree(commit: string): Promise<Tree> {
    const listing = (await git(['ls-tree', '-r', '-z', '--full-tree', commit], shared())).toString('utf8');
    const entries = parseTree(listing);
    const links = [...entries].flatMap(([path, entry]) => (entry.kind === 'link' ? [{ path, blob: entry.blob }] : []));
    const ids = links.map(({ blob }) => blob);
    const targets = await blobs(ids, closing.signal);
    return createTree(commit, entries, new Map(links.map(({ path }, at) => [path, `${targets[at] ?? ''}`])));
  }

  function keep(id: string, bytes: Buffer): void {
    if (bytes.length > mostKept || kept.has(id)) return;
    // A copy: the bytes are a part of a far larger answer.
    kept.set(id, Buffer.from(bytes));
    const [oldest] = kept.keys();
    if (kept.size > keptBlobs && oldest !== undefined) kept.delete(oldest);
  }

  return {
    newest,
    recent: () => (head !== null && !damaged && performance.now() - head.at < recently ? head.commit : null),
    blobs,
    async has(commit, signal) {
      if (!isCommit(commit) || !ready) return false;
      // Not `-e`: simple-git waits 50 ms more for a command that says nothing.
      return git(['cat-file', '-t', commit], { signal, timeoutMs: limits.localMs }).then(
        (type) => type.toString('utf8').trim() === 'commit',
        (error: unknown) => {
          if (error instanceof GitFailure && error.kind === 'failed') return false;
          throw error;
        },
      );
    },
    async tree(commit, signal) {
      if (tree?.commit !== commit) {
        const made = { commit, read: readTree(commit) };
        tree = made;
        made.read.catch(() => {
          if (tree === made) tree = null;
        });
      }
      const read = await tree.read;
      signal.throwIfAborted();
      return read;
    },
    run: (args, run) => git(args, { timeoutMs: limits.localMs, ...run }),
    async push(commit, signal) {
      const args = ['push', '--porcelain', '--no-verify', 'origin', `${commit}:refs/heads/${branch}`];
      head = null;
      await git(args, { signal, timeoutMs: limits.networkMs });
      head = { commit, at: performance.now() };
    },
    async tryPush(commit, signal) {
      const args = ['push', '--dry-run', '--porcelain', '--no-verify', 'origin', `${commit}:refs/heads/${branch}`];
      await git(args, { signal, timeoutMs: limits.networkMs });
    },
    async told(error, signal) {
      if (!(error instanceof GitFailure)) return error;
      const kind = kindOf(error);
      if (kind === 'damaged') damaged = true;
      const branches = kind === 'no branch' ? await branchesOf(signal).catch(() => null) : null;
      return explain(error, { shown, branch, branches });
    },
    isDamaged: () => damaged,
    async close() {
      closing.abort(new Error('The manifest repository is closed'));
      await last.catch(() => undefined);
    },
  };

  async function branchesOf(signal: AbortSignal): Promise<string[]> {
    const run = { signal, timeoutMs: limits.networkMs, mostOutput: 2 ** 20 };
    const listing = (await git(['ls-remote', '--heads', 'origin'], run)).toString('utf8');
    return [...listing.matchAll(/\trefs\/heads\/(.+)$/gm)].flatMap(([, name]) => name ?? []);
  }
}

interface Shared {
  readonly done: Promise<string>;
  join(signal: AbortSignal): Promise<string>;
}

/** Work that several wait for: it is aborted when the last of them has gone, and not by any of the others. */
function share(work: (signal: AbortSignal) => Promise<string>): Shared {
  const ending = new AbortController();
  let joined = 0;
  const done = Promise.resolve().then(() => work(ending.signal));
  done.catch(() => undefined);
  return {
    done,
    join(signal) {
      joined += 1;
      return new Promise((resolve, reject) => {
        const leave = () => {
          joined -= 1;
          if (joined === 0) ending.abort(signal.reason);
          reject(signal.reason);
        };
        if (signal.aborted) return leave();
        signal.addEventListener('abort', leave, { once: true });
        done.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
      });
    },
  };
}

/** Reads what `git cat-file --batch` answers: a line of id, type and size, the bytes, a line break. */
function parseBatch(output: Buffer, ids: readonly string[]): Buffer[] {
  let at = 0;
  return ids.map((id) => {
    const end = output.indexOf(10, at);
    const [, type, size] = output.subarray(at, end).toString('utf8').split(' ');
    if (end < 0 || type !== 'blob' || size === undefined) {
      throw new GitFailure('failed', { command: 'cat-file', exitCode: 0, stderr: `missing blob ${id}`, stdout: '' });
    }
    const start = end + 1;
    at = start + Number(size) + 1;
    return output.subarray(start, at - 1);
  });
}

/** Whatever a git that was killed has locked: nobody else works in this clone. */
async function removeLocks(bare: string): Promise<void> {
  for (const entry of await readdir(bare, { withFileTypes: true })) {
    const path = join(bare, entry.name);
    if (entry.isFile() && entry.name.endsWith('.lock')) await rm(path, { force: true });
  }
  const refs = await readdir(join(bare, 'refs'), { recursive: true }).catch(() => []);
  for (const name of refs.filter((one) => one.endsWith('.lock'))) await rm(join(bare, 'refs', name), { force: true });
}
