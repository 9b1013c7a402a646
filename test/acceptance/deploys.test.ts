// A change of an app from /deploy to the running pods, as people see it, through the whole bot on the sandbox.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Discord, SandboxMessage } from '../../sandbox/discord/discord.ts';
import { homelabFiles } from '../../sandbox/git/seed.ts';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { runningSha } from '../../sandbox/kubernetes/seed/workloads.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import { shopShas } from '../../sandbox/registry/seed.ts';
import { generous } from './posting.ts';
import { wronglyAsked } from './seen.ts';

let homelab: Homelab;
let discord: Discord;

const [first = '', second = '', , fourth = '', fifth = ''] = shopShas;
const short = (tag: string): string => tag.slice(0, 7);
const kustomization = 'apps/laravel-multitenant/kustomization.yaml';
const patient = { timeoutMs: 25_000 };

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    config: (guild, apps) => `${levelsOf(guild)}${apps}    deployers: ["${guild.roleId('viewer')}"]\n`,
  });
  discord = homelab.discord;
});

afterAll(() => homelab.stop());

beforeEach(async () => {
  await homelab.git.seed(homelabFiles({ image: homelab.registry.image('acme/shop'), tag: runningSha }));
  homelab.kubernetes.reset();
  homelab.kubernetes.apply(await rbacObjects());
});

afterEach(() => {
  const wrong = wronglyAsked(discord);
  discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

function card(word: string, ...more: readonly string[]): Promise<SandboxMessage> {
  const wanted = [word, ...more];
  return discord.waitForMessage('operations', (message) => wanted.every((one) => message.text.includes(one)), {
    ...patient,
    what: `a card that says ${wanted.join(', ')}`,
  });
}

async function ask(person: string, command: string, options: Record<string, string>): Promise<string> {
  const result = await discord.as(person).command(command, options);
  return (await result.final(patient)).text;
}

async function tagInGit(): Promise<string> {
  return /newTag: "([^"]*)"/.exec((await homelab.git.file(kustomization)) ?? '')?.[1] ?? '';
}

function running(): string {
  const found = homelab.kubernetes.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'laravel-apps',
    name: 'laravel-multi-tenant',
  });
  return JSON.stringify(found?.['spec'] ?? null);
}

describe('/deploy', () => {
  test('commits, applies and follows, on one card that ends with who, what and how long', async () => {
    expect(await ask('otto', 'deploy', { sha: fourth, reason: 'new prices' })).toMatch(
      /has begun[\s\S]*discord.com.channels/,
    );
    const done = await card('done', short(fourth));
    expect(done.text).toContain(`${short(runningSha)} → ${short(fourth)}`);
    expect(done.text).toContain('otto');
    expect(done.text).toContain('new prices');
    expect(done.text).toContain('Took');
    expect(done.buttons).toEqual([]);
    expect(done.revisions.length).toBeGreaterThan(1);
    expect(discord.messages('operations')).toHaveLength(1);
    expect(await tagInGit()).toBe(fourth);
    expect(running()).toContain(fourth);
    const [commit] = await homelab.git.log(1);
    expect(commit).toMatchObject({ author: 'homelab-bot' });
    expect(commit?.message).toContain('otto');
    expect(commit?.message).toContain('new prices');
    expect(
      await discord.waitForMessage('audit', (message) => message.text.includes('deploy of shop by otto: done')),
    ).toBeDefined();
  });

  test('of the same SHA again says so and does nothing', async () => {
    const before = await homelab.git.head();
    expect(await ask('otto', 'deploy', { sha: runningSha })).toContain('already: nothing was done');
    expect(await homelab.git.head()).toBe(before);
    expect(discord.messages('operations')).toEqual([]);
  });

  test('that crashes is undone by a revert, with the reason and the last log lines', async () => {
    await ask('otto', 'deploy', { sha: 'broken' });
    const undone = await card('failed and undone');
    expect(undone.text).toMatch(/CrashLoopBackOff|crash/i);
    expect(undone.text).toContain(`runs ${short(runningSha)} again`);
    expect(await tagInGit()).toBe(runningSha);
    expect(running()).toContain(runningSha);
    const log = await homelab.git.log(2);
    expect(log[0]?.message).toMatch(/Reverts: |This reverts commit/);
    expect(discord.messages('operations')).toHaveLength(1);
  });

  test('by a second person meanwhile is told who is running what', async () => {
    await ask('otto', 'deploy', { sha: 'slow' });
    await card('running');
    expect(await ask('ada', 'deploy', { sha: fourth })).toMatch(/deploy of shop is running: otto/);
    const shown = await card('running');
    await (await discord.as('otto').press(shown, 'Abort')).until(() => true).catch(() => undefined);
    await card('undone');
  });

  test('can be aborted, which takes it back', async () => {
    await ask('otto', 'deploy', { sha: 'slow' });
    const shown = await card('waiting for the rollout');
    await discord.as('ada').press(shown, 'Abort');
    const undone = await card('undone', 'Aborted by');
    expect(undone.text).toContain('Aborted by ada');
    expect(await tagInGit()).toBe(runningSha);
  });

  test('is for operators, and for the deployers of the app', async () => {
    expect(await ask('nils', 'deploy', { sha: fourth })).toContain('needs the level operator');
    expect(await ask('vera', 'deploy', { sha: fourth, app: 'shop' })).toMatch(/has begun[\s\S]*discord.com.channels/);
    await card('done', 'vera');
    const written = homelab.kubernetes.requests.filter((request) => request.verb === 'patch');
    expect(JSON.stringify(written)).toContain('homelab-bot:operator');
  });

  test.each([
    ['spaces', 'a b'],
    ['a flag', '--help'],
    ['a path', '../../etc/passwd'],
    ['quotes', '"x"'],
    ['300 characters', 'a'.repeat(300)],
    ['a SHA in upper case', '3F2C1A9'],
  ])('with %s is refused in words, and nothing is changed', async (_what, sha) => {
    const before = await homelab.git.head();
    expect(await ask('otto', 'deploy', { sha })).toContain('was not run');
    expect(await homelab.git.head()).toBe(before);
  });

  test('of an image that the registry lacks is refused', async () => {
    expect(await ask('otto', 'deploy', { sha: 'missing-1' })).toContain('The registry has no');
    expect(discord.messages('operations')).toEqual([]);
  });

  test('offers the tags of the registry and earlier deploys', async () => {
    const offered = async () => (await discord.as('otto').complete('deploy', 'sha', '')).map((choice) => choice.value);
    while (!(await offered()).includes(fourth)) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await offered()).toContain(runningSha);
  });
});

describe('/rollback', () => {
  test('goes to the deploy before, then one further back, never forward', async () => {
    for (const sha of [fourth, fifth]) {
      await ask('otto', 'deploy', { sha });
      await card('done', `→ ${short(sha)}`);
    }
    await ask('otto', 'rollback', { reason: 'slow pages' });
    await card('done', 'rollback of shop', `→ ${short(fourth)}`);
    expect(await tagInGit()).toBe(fourth);
    await ask('otto', 'rollback', {});
    await card('done', 'rollback of shop', `→ ${short(runningSha)}`);
    expect(await tagInGit()).toBe(runningSha);
    expect(running()).toContain(runningSha);
  });

  test('without an earlier deploy says so', async () => {
    const answer = await ask('otto', 'rollback', {});
    expect(answer).toMatch(/first deploy|nothing to take back|no deploy/);
  });
});

describe('what anyone may look at', () => {
  test('/status says what is wanted and what runs', async () => {
    const answer = await ask('vera', 'status', {});
    expect(answer).toContain('shop');
    expect(answer).toContain(short(runningSha));
    expect(answer).toMatch(/\d of \d ready/);
  });

  test('/history names who deployed what; /audit is for operators, with a CSV', async () => {
    await ask('otto', 'deploy', { sha: fourth });
    await card('done');
    expect(await ask('vera', 'history', {})).toContain('otto');
    expect(await ask('vera', 'audit', {})).toContain('needs the level operator');
    const trail = await (await discord.as('otto').command('audit', { action: 'deploy' })).final(patient);
    const [csv] = trail.files.filter((file) => file.filename === 'audit.csv');
    expect(csv?.text()).toContain('otto');
    expect(csv?.text().split('\r\n')[0]).toContain('reference,phase');
  });
});

test('secrets are never asked of the cluster', () => {
  expect(homelab.kubernetes.requests.some((request) => request.resource === 'secrets')).toBe(false);
  expect([first, second].every((sha) => sha.length === 40)).toBe(true);
});
