// Deploys through the whole bot on real servers: a control plane where it is its own ServiceAccount, and git over a path, ssh and https.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SandboxMessage } from '../../sandbox/discord/discord.ts';
import { type SandboxGit, startGit } from '../../sandbox/git/git.ts';
import { homelabFiles, seedPath } from '../../sandbox/git/seed.ts';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { runningSha } from '../../sandbox/kubernetes/seed/workloads.ts';
import { shopShas } from '../../sandbox/registry/seed.ts';
import { generous } from '../acceptance/posting.ts';
import { wronglyAsked } from '../acceptance/seen.ts';
import { rbacFolder } from '../rbac-manifests.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { startGitHttps, startSshd } from './git-servers.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);
const namespace = 'laravel-apps';
const deployment = 'laravel-multi-tenant';
const [, , , fourth = '', fifth = ''] = shopShas;
const short = (tag: string): string => tag.slice(0, 7);
const patient = { timeoutMs: 60_000 };

let control: Cluster;
let programs = '';
let account = '';
let git: SandboxGit;
let homelab: Homelab;
let stopServer: () => Promise<void>;

beforeAll(async () => {
  control = await startCluster({ audit: true });
  programs = await control.programs();
  await admin('apply', '-k', rbacFolder);
  await admin('create', 'namespace', namespace);
  account = join(control.dir, 'homelab-bot.kubeconfig');
  await writeFile(account, await control.user({ serviceAccount: 'chatops/homelab-bot' }), { mode: 0o600 });
}, 900_000);

afterAll(() => control?.stop());

function admin(...args: string[]): Promise<string> {
  return kubectl(control.kubeconfigPath, args);
}

/** As the bot's account, whose own check is bypassed: what it gets by itself, or with `--as…`. */
function asAccount(...args: string[]): Promise<string> {
  return kubectl(account, args).catch((error: unknown) => (error as { stderr: string }).stderr);
}

async function kubectl(kubeconfig: string, args: readonly string[]): Promise<string> {
  return (await run(join(programs, 'kubectl'), ['--kubeconfig', kubeconfig, ...args])).stdout;
}

interface Served {
  /** For the bot's environment. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const servers: Readonly<Record<string, (repository: string) => Promise<Served>>> = {
  'a path': async (repository) => ({ env: { MANIFEST_REPO_URL: repository }, stop: async () => undefined }),
  async ssh(repository) {
    const server = await startSshd();
    const env = {
      MANIFEST_REPO_URL: server.url(repository),
      MANIFEST_REPO_SSH_KEY: server.key,
      MANIFEST_REPO_KNOWN_HOSTS: server.knownHosts,
    };
    return { env, stop: () => server.stop() };
  },
  async https(repository) {
    const token = 'token-of-the-bot-0123456789';
    const server = await startGitHttps(repository, token);
    const env = { MANIFEST_REPO_URL: server.url, MANIFEST_REPO_TOKEN: token, SSL_CERT_FILE: server.authority };
    return { env, stop: () => server.stop() };
  },
};

/** The sandbox's Discord and registry and the bot, which has a real cluster and a real git instead of the sandbox's. */
async function begin(over: string): Promise<void> {
  git = await startGit({ folder: join(control.dir, `git-${over.replace(' ', '-')}`) });
  const server = await servers[over]?.(git.url);
  stopServer = async () => {
    await server?.stop();
    await git.stop();
  };
  homelab = await startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    config: (discord, apps) => `${levelsOf(discord)}${apps}`,
    env: { ...server?.env, KUBECONFIG: account, PATH: `${programs}:${process.env['PATH'] ?? ''}` },
  });
}

async function end(): Promise<void> {
  await homelab?.stop();
  await stopServer?.();
}

/** Both the repository and the cluster, as the administrator has once applied it by hand. */
async function seed(replicas = 3): Promise<void> {
  const files = homelabFiles({ image: homelab.registry.image('acme/shop'), tag: runningSha, replicas });
  await git.seed(files);
  const folder = join(control.dir, 'by-hand');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await admin('delete', 'deployment', deployment, '-n', namespace, '--ignore-not-found');
  await admin('apply', '-k', join(folder, seedPath));
  await admin('rollout', 'status', `deployment/${deployment}`, '-n', namespace, '--timeout=60s');
}

function lookFor(...wanted: readonly string[]): Promise<SandboxMessage> {
  return homelab.discord.waitForMessage('operations', ({ text }) => wanted.every((one) => text.includes(one)), {
    ...patient,
    what: `a card that says ${wanted.join(', ')}`,
  });
}

async function ask(person: string, command: string, options: Record<string, string>): Promise<string> {
  return (await (await homelab.discord.as(person).command(command, options)).final(patient)).text;
}

async function tagInGit(): Promise<string> {
  return /newTag: "([^"]*)"/.exec((await git.file(`${seedPath}/kustomization.yaml`)) ?? '')?.[1] ?? '';
}

/** What the cluster says: `<tag> <ready> of <wanted>`, and the tags of its pods that are not about to go. */
async function running(): Promise<string> {
  const path = '{.spec.template.spec.containers[0].image} {.status.readyReplicas} of {.spec.replicas}';
  const text = await admin('get', 'deployment', deployment, '-n', namespace, '-o', `jsonpath=${path}`);
  return text.replace(/^\S*:/, '');
}

function clean(): void {
  const wrong = wronglyAsked(homelab.discord);
  homelab.discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
}

describe.each(Object.keys(servers))('with the repository over %s', (over) => {
  beforeAll(() => begin(over));
  afterAll(end);
  beforeEach(() => seed());
  afterEach(clean);

  test('a deploy is committed, applied and followed; the same again does nothing; a rollback takes it back', async () => {
    expect(await ask('otto', 'deploy', { sha: fourth, reason: 'new prices' })).toContain('has begun');
    const done = await lookFor('done', `${short(runningSha)} → ${short(fourth)}`);
    for (const word of ['otto', 'new prices', 'Took']) expect(done.text).toContain(word);
    expect(done.revisions.length).toBeGreaterThan(1);
    expect(done.buttons).toEqual([]);
    expect(await running()).toBe(`${fourth} 3 of 3`);
    const [commit] = await git.log(1);
    expect(commit).toMatchObject({ author: 'homelab-bot' });
    expect(commit?.message).toMatch(/Requested-by: otto \(\d+\)\nReason: new prices\n/);

    expect(await ask('otto', 'deploy', { sha: fourth })).toContain('already: nothing was done');
    expect(await git.head()).toBe(commit?.commit);

    await ask('otto', 'rollback', { reason: 'slow pages' });
    await lookFor('done', 'rollback of shop', `→ ${short(runningSha)}`);
    expect(await tagInGit()).toBe(runningSha);
    expect(await running()).toBe(`${runningSha} 3 of 3`);
    expect(homelab.discord.messages('operations')).toHaveLength(2);
  });

  test("a bad deploy undoes itself, with Kubernetes' reason and the last log lines", async () => {
    await ask('otto', 'deploy', { sha: 'broken' });
    const undone = await lookFor('failed and undone');
    expect(undone.text).toMatch(/crashes.*exit code 1/);
    // The last line of every container of the control plane in `shared/`.
    expect(undone.text).toContain('msg="GET /health" status=200 duration=3ms request=198');
    expect(undone.text).toContain(`runs ${short(runningSha)} again`);
    expect(await tagInGit()).toBe(runningSha);
    expect(await running()).toBe(`${runningSha} 3 of 3`);
    expect((await git.log(2)).map(({ message }) => message).join()).toMatch(/Reverts: |This reverts commit/);
  });
});

describe('on a real control plane', () => {
  beforeAll(() => begin('a path'));
  afterAll(end);
  beforeEach(() => seed());
  afterEach(clean);

  test('an image that no node can pull is undone; one that the registry lacks is refused', async () => {
    expect(await ask('otto', 'deploy', { sha: 'missing-1' })).toContain('The registry has no');
    expect(homelab.discord.messages('operations')).toEqual([]);
    // The registry lists it, and yet it does not arrive: a node without the right to pull, for one.
    homelab.registry.push('acme/shop', 'missing-2');
    await ask('otto', 'deploy', { sha: 'missing-2' });
    expect((await lookFor('failed and undone')).text).toMatch(/ImagePullBackOff|ErrImagePull/);
    expect(await running()).toBe(`${runningSha} 3 of 3`);
  });

  test('a deploy over the quota is undone with the words of the quota', async () => {
    await admin('create', 'quota', 'tight', '--hard=pods=3', '-n', namespace);
    try {
      await ask('otto', 'deploy', { sha: fourth });
      expect((await lookFor('failed and undone')).text).toContain('exceeded quota: tight');
      expect(await running()).toBe(`${runningSha} 3 of 3`);
    } finally {
      await admin('delete', 'quota', 'tight', '-n', namespace);
    }
  });

  test('of two at once one runs, and the other is told who is running what; an abort takes it back', async () => {
    const [slow = '', other = ''] = await Promise.all([
      ask('otto', 'deploy', { sha: 'slow' }),
      ask('otto', 'deploy', { sha: 'slow-9a3d1b6' }),
    ]);
    expect([slow, other].filter((answer) => answer.includes('has begun'))).toHaveLength(1);
    expect([slow, other].join('\n')).toContain('deploy of shop is running: otto');
    expect(await ask('ada', 'deploy', { sha: fourth })).toContain('deploy of shop is running: otto');
    const shown = await lookFor('waiting for the rollout');
    await homelab.discord.as('ada').press(shown, 'Abort');
    await lookFor('undone', 'Aborted by ada');
    expect(await running()).toBe(`${runningSha} 3 of 3`);
  });

  test('whom the level does not allow it is refused, and neither server hears of it', async () => {
    const before = await git.head();
    for (const person of ['vera', 'nils']) {
      expect(await ask(person, 'deploy', { sha: fourth })).toContain('needs the level operator');
    }
    expect(await git.head()).toBe(before);
    expect((await changes()).map(({ person }) => person).join()).not.toMatch(/vera|nils/);
  });

  test('/status says what is wanted and what runs', async () => {
    expect(await ask('vera', 'status', {})).toMatch(new RegExp(`shop.*${short(runningSha)}.*3 of 3 ready`, 's'));
  });

  test('an autoscaler keeps its 3 replicas through deploys, whoever owned them before', async () => {
    // The repository says 1; somebody has let the autoscaler grow it since.
    await seed(1);
    await admin('autoscale', 'deployment', deployment, '-n', namespace, '--min=2', '--max=5', '--name=shop');
    try {
      await admin('scale', 'deployment', deployment, '-n', namespace, '--replicas=3');
      await admin('rollout', 'status', `deployment/${deployment}`, '-n', namespace, '--timeout=60s');
      for (const sha of [fourth, fifth]) {
        await ask('otto', 'deploy', { sha });
        await lookFor('done', `→ ${short(sha)}`);
        expect(await running()).toBe(`${sha} 3 of 3`);
      }
    } finally {
      await admin('delete', 'hpa', 'shop', '-n', namespace);
    }
  });

  test("the API server's audit log names the person of each change", async () => {
    for (const person of ['otto', 'ada']) {
      await ask(person, 'deploy', { sha: person === 'otto' ? fourth : fifth });
      await lookFor('done', person);
      const id = homelab.discord.userId(person);
      const level = person === 'otto' ? 'homelab-bot:operator' : 'homelab-bot:admin';
      expect(await changes()).toContainEqual({
        account: 'system:serviceaccount:chatops:homelab-bot',
        level,
        person: `${id} ${person}`,
        resource: 'deployments',
        code: 200,
      });
    }
    const mine = await changes();
    expect(mine.filter(({ person }) => !/^\d+ (?:otto|ada)$/.test(person))).toEqual([]);
  });
});

interface Change {
  readonly account: string;
  readonly level: string;
  readonly person: string;
  readonly resource: string;
  readonly code: number;
}

/** What was changed in the app's namespace in the name of the bot's account, by the audit log. */
async function changes(): Promise<Change[]> {
  return (await readFile(join(control.dir, 'audit.log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ user, verb, objectRef }) => {
      return user.username.endsWith(':homelab-bot') && verb === 'patch' && objectRef?.namespace === namespace;
    })
    .map(({ user, impersonatedUser, objectRef, responseStatus }) => ({
      account: user.username,
      level: impersonatedUser?.username ?? '',
      person: impersonatedUser?.extra?.['discord-user']?.[0] ?? '',
      resource: objectRef.resource,
      code: responseStatus.code,
    }));
}

describe("where the bot's own check is bypassed", () => {
  const patch = ['patch', 'deployment', 'demo', '-n', 'bypass', '-p', '{"metadata":{"labels":{"a":"b"}}}'];
  const as = (level: string): string[] => [
    `--as=homelab-bot:${level}`,
    `--as-group=homelab-bot:${level}`,
    '--as-user-extra=discord-user=1 otto',
  ];

  beforeAll(async () => {
    await admin('create', 'namespace', 'bypass');
    await admin('create', 'deployment', 'demo', '-n', 'bypass', '--image=registry.test/demo:v1');
    await admin('create', 'secret', 'generic', 'demo', '-n', 'bypass', '--from-literal=a=hidden');
  });

  test('a viewer cannot change a Deployment, operators and admins can', async () => {
    expect(await asAccount(...patch, ...as('viewer'))).toContain('Forbidden');
    expect(await asAccount(...patch, ...as('operator'))).toContain('patched');
    expect(await asAccount(...patch, ...as('admin'))).toContain('deployment.apps/demo');
  });

  test.each([
    ['get', 'secret', 'demo', '-n', 'bypass'],
    ['delete', 'node', 'desktop-2'],
    ['delete', 'deployment', 'demo', '-n', 'bypass'],
    ['patch', 'node', 'desktop-2', '-p', '{"spec":{"unschedulable":true}}'],
    ['create', 'namespace', 'more'],
    ['create', 'clusterrolebinding', 'more', '--clusterrole=cluster-admin', '--user=otto'],
    ['create', 'token', 'homelab-bot', '-n', 'chatops'],
  ])('nobody can: kubectl %s %s', async (...args) => {
    for (const level of ['viewer', 'operator', 'admin']) {
      expect(await asAccount(...args, ...as(level))).toMatch(/\(Forbidden\)| is forbidden: /);
    }
  });

  test('the account alone can do nothing, and be nobody else', async () => {
    expect(await asAccount(...patch)).toContain('Forbidden');
    expect(await asAccount('get', 'nodes')).toContain('Forbidden');
    for (const other of [
      ['--as=admin', '--as-group=system:masters'],
      ['--as=homelab-bot:viewer', '--as-group=system:masters'],
      ['--as=system:serviceaccount:kube-system:default'],
      ['--as=homelab-bot:admin', '--as-group=homelab-bot:admin', '--as-user-extra=scopes=all'],
    ]) {
      expect(await asAccount('get', 'nodes', ...other)).toContain('cannot impersonate');
    }
  });
});
