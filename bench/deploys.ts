// A change of an app from /deploy to the pushed commit and to the end of its rollout, beside the same by hand; and /status for 20 apps.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Discord } from '../sandbox/discord/discord.ts';
import { homelabFiles, seedPath } from '../sandbox/git/seed.ts';
import { type Homelab, levelsOf, shopOf, startHomelab } from '../sandbox/homelab.ts';
import type { LoggedRequest } from '../sandbox/kubernetes/log.ts';
import type { KubernetesObject } from '../sandbox/kubernetes/objects.ts';
import { runningSha } from '../sandbox/kubernetes/seed/workloads.ts';
import { findPrograms } from '../sandbox/programs.ts';
import { shopShas } from '../sandbox/registry/seed.ts';
import { bundle, unlimited } from './bundle.ts';
import { percentile, type Row } from './row.ts';

const run = promisify(execFile);
const changes = 7;
const looks = 15;
const apps = 20;
const deployment = 'laravel-multi-tenant';
const copies = Array.from({ length: apps - 1 }, (_, index) => `copy-${index + 2}`);
const patient = { timeoutMs: 60_000 };

export async function deploysBench(): Promise<Row[]> {
  const { advice, path } = await findPrograms();
  if (advice !== null) {
    console.log(`Without deploys. ${advice}`);
    return [];
  }
  const homelab = await startHomelab({ entry: bundle, discord: { rateLimits: unlimited }, config: configOf });
  try {
    await homelab.bot.whenReady({ discord: 'ready', cluster: 'ready' });
    await grow(homelab);
    const hand = await handOf(homelab, path);
    const looked = await statusTimes(homelab);
    const own: Change[] = [];
    const bare: Change[] = [];
    const careful: Change[] = [];
    // The first of each opens connections and fills caches, and is not counted.
    for (let count = 0; count <= changes; count += 1) {
      const bot = await changeByBot(homelab, nextTag());
      const quick = await changeByHand(homelab, hand, nextTag(), false);
      const checked = await changeByHand(homelab, hand, nextTag(), true);
      if (count === 0) continue;
      own.push(bot);
      bare.push(quick);
      careful.push(checked);
    }
    return [
      ...compared('/deploy to the pushed commit', own, { bare, careful }, (one) => one.pushedMs),
      ...compared('/deploy to the finished rollout', own, { bare, careful }, (one) => one.finishedMs),
      ...counted('API requests of a whole deploy', own, bare, (one) => one.requests),
      ...counted('API requests to follow its rollout', own, bare, (one) => one.following),
      { name: `/status for ${apps} apps, median`, value: percentile(looked, 0.5), unit: 'ms', aim: 300 },
      { name: `/status for ${apps} apps, slowest of ${looks}`, value: percentile(looked, 1), unit: 'ms' },
    ];
  } finally {
    await homelab.stop();
  }
}

interface Change {
  readonly pushedMs: number;
  readonly finishedMs: number;
  readonly requests: number;
  /** Of these, lists, watches and gets after the last write. */
  readonly following: number;
}

function median(all: readonly Change[], of: (one: Change) => number): number {
  return percentile(all.map(of), 0.5);
}

interface ByHand {
  /** Commit, push, apply, rollout status. */
  readonly bare: readonly Change[];
  /** The same after the checks that the bot makes first. */
  readonly careful: readonly Change[];
}

function compared(name: string, own: readonly Change[], { bare, careful }: ByHand, of: (one: Change) => number): Row[] {
  const value = median(own, of);
  const beside = (others: readonly Change[], how: string): Row => {
    const other = median(others, of);
    const note = `medians of ${changes}, in turn; ${(value / other).toFixed(2)} times`;
    return { name, value, unit: 'ms', beside: { name: how, value: other }, note };
  };
  return [
    beside(careful, 'by hand, after git pull, kubectl kustomize and kubectl get'),
    beside(bare, 'by hand, without looking first'),
  ];
}

function counted(name: string, own: readonly Change[], others: readonly Change[], of: (one: Change) => number): Row[] {
  return [{ name, value: median(own, of), unit: '', beside: { name: 'by hand', value: median(others, of) } }];
}

/** The demo app and so many copies of it. */
function configOf(guild: Discord, demo: string): string {
  const image = /image: (\S+)/.exec(demo)?.[1] ?? '';
  const more = copies.map((name) =>
    shopOf(image)
      .replace('apps:\n', '')
      .replace('shop:', `${name}:`)
      .replace(deployment, name)
      .replace(seedPath, `apps/${name}`),
  );
  return `${levelsOf(guild)}${demo}${more.join('')}`;
}

/** Gives the cluster and the repository what the configuration names. */
async function grow({ kubernetes, git, registry }: Homelab): Promise<void> {
  const image = registry.image('acme/shop');
  const files = homelabFiles({ image, tag: runningSha });
  const copied = copies.flatMap((name) =>
    Object.entries(files)
      .filter(([path]) => path.startsWith(seedPath))
      .map(([path, text]) => [path.replace(seedPath, `apps/${name}`), text.replaceAll(deployment, name)] as const),
  );
  await git.seed({ ...files, ...Object.fromEntries(copied) });
  for (const name of copies) kubernetes.set(deploymentNamed(name, `${image}:${runningSha}`));
  const settled = (): boolean =>
    copies.every((name) => {
      const found = kubernetes.get(reference(name))?.['status'];
      return (found as { readyReplicas?: number } | undefined)?.readyReplicas === 1;
    });
  for (let tries = 0; !settled(); tries += 1) {
    if (tries > 600) throw new Error('The copies of the demo app do not become ready');
    await delay(50);
  }
}

function reference(name: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'laravel-apps', name };
}

/** One replica that asks for nothing: twenty of the demo app would not fit on the machines. */
function deploymentNamed(name: string, image: string): KubernetesObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'laravel-apps', labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'laravel-app', image }] } },
    },
  };
}

let turn = 0;

/** Never the one before. */
function nextTag(): string {
  const tags = shopShas.filter((sha) => sha !== runningSha);
  turn += 1;
  return tags[turn % tags.length] ?? '';
}

async function changeByBot(homelab: Homelab, tag: string): Promise<Change> {
  const { discord } = homelab;
  const done = discord.waitForMessage(
    'operations',
    ({ text }) => text.includes('done') && text.includes(`→ ${tag.slice(0, 7)}`),
    { ...patient, what: 'a card that says done' },
  );
  const change = await timed(homelab, async () => {
    const asked = await discord.as('otto').command('deploy', { sha: tag, app: 'shop' });
    if (asked.failure !== null) throw new Error(`/deploy failed: ${asked.failure}`);
    await done;
  });
  discord.reset({ keepCommands: true });
  return change;
}

interface Hand {
  readonly folder: string;
  readonly git: (...args: readonly string[]) => Promise<unknown>;
  readonly kubectl: (...args: readonly string[]) => Promise<unknown>;
}

/** A clone, a name to commit under, and the rights of an administrator. */
async function handOf({ folder, git, kubernetes }: Homelab, path: string): Promise<Hand> {
  const home = join(folder, 'hand');
  const clone = join(home, 'clone');
  const kubeconfig = join(folder, 'hand.kubeconfig');
  await writeFile(kubeconfig, kubernetes.kubeconfig('admin'), { mode: 0o600 });
  const env = { PATH: path, HOME: home, KUBECONFIG: kubeconfig, GIT_CONFIG_NOSYSTEM: '1' };
  await run('git', ['clone', '--quiet', git.url, clone], { env });
  await run('git', ['config', 'user.name', 'Otto'], { env, cwd: clone });
  await run('git', ['config', 'user.email', 'otto@example.com'], { env, cwd: clone });
  return {
    folder: clone,
    git: (...args) => run('git', args, { env, cwd: clone }),
    kubectl: (...args) => run('kubectl', args, { env, cwd: clone }),
  };
}

async function changeByHand(
  homelab: Homelab,
  { folder, git, kubectl }: Hand,
  tag: string,
  looksFirst: boolean,
): Promise<Change> {
  const file = join(folder, seedPath, 'kustomization.yaml');
  const pull = () => git('pull', '--quiet', '--ff-only');
  if (!looksFirst) await pull();
  return timed(homelab, async () => {
    if (looksFirst) {
      await pull();
      await kubectl('kustomize', seedPath);
      await kubectl('get', 'deployment', deployment, '--namespace=laravel-apps');
    }
    await writeFile(file, (await readFile(file, 'utf8')).replace(/newTag: "[^"]*"/, `newTag: "${tag}"`));
    await git('commit', '--quiet', '--all', `--message=Deploy ${tag}`);
    await git('push', '--quiet');
    await kubectl('apply', '--server-side', '--force-conflicts', '-k', seedPath);
    await kubectl('rollout', 'status', `deployment/${deployment}`, '--namespace=laravel-apps', '--timeout=60s');
  });
}

/** When the branch moved, when the work was done, and what was asked of the cluster meanwhile. */
async function timed({ git, kubernetes }: Homelab, work: () => Promise<void>): Promise<Change> {
  const head = join(git.url, 'refs', 'heads', git.branch);
  const before = await readFile(head, 'utf8');
  const first = kubernetes.requests.length;
  const started = performance.now();
  let finished = false;
  const pushed = (async () => {
    while (!finished) {
      // Empty for a moment while git writes it.
      const now = await readFile(head, 'utf8').catch(() => before);
      if (now !== '' && now !== before) return performance.now() - started;
      await delay(5);
    }
    throw new Error('Nothing was pushed');
  })();
  // Told by `work` where that fails.
  pushed.catch(() => undefined);
  await work().finally(() => {
    finished = true;
  });
  const finishedMs = performance.now() - started;
  const asked = kubernetes.requests.slice(first).filter(isOfTheChange);
  const lastWrite = asked.findLastIndex(({ verb }) => verb === 'patch');
  return {
    pushedMs: await pushed,
    finishedMs,
    requests: asked.length,
    following: asked.slice(lastWrite + 1).length,
  };
}

/** The bot asks as itself whether the cluster is there, at other times; a change is made as the person. */
function isOfTheChange({ impersonated, userAgent }: LoggedRequest): boolean {
  return impersonated !== null || userAgent.startsWith('kubectl');
}

async function statusTimes({ discord }: Homelab): Promise<number[]> {
  const times: number[] = [];
  for (let look = 0; look <= looks; look += 1) {
    const started = performance.now();
    const answer = await (await discord.as('vera').command('status')).final(patient);
    const took = performance.now() - started;
    if (!answer.text.includes(`${apps} apps: as wanted`)) throw new Error(`/status said ${answer.text.slice(0, 500)}`);
    // The first makes the clone.
    if (look > 0) times.push(took);
  }
  return times;
}
