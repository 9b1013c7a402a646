// What the doctor asks the manifest repository, in a folder that is gone afterwards: the bot's own clone is left alone, and nothing is pushed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ManifestFacts, RepositoryFacts } from '../doctor/repository.ts';
import { type Asked, known, notAsked } from '../lib/asked.ts';
import { exec, programEnvironment } from '../lib/exec.ts';
import { Unusable } from '../lib/unusable.ts';
import { UserError } from '../lib/user-error.ts';
import { parseAddress } from './address.ts';
import { type OpenRepository, openRepository, type RepositoryOptions } from './open.ts';
import type { AppSource } from './repository.ts';

const programMs = 5000;

/**
 * @param apps whose kustomizations are looked at.
 * Rejects with the signal's reason.
 */
export async function examineRepository(
  options: Omit<RepositoryOptions, 'folder' | 'author' | 'shallow'>,
  apps: readonly AppSource[],
  signal: AbortSignal,
): Promise<RepositoryFacts> {
  const { shown } = parseAddress(options.url);
  const folder = await mkdtemp(join(tmpdir(), 'homelab-bot-doctor-'));
  let repository: OpenRepository | null = null;
  try {
    const author = { name: 'homelab-bot', email: 'homelab-bot@localhost' };
    const opening = await asked(() => openRepository({ ...options, folder, author, shallow: true }));
    const without = { shown, branch: options.branch, push: notAsked, apps: new Map() };
    if (opening.kind !== 'known') return { ...without, read: opening };
    const opened = opening.value;
    repository = opened;
    const read = await asked(() => opened.newest(signal));
    if (read.kind !== 'known') return { ...without, read };
    const [push, ...looked] = await Promise.all([
      asked(async () => {
        await opened.tryPush(signal);
        return null;
      }),
      ...apps.map(async (app) => [app.app, await asked(() => look(opened, app, signal))] as const),
    ]);
    return { shown, branch: options.branch, read, push, apps: new Map(looked) };
  } finally {
    await repository?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Also what the kustomization reaches, which is where the bot refuses to render. */
async function look(repository: OpenRepository, app: AppSource, signal: AbortSignal): Promise<ManifestFacts> {
  const { commit, tag } = await repository.tagOf(app, signal);
  const checkout = await repository.checkout(app, commit, signal);
  await checkout.release();
  return { tag };
}

async function asked<T>(work: () => Promise<T>): Promise<Asked<T>> {
  try {
    return known(await work());
  } catch (error) {
    if (error instanceof UserError || error instanceof Unusable) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** What git, and for an ssh address ssh, say of their versions. */
export async function examineGit(
  { url, environment }: Pick<RepositoryOptions, 'url' | 'environment'>,
  signal: AbortSignal,
): Promise<{ readonly git: Asked<string>; readonly ssh: Asked<string> | null }> {
  const env = programEnvironment(environment ?? {});
  const run = async (program: string, args: readonly string[]): Promise<Asked<string>> => {
    const ended = await exec({ program, args, env, timeoutMs: programMs }, signal);
    if (ended.kind === 'missing') return { kind: 'absent', why: 'is not on the PATH' };
    if (ended.kind !== 'exited' || ended.code !== 0) return { kind: 'odd', why: 'does not say its version' };
    // ssh says it on standard error.
    return known((ended.stdout || ended.stderr).trim().slice(0, 200));
  };
  const [git, ssh] = await Promise.all([
    run('git', ['--version']),
    parseAddress(url).kind === 'ssh' ? run('ssh', ['-V']) : null,
  ]);
  return { git, ssh };
}
