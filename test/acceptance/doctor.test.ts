// `homelab-bot doctor` against the whole sandbox: when all is well, when each thing is broken, and that it changes nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import { type HttpsServer, startGitHttps } from '../e2e/git-servers.ts';
import { generous } from './posting.ts';
import { routesOf, toCritical } from './routing.ts';
import { type Ended, newFolder, runBot } from './running.ts';

const rbac = 'kubectl apply -k manifests/chatops/rbac';
const gitToken = 'token-of-the-bot-0123456789';

let homelab: Homelab;

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous },
    config: (discord, apps) => `${levelsOf(discord)}${apps}${routesOf(discord, [toCritical()])}`,
  });
});

afterAll(() => homelab?.stop());

/** As it is run beside the bot that runs. */
function environment(): Record<string, string> {
  const { hostname, port } = new URL(homelab.bot.url);
  return { ...homelab.bot.env, HTTP_HOST: hostname, HTTP_PORT: port };
}

interface Diagnosis extends Ended {
  /** State and text by what was checked; the remedy is in the text, behind an arrow. */
  readonly lines: ReadonlyMap<string, string>;
}

async function diagnose(env: Readonly<Record<string, string>> = {}, cwd = homelab.folder): Promise<Diagnosis> {
  const ended = await runBot({ args: ['doctor'], env: { ...environment(), ...env }, cwd });
  const joined = ended.stdout.replaceAll('\n      → ', ' → ');
  const lines = [...joined.matchAll(/^(ok|warn|FAIL|skip) +([^:\n]+): (.*)$/gm)];
  return { ...ended, lines: new Map(lines.map(([, state, what = '', found]) => [what, `${state} ${found}`])) };
}

function onPath(program: string): string {
  const paths = (process.env['PATH'] ?? '').split(delimiter).map((at) => join(at, program));
  return paths.find((path) => existsSync(path)) ?? '';
}

/** What was checked of which state. */
function of(state: string, { lines }: Diagnosis): string[] {
  return [...lines].filter(([, text]) => text.startsWith(`${state} `)).map(([what]) => what);
}

function secrets(): string[] {
  const { discord, webhookToken, registry, kubernetes } = homelab;
  return [
    discord.token,
    webhookToken,
    registry.token,
    gitToken,
    kubernetes.token({ serviceAccount: 'chatops/homelab-bot' }),
  ];
}

function holdsNoSecret({ stdout, stderr }: Ended): void {
  for (const secret of secrets()) expect(stdout + stderr).not.toContain(secret);
}

describe('all is well', () => {
  test('it says so of each thing, ends with 0, and changes nothing', async () => {
    const { discord, kubernetes, git, folder } = homelab;
    const temporary = await newFolder();
    const before = {
      head: await git.head(),
      files: (await readdir(folder)).sort(),
      messages: ['alerts', 'audit', 'alerts-critical', 'operations'].flatMap((name) => discord.messages(name)).length,
    };
    const asked = { discord: discord.requests.all.length, kubernetes: kubernetes.requests.length };
    const diagnosis = await diagnose({ TMPDIR: temporary });

    expect({ code: diagnosis.code, stderr: diagnosis.stderr }).toEqual({ code: 0, stderr: '' });
    expect(of('ok', diagnosis)).toEqual([...diagnosis.lines.keys()]);
    expect(diagnosis.stdout.trimEnd().split('\n').at(-1)).toBe(
      `${diagnosis.lines.size} checks: ${diagnosis.lines.size} ok`,
    );
    expect([...diagnosis.lines.keys()].map((what) => what.replace(/\d{17,}/, 'id'))).toEqual([
      'configuration',
      'Discord bot',
      'Discord gateway',
      'Discord sign-ins',
      'Discord interactions',
      'Discord server',
      'Discord channel id (DISCORD_ALERT_CHANNEL_ID)',
      'Discord channel id (DISCORD_AUDIT_CHANNEL_ID)',
      'Discord channel id (alerts.routes[0])',
      'Discord roles of access.viewer',
      'Discord roles of access.operator',
      'Discord roles of access.admin',
      'Discord roles of alerts.routes[0].mention',
      'Discord slash commands',
      'Kubernetes API',
      'Kubernetes account',
      ...['viewer', 'operator', 'admin'].flatMap((level) => [
        `Kubernetes impersonation of ${level}`,
        `Kubernetes rights of ${level}`,
      ]),
      'Kubernetes metrics.k8s.io',
      'Alertmanager API',
      'program kubectl',
      'program git',
      'manifest repository',
      'manifest repository push',
      'app shop Deployment',
      'app shop manifests',
      'app shop image',
      'database',
      'database disk',
      'database free space',
      'database lock',
      'HTTP port',
    ]);
    expect(diagnosis.lines.get('database lock')).toContain('a bot runs on it');
    expect(diagnosis.lines.get('HTTP port')).toContain('taken by a homelab-bot that runs (ready');
    holdsNoSecret(diagnosis);

    expect(await git.head()).toBe(before.head);
    expect((await readdir(folder)).sort()).toEqual(before.files);
    expect(await readdir(temporary)).toEqual([]);
    const methods = discord.requests.all.slice(asked.discord).map(({ method }) => method);
    expect(new Set(methods)).toEqual(new Set(['GET']));
    const writes = kubernetes.requests.slice(asked.kubernetes).filter(({ method }) => method !== 'GET');
    expect(writes.filter(({ path }) => !/\/selfsubject\w*reviews$/.test(path))).toEqual([]);
    // The levels are asked in nobody's name.
    const extras = kubernetes.requests
      .slice(asked.kubernetes)
      .flatMap(({ impersonated }) => impersonated?.extra['discord-user'] ?? []);
    expect(new Set(extras)).toEqual(new Set(['homelab-bot']));
    expect(discord.connected).toBe(1);
  });

  test('before the first start: no folder, no database, no slash commands yet', async () => {
    const { discord } = homelab;
    const cwd = await newFolder();
    discord.faults.next({ method: 'GET', path: /\/guilds\/\d+\/commands$/ }, { status: 200, body: [] });
    const diagnosis = await diagnose({ DATABASE_URL: `file:${cwd}/data/bot.db`, HTTP_PORT: '0' });
    expect(diagnosis.code).toBe(0);
    expect(of('warn', diagnosis)).toEqual(['Discord slash commands']);
    expect(of('FAIL', diagnosis)).toEqual([]);
    expect(diagnosis.lines.get('database')).toBe(`ok ${cwd}/data/bot.db is made by the first start, with its folder`);
    expect(diagnosis.lines.get('database lock')).toContain('free');
    expect(await readdir(cwd)).toEqual([]);
  });

  test('with the least configuration: what is not there is said, and nothing of it fails', async () => {
    const env = { CONFIG_FILE: '', KUBECONFIG: '', MANIFEST_REPO_URL: '', DISCORD_AUDIT_CHANNEL_ID: '' };
    const diagnosis = await diagnose(env, await newFolder());
    expect(diagnosis.lines.get('Kubernetes API')).toMatch(/^warn no cluster is configured/);
    expect(of('skip', diagnosis)).toEqual(['manifest repository', 'manifest repository push']);
    expect(of('FAIL', diagnosis)).toEqual([]);
    expect(of('warn', diagnosis)).toEqual(['configuration', 'Kubernetes API']);
    expect(diagnosis.code).toBe(0);
  });

  test('and Discord asks to slow down for a moment: it waits and asks again', async () => {
    homelab.discord.faults.next({ path: '/gateway/bot' }, { rateLimit: 'shared', retryAfterMs: 100 });
    const diagnosis = await diagnose();
    expect(of('FAIL', diagnosis)).toEqual([]);
  });
});

describe('several things are broken in the configuration and around it', () => {
  let diagnosis: Diagnosis;
  let server: HttpsServer;
  let other: Server;
  let otherPort = 0;

  beforeAll(async () => {
    const { discord, kubernetes, git, registry, folder } = homelab;
    discord.deny('alerts-critical', 'SendMessages');
    discord.deny('alerts-critical', 'MentionEveryone');
    kubernetes.patch(
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'homelab-bot:viewer' },
      { rules: [{ apiGroups: [''], resources: ['nodes', 'pods', 'events'], verbs: ['get', 'list'] }] },
    );
    server = await startGitHttps(git.url, gitToken);
    server.readOnly = true;
    other = createServer((_, response) => response.end('{"status":"something else"}')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    otherPort = (other.address() as AddressInfo).port;
    const configFile = join(folder, 'broken.yaml');
    const shop = `namespace: laravel-apps, deployment: laravel-multi-tenant, container: laravel-app, path: apps/laravel-multitenant`;
    const routes = [
      { channel: discord.channelId('alerts-critical'), mention: [discord.roleId('operator')] },
      { channel: '112233445566778899', mention: ['112233445566778898'] },
    ];
    await writeFile(
      configFile,
      [
        `access: { viewer: ["${discord.roleId('viewer')}", "112233445566778897"], admin: ["${discord.guildId}"] }`,
        'apps:',
        `  shop: { ${shop}, image: ${registry.image('acme/shop')} }`,
        `  blog: { ${shop.replace('multi-tenant', 'blog').replace('apps/laravel-multitenant', 'apps/blog')}, image: ${registry.image('acme/blog')} }`,
        `alerts: { routes: ${JSON.stringify(routes.map((route, at) => ({ match: { at: `${at}` }, ...route })))} }`,
        '',
      ].join('\n'),
    );
    const programs = join(folder, 'programs');
    await mkdir(programs);
    await symlink(onPath('git'), join(programs, 'git'));
    await writeFile(join(folder, 'a-file'), '');
    const repository = {
      MANIFEST_REPO_URL: server.url,
      MANIFEST_REPO_TOKEN: gitToken,
      SSL_CERT_FILE: server.authority,
    };
    diagnosis = await diagnose({
      ...repository,
      CONFIG_FILE: configFile,
      REGISTRY_TOKEN: 'a-token-that-is-wrong',
      ALERTMANAGER_URL: discord.url.replace('://', '://ops:a-password-that-is-wrong@').replace(/\/api$/, ''),
      PATH: programs,
      HTTP_PORT: `${otherPort}`,
      DATABASE_URL: `file:${folder}/a-file/bot.db`,
    });
  });

  afterAll(async () => {
    const { discord, kubernetes } = homelab;
    discord.allow('alerts-critical', 'SendMessages');
    discord.allow('alerts-critical', 'MentionEveryone');
    kubernetes.apply(await rbacObjects());
    await server?.stop();
    await new Promise((resolve) => other.close(resolve));
  });

  test.each([
    [
      'Discord channel 112233445566778811 (alerts.routes[0])',
      /lacks Send Messages and Mention @everyone, @here, and All Roles in #alerts-critical → give the bot's role/,
    ],
    [
      'Discord channel 112233445566778899 (alerts.routes[1])',
      /there is no such channel.* → correct alerts\.routes\[1\]/,
    ],
    ['Discord roles of access.viewer', /112233445566778897: no such role in the server → correct access\.viewer/],
    ['Discord roles of alerts.routes[1].mention', /112233445566778898: no such role/],
    [
      'Kubernetes rights of viewer',
      /lacks 2 of 6: list nodes\.metrics\.k8s\.io; get deployments\.apps in laravel-apps → kubectl apply -k manifests\/chatops\/rbac/,
    ],
    ['Alertmanager API', /what answers is no Alertmanager.* → .*correct ALERTMANAGER_URL/],
    ['program kubectl', /is not on the PATH → install kubectl 1\.27 or later/],
    ['manifest repository push', /does not let the bot in.* → give the deploy key or token the right to write/],
    ['app shop Deployment', /deployments\.apps "laravel-multi-tenant" is forbidden.* → kubectl apply -k/],
    ['app shop image', /does not let the bot look at .*acme\/shop.* → REGISTRY_TOKEN has expired/],
    ['app blog manifests', /apps\/blog.* → correct the kustomization in the repository, or apps\.blog\.path/],
    ['app blog image', /acme\/blog.* → /],
    ['database', /a-file.*no folder → correct DATABASE_URL/],
    ['HTTP port', /is taken by another process.* → end what listens there/],
  ])('%s', (what, text) => {
    expect(diagnosis.lines.get(what)).toMatch(/^FAIL /);
    expect(diagnosis.lines.get(what)).toMatch(text);
  });

  test('everybody as an admin is a warning', () => {
    expect(diagnosis.lines.get('Discord roles of access.admin')).toMatch(/^warn .*everybody in the server/);
  });

  test('the other checks are made all the same, it ends with 1, and shows no secret', () => {
    const well = [
      'Discord server',
      'Discord slash commands',
      'Kubernetes API',
      'manifest repository',
      'app shop manifests',
    ];
    for (const what of well) expect(diagnosis.lines.get(what)).toMatch(/^ok /);
    expect(diagnosis.code).toBe(1);
    expect(diagnosis.stdout).toMatch(/\n\d+ checks: \d+ ok, .*\d+ FAIL/);
    holdsNoSecret(diagnosis);
    expect(diagnosis.stdout).not.toMatch(/a-(token|password)-that-is-wrong/);
  });
});

describe('what other checks depend on is broken', () => {
  test('the token is refused, RBAC is not applied, the repository is away, the registry hangs', async () => {
    const { kubernetes, git, registry } = homelab;
    registry.faults.next({ times: 10 }, 'hang');
    kubernetes.remove({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      name: 'homelab-bot:impersonate',
    });
    await git.away();
    try {
      const diagnosis = await diagnose({ DISCORD_TOKEN: 'MTEyMjMzNDQ1NTY2Nzc4ODUw.wrong.a-token-that-is-wrong' });
      const { lines } = diagnosis;
      expect(lines.get('Discord bot')).toMatch(/^FAIL the token is refused .* → make a new one/);
      expect(lines.get('Discord server')).toBe('skip the token is refused');
      for (const level of ['viewer', 'operator', 'admin']) {
        const acting = lines.get(`Kubernetes impersonation of ${level}`);
        expect(acting).toMatch(/^FAIL the account may not act as homelab-bot:/);
        expect(acting).toContain(` → ${rbac}`);
        expect(lines.get(`Kubernetes rights of ${level}`)).toBe('skip the account may not act as this level');
      }
      expect(lines.get('Kubernetes API')).toMatch(/^ok v1\.36/);
      expect(lines.get('manifest repository')).toMatch(
        /^FAIL There is no repository at .* → see that .* correct MANIFEST_REPO_URL/,
      );
      expect(lines.get('manifest repository push')).toBe('skip it cannot be read');
      expect(lines.get('app shop Deployment')).toBe('skip the account may not act as this level');
      expect(lines.get('app shop manifests')).toBe('skip the manifest repository cannot be read');
      expect(lines.get('app shop image')).toMatch(/^FAIL The registry .* did not answer within 5 s → /);
      expect(lines.get('database')).toMatch(/^ok /);
      expect(diagnosis.code).toBe(1);
      expect(diagnosis.stdout).not.toContain('a-token-that-is-wrong');
      holdsNoSecret(diagnosis);
    } finally {
      registry.faults.clear();
      await git.back();
      kubernetes.apply(await rbacObjects());
    }
  });

  test('the bot is in another server, commands go elsewhere, the API server and the registry are away', async () => {
    const { discord, kubernetes, registry } = homelab;
    const application = { id: discord.applicationId, interactions_endpoint_url: 'https://old.example/interactions' };
    discord.faults.next({ path: '/applications/@me' }, { status: 200, body: application });
    await kubernetes.away();
    await registry.away();
    try {
      const diagnosis = await diagnose({ DISCORD_GUILD_ID: '112233445566778899' });
      const { lines } = diagnosis;
      expect(lines.get('Discord server')).toMatch(
        /^FAIL the bot is not in the server 112233445566778899 .* → invite it/,
      );
      expect(lines.get('Discord roles of access.viewer')).toBe('skip the bot is not in the server');
      expect(lines.get('Discord interactions')).toMatch(/^FAIL go to another address: https:\/\/old\.example/);
      expect(lines.get('Kubernetes API')).toMatch(
        /^FAIL connection refused \(127\.0\.0\.1:\d+\) → see that the API server/,
      );
      const ofCluster = [...lines].filter(([what]) => /^Kubernetes (?!API)|Deployment/.test(what));
      expect(new Set(ofCluster.map(([, text]) => text))).toEqual(new Set(['skip the cluster cannot be reached']));
      expect(lines.get('app shop image')).toMatch(/^FAIL The registry cannot be reached/);
      expect(lines.get('manifest repository push')).toMatch(/^ok /);
      expect(diagnosis.code).toBe(1);
    } finally {
      await kubernetes.back();
      await registry.back();
    }
  });

  test('the Deployment is gone, and the account may do everything, which is a warning alone', async () => {
    const { kubernetes, folder } = homelab;
    const kubeconfig = join(folder, 'admin.kubeconfig');
    await writeFile(kubeconfig, kubernetes.kubeconfig('admin'), { mode: 0o600 });
    const which = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'laravel-multi-tenant',
      namespace: 'laravel-apps',
    };
    const held = kubernetes.get(which);
    kubernetes.remove(which);
    try {
      const diagnosis = await diagnose({ KUBECONFIG: kubeconfig });
      expect(of('FAIL', diagnosis)).toEqual(['app shop Deployment']);
      expect(diagnosis.lines.get('app shop Deployment')).toMatch(
        /there is no Deployment laravel-apps\/laravel-multi-tenant → apply its manifests once/,
      );
      expect(of('warn', diagnosis)).toEqual(['Kubernetes account']);
      expect(diagnosis.lines.get('Kubernetes account')).toContain(
        'admin may do more than act as the levels: everything',
      );
      expect(diagnosis.code).toBe(1);
    } finally {
      if (held) kubernetes.set(held);
    }
  });
});

test('a wrong configuration is told as at the start, and nothing is asked', async () => {
  const asked = homelab.discord.requests.all.length;
  const { code, stdout, stderr } = await diagnose({ DISCORD_GUILD_ID: 'homelab', HTTP_PORT: '80808' });
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(stderr).toContain('The configuration has 2 problems');
  expect(homelab.discord.requests.all.length).toBe(asked);
});

describe('it is interrupted', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s: it ends, and what it made for itself is gone', async (signal) => {
    const { discord, folder } = homelab;
    const temporary = await newFolder();
    discord.faults.next({ path: '/users/@me' }, 'hang');
    const asked = discord.requests.all.length;
    const child: ChildProcess = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('../../src/main.ts', import.meta.url)), 'doctor'],
      { cwd: folder, env: { ...environment(), TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout?.resume();
    const ended = once(child, 'close');
    await discord.waitFor(() => discord.requests.all.slice(asked).some(({ path }) => path === '/users/@me'), {
      what: 'the first question',
    });
    child.kill(signal);
    expect(await ended).toEqual([1, null]);
    expect(stderr).toBe('Interrupted: not everything was checked.\n');
    expect(await readdir(temporary)).toEqual([]);
  });
});
