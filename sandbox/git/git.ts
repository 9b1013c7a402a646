// A manifest repository as a server holds it: a bare repository on disk that git itself serves, with changes by hand and faults.
import { execFile } from 'node:child_process';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileChange, stream } from './stream.ts';

export interface GitOptions {
  /** Of its own; the repository is `<folder>/homelab-config.git`. */
  readonly folder: string;
  /** main by default. */
  readonly branch?: string;
  readonly now?: () => Date;
}

export interface HandChange {
  /** Path → new text, a link, or null for a removal. */
  readonly files: Readonly<Record<string, FileChange>>;
  readonly message: string;
  /** `Ada Lovelace <ada@example.com>` by default. */
  readonly author?: string;
  readonly branch?: string;
}

export interface LoggedCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly email: string;
  readonly subject: string;
  /** The whole message, subject included. */
  readonly message: string;
}

export interface SandboxGit {
  /** A path, as git takes it. */
  readonly url: string;
  readonly branch: string;
  /** Replaces everything by one commit with these files; an empty record leaves a repository without commits. */
  seed(files: Readonly<Record<string, string>>): Promise<string | null>;
  /** What a person commits and pushes from elsewhere. Returns the commit. */
  commitByHand(change: HandChange): Promise<string>;
  /** Newest first. */
  log(limit?: number): Promise<LoggedCommit[]>;
  /** The newest commit of the branch; null where it has none. */
  head(branch?: string): Promise<string | null>;
  /** Every path at a commit, of the branch's newest by default. */
  files(commit?: string): Promise<string[]>;
  /** The text of a file; null where there is none. */
  file(path: string, commit?: string): Promise<string | null>;
  /** Every push is refused with these words, as a hook or a protected branch does; null takes them again. */
  refusePushes(words: string | null): Promise<void>;
  /** The repository is not there. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}

const ada = 'Ada Lovelace <ada@example.com>';

/** Starts empty: `seed` fills it. */
export async function startGit(options: GitOptions): Promise<SandboxGit> {
  const { folder, branch = 'main', now = () => new Date() } = options;
  const bare = join(folder, 'homelab-config.git');
  const hidden = join(folder, 'homelab-config.away.git');
  const git = (args: readonly string[], input?: string) => run(bare, args, input);

  async function create(): Promise<void> {
    await Promise.all([bare, hidden].map((one) => rm(one, { recursive: true, force: true })));
    await mkdir(bare, { recursive: true });
    await git(['init', '--quiet', '--bare', `--initial-branch=${branch}`, '.']);
  }

  async function head(name = branch): Promise<string | null> {
    const commit = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${name}`]).catch(() => '');
    return commit.trim() || null;
  }

  async function commitByHand({ files, message, author = ada, branch: on = branch }: HandChange): Promise<string> {
    const parent = (await head(on)) ?? (await head());
    const at = Math.floor(now().getTime() / 1000);
    await git(['fast-import', '--quiet', '--force'], stream({ files, message, author, branch: on, parent, at }));
    return (await head(on)) ?? '';
  }

  await create();
  return {
    url: bare,
    branch,
    head,
    commitByHand,
    async seed(files) {
      await create();
      if (Object.keys(files).length === 0) return null;
      return commitByHand({ files, message: 'The homelab' });
    },
    async log(limit = 50) {
      if ((await head()) === null) return [];
      const format = '--format=%H%x00%P%x00%an%x00%ae%x00%B%x00%x01';
      const text = await git(['log', '--first-parent', `-n${limit}`, format, branch]);
      return text
        .split('\x01')
        .map((one) => one.replace(/^\n/, '').split('\0'))
        .flatMap(([commit, parents = '', author = '', email = '', message = '']) => {
          if (commit === undefined || commit === '') return [];
          const subject = message.split('\n')[0] ?? '';
          return [{ commit, parents: parents.split(' ').filter(Boolean), author, email, subject, message }];
        });
    },
    async files(commit = branch) {
      const text = await git(['ls-tree', '-r', '-z', '--name-only', commit]);
      return text.split('\0').filter(Boolean);
    },
    file: (path, commit = branch) => git(['cat-file', 'blob', `${commit}:${path}`]).catch(() => null),
    async refusePushes(words) {
      const hook = join(bare, 'hooks', 'pre-receive');
      if (words === null) return rm(hook, { force: true });
      await mkdir(join(bare, 'hooks'), { recursive: true });
      await writeFile(hook, `#!/bin/sh\ncat >&2 <<'WORDS'\n${words}\nWORDS\nexit 1\n`);
      await chmod(hook, 0o755);
    },
    away: () => rename(bare, hidden),
    back: () => rename(hidden, bare),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

function run(bare: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = {
      PATH: process.env['PATH'],
      HOME: bare,
      LC_ALL: 'C',
      GIT_DIR: bare,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    };
    const options = { cwd: bare, env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile('git', [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`git ${args[0]}: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on('error', () => undefined).end(input);
  });
}
