// A manifest repository on real git, and the bot's room opened on it, in a folder that goes with the test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type SandboxGit, startGit } from '../../../sandbox/git/git.ts';
import { homelabFiles, seedPath } from '../../../sandbox/git/seed.ts';
import { type OpenRepository, openRepository, type RepositoryOptions } from '../../../src/repository/open.ts';
import type { Attribution } from '../../../src/repository/repository.ts';

export const image = 'ghcr.io/acme/shop';
export const source = { app: 'shop', path: seedPath, image };
export const kustomization = `${seedPath}/kustomization.yaml`;
export const author = { name: 'homelab-bot', email: 'homelab-bot@example.com' };
export const silent: Logger = pino({ level: 'silent' });

export interface Bench {
  readonly git: SandboxGit;
  readonly repository: OpenRepository;
  /** For the bot alone. */
  readonly folder: string;
  readonly root: string;
  /** Another one on the same server. */
  open(options?: Partial<RepositoryOptions>): Promise<OpenRepository>;
  stop(): Promise<void>;
}

export async function startBench(options: Partial<RepositoryOptions> = {}): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'homelab-git-'));
  const git = await startGit({ folder: join(root, 'server') });
  await git.seed(homelabFiles({ image, tag: 'aaaaaaa' }));
  const folder = join(root, 'bot');
  const opened: OpenRepository[] = [];
  async function open(more: Partial<RepositoryOptions> = {}): Promise<OpenRepository> {
    const repository = await openRepository({
      url: git.url,
      branch: 'main',
      folder,
      author,
      log: silent,
      now: () => new Date(),
      environment: process.env,
      ...options,
      ...more,
    });
    opened.push(repository);
    return repository;
  }
  return {
    git,
    repository: await open(),
    folder,
    root,
    open,
    async stop() {
      for (const repository of opened) await repository.close();
      await git.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

let operations = 0;

export function by(more: Partial<Attribution> = {}): Attribution {
  operations += 1;
  return {
    person: { id: '112233445566778899', username: 'ada' },
    reason: null,
    operation: `operation-${operations}`,
    again: true,
    ...more,
  };
}

/** A signal that nobody aborts. */
export function calm(): AbortSignal {
  return new AbortController().signal;
}
