// Opens the manifest repository: the only place where its parts are put together.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { redactor } from '../lib/redact.ts';
import type { Secret } from '../lib/secret.ts';
import { Unusable } from '../lib/unusable.ts';
import { UserError } from '../lib/user-error.ts';
import { type Address, parseAddress } from './address.ts';
import { createClone, type Limits } from './clone.ts';
import { isCommit } from './commit-message.ts';
import { gitEnvironment } from './environment.ts';
import { exportReach } from './export.ts';
import { createGit } from './git.ts';
import { tagChanges, tagKey } from './history.ts';
import { readTag, setTag } from './kustomization-tag.ts';
import { kustomizationOf, place } from './place.ts';
import { reach } from './reach.ts';
import type { AppSource, Attribution, Checkout, Preview, Repository, TagChange } from './repository.ts';
import { revertEdit } from './revert.ts';
import { appFolder, kustomizationIn } from './tree.ts';

export interface RepositoryOptions {
  readonly url: string;
  readonly branch: string;
  /** Both for an ssh address. */
  readonly sshKey?: Secret;
  readonly knownHosts?: Secret;
  /** For an https address. */
  readonly token?: Secret;
  /** For the bot alone: the clone and exported trees. Made where it is missing. */
  readonly folder: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly log: Logger;
  readonly now: () => Date;
  /** Environment of this process; PATH, proxies and certificate folders are taken from it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** 60 s for the network, 20 s for what needs none. */
  readonly limits?: Partial<Limits>;
  /** Only the newest commit is fetched: without history, for the doctor. */
  readonly shallow?: boolean;
}

export interface OpenRepository extends Repository {
  /** Resolves once a dry run of a push was let in; it changes nothing. What a hook or a protected branch would refuse it does not see. */
  tryPush(signal: AbortSignal): Promise<void>;
  /** The newest commit of the branch. */
  newest(signal: AbortSignal): Promise<string>;
  /** Ends what runs, and removes keys and exported trees; the clone stays for the next start. */
  close(): Promise<void>;
}

/** Newest operations that a repeated call is looked for in. */
const mostOperations = 200;

/**
 * Contacts nothing yet: the clone is made with the first call, so that a repository that is away does not keep the bot from starting.
 * @throws Unusable for an address, branch or credentials that cannot work.
 */
export async function openRepository(options: RepositoryOptions): Promise<OpenRepository> {
  const { url, branch, folder, author, log, now, environment = {}, limits = {} } = options;
  const address = parseAddress(url);
  refuseCredentials(address, options);
  if (!isBranch(branch)) throw new Unusable('MANIFEST_REPO_BRANCH is no name of a branch. Example: main');
  const trees = join(folder, 'trees');
  const home = join(folder, 'home');
  await Promise.all([trees, home].map((one) => rm(one, { recursive: true, force: true })));
  for (const one of [folder, trees, home]) await mkdir(one, { recursive: true, mode: 0o700 });
  const ssh = await writeKeys(options);
  const env = gitEnvironment({ address, token: options.token ?? null, ssh, home, inherited: environment });
  const clean = redactor([options.sshKey, options.token].filter((one) => one !== undefined));
  const clone = createClone({
    folder,
    git: (at) => createGit({ folder: at, env, clean }),
    url: address.url,
    shown: address.shown,
    branch,
    limits: { networkMs: limits.networkMs ?? 60_000, localMs: limits.localMs ?? 20_000 },
    shallow: options.shallow ?? false,
    log,
  });
  const known = new Map<string, string | null>();
  const placing = { clone, author, now, shown: address.shown };
  const alone = createMutex();

  /** Failures of git in the words of the person; a clone that turns out to be damaged is made anew and tried once more. */
  async function telling<T>(signal: AbortSignal, work: () => Promise<T>, again = true): Promise<T> {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const told = await clone.told(error, signal);
      if (again && told instanceof UserError && clone.isDamaged()) return telling(signal, work, false);
      throw told;
    }
  }

  async function changes(commit: string, path: string, image: string, limit: number, signal: AbortSignal) {
    return tagChanges({ clone, commit, path, image, limit, known, signal });
  }

  /** An operation may hold a deploy and its revert: those are told apart by what they take back. */
  const finding = (
    source: AppSource,
    { operation, again }: Attribution,
    to: string,
    reverts: readonly string[],
    signal: AbortSignal,
  ) => {
    return async (commit: string, path: string): Promise<TagChange | null> => {
      if (!again) return null;
      const recent = await changes(commit, path, source.image, mostOperations, signal);
      const isIt = (one: TagChange) =>
        one.operation === operation && one.to === to && one.reverts.join() === reverts.join();
      return recent.find(isIt) ?? null;
    };
  };

  /** @param instead contents that differ from the commit's, by path. */
  async function exported(
    source: AppSource,
    commit: string,
    signal: AbortSignal,
    instead: ReadonlyMap<string, Uint8Array> = new Map(),
  ): Promise<Checkout> {
    const tree = await clone.tree(commit, signal);
    const { path, through } = appFolder(tree, source.path);
    const reached = await reach(tree, path, (ids) => clone.blobs(ids, signal));
    const files = new Map([...reached.files, ...instead]);
    const links = new Map([...reached.links, ...linksOf(tree.links, through)]);
    const { root, remove } = await exportReach(trees, { files, links });
    return { commit, folder: join(root, path), release: remove };
  }

  return {
    newest: (signal) => telling(signal, () => clone.newest(signal)),
    tryPush: (signal) => telling(signal, async () => clone.tryPush(await clone.newest(signal), signal)),

    tagOf: (source, signal) =>
      telling(signal, async () => {
        const commit = await clone.newest(signal);
        const tree = await clone.tree(commit, signal);
        const key = tagKey(kustomizationIn(tree, appFolder(tree, source.path).path).blob, source.image);
        // Null may also be one that could not be read, which is to be said.
        const before = known.get(key) ?? null;
        if (before !== null) return { commit, tag: before };
        const { path, text } = await kustomizationOf(clone, tree, source, signal);
        const tag = readTag(text, source.image, path);
        known.set(key, tag);
        return { commit, tag };
      }),

    history: (source, limit, signal) =>
      telling(signal, async () => {
        const commit = await clone.newest(signal);
        const { path } = await kustomizationOf(clone, await clone.tree(commit, signal), source, signal);
        return changes(commit, path, source.image, limit, signal);
      }),

    setTag: (source, tag, by, signal) =>
      telling(signal, () =>
        alone(signal, () =>
          place(
            placing,
            {
              source,
              by,
              to: tag,
              reverts: [],
              expected: undefined,
              edit: (text, file) => setTag(text, source.image, tag, file),
              find: finding(source, by, tag, [], signal),
            },
            signal,
          ),
        ),
      ),

    revert: (source, undo, by, signal) =>
      telling(signal, () =>
        alone(signal, async () => {
          const { to, expected, edit } = revertEdit(source, undo);
          const reverts = undo.map(({ commit }) => commit);
          const find = finding(source, by, to, reverts, signal);
          return place(placing, { source, by, to, reverts, expected, edit, find }, signal);
        }),
      ),

    checkout: (source, commit, signal) =>
      telling(signal, async (): Promise<Checkout> => {
        if (!isCommit(commit)) throw new UserError('That is no whole commit id.');
        if (!(await clone.has(commit, signal))) {
          await clone.newest(signal);
          if (!(await clone.has(commit, signal))) {
            throw new UserError(`The commit ${commit.slice(0, 7)} is not in the manifest repository (any more).`);
          }
        }
        return exported(source, commit, signal);
      }),

    preview: (source, tag, signal) =>
      telling(signal, async (): Promise<Preview> => {
        const commit = await clone.newest(signal);
        const { path, text } = await kustomizationOf(clone, await clone.tree(commit, signal), source, signal);
        const edited = Buffer.from(setTag(text, source.image, tag, path));
        const checkout = await exported(source, commit, signal, new Map([[path, edited]]));
        return { ...checkout, tag: readTag(text, source.image, path) };
      }),

    async close() {
      await clone.close();
      await Promise.all([trees, home, ...(ssh === null ? [] : [ssh.folder])].map(removeWhole));
    },
  };
}

function linksOf(links: ReadonlyMap<string, string>, paths: readonly string[]): [string, string][] {
  return paths.flatMap((path): [string, string][] => {
    const target = links.get(path);
    return target === undefined ? [] : [[path, target]];
  });
}

function refuseCredentials(address: Address, { sshKey, knownHosts, token }: RepositoryOptions): void {
  if (address.kind === 'ssh' && (sshKey === undefined || knownHosts === undefined)) {
    throw new Unusable(
      'MANIFEST_REPO_URL is an ssh address: it needs MANIFEST_REPO_SSH_KEY and MANIFEST_REPO_KNOWN_HOSTS, since no host is trusted on first use',
    );
  }
  if (address.kind !== 'ssh' && sshKey !== undefined) {
    throw new Unusable('MANIFEST_REPO_SSH_KEY is set, but MANIFEST_REPO_URL is no ssh address');
  }
  if ((address.kind === 'ssh' || address.kind === 'path') && token !== undefined) {
    throw new Unusable('MANIFEST_REPO_TOKEN is set, but MANIFEST_REPO_URL is no https address');
  }
}

/** After git's own rules (git-check-ref-format), more strictly. */
function isBranch(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/.test(name) && !/\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$/.test(name);
}

async function writeKeys({ sshKey, knownHosts }: RepositoryOptions) {
  if (sshKey === undefined || knownHosts === undefined) return null;
  const folder = await mkdtemp(join(tmpdir(), 'homelab-bot-git-'));
  const key = join(folder, 'key');
  const hosts = join(folder, 'known_hosts');
  // A key without a line break at its end is no key for ssh; a variable often has none.
  const whole = (secret: Secret) => `${secret.reveal().replaceAll('\r\n', '\n').trimEnd()}\n`;
  await writeFile(key, whole(sshKey), { mode: 0o600, flag: 'wx' });
  await writeFile(hosts, whole(knownHosts), { mode: 0o600, flag: 'wx' });
  return { folder, key, knownHosts: hosts };
}

async function removeWhole(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** One at a time, in order; whoever gives up waiting is told so at once and never begins. */
function createMutex(): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (signal, work) => {
    const turn = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = turn.catch(() => undefined);
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  };
}
