// A change of an app survives the end of the bot: at each step it is killed, started again, and finishes or undoes what it had begun.
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Discord, SandboxMessage } from '../../sandbox/discord/discord.ts';
import { homelabFiles } from '../../sandbox/git/seed.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { runningSha } from '../../sandbox/kubernetes/seed/workloads.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import { shopShas } from '../../sandbox/registry/seed.ts';
import type { Ending, Operation } from '../../src/operations/operation.ts';
import { generous, newGroup, post } from './posting.ts';
import { auditTrail, logLines, wronglyAsked } from './seen.ts';

let homelab: Homelab;
let discord: Discord;

const [, , , fourth = ''] = shopShas;
const short = (tag: string): string => tag.slice(0, 7);
const kustomization = 'apps/laravel-multitenant/kustomization.yaml';
const patient = { timeoutMs: 25_000 };
const restarted = 'restarted meanwhile';

beforeAll(async () => {
  homelab = await startHomelab({ discord: { rateLimits: generous, windows: { identify: 100 } } });
  discord = homelab.discord;
});

afterAll(() => homelab.stop());

/** Each test changes the same app, so each shows that the one before left it free. */
beforeEach(async () => {
  await homelab.git.seed(homelabFiles({ image: homelab.registry.image('acme/shop'), tag: runningSha }));
  homelab.kubernetes.reset();
  homelab.kubernetes.apply(await rbacObjects());
});

afterEach(async () => {
  await discord.faults.clear();
  homelab.kubernetes.faults.clear();
  const wrong = wronglyAsked(discord);
  discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

async function ask(command: string, options: Record<string, string>): Promise<string> {
  const result = await discord.as('otto').command(command, options);
  return (await result.final(patient)).text;
}

function card(...words: readonly string[]): Promise<SandboxMessage> {
  return discord.waitForMessage('operations', ({ text }) => words.every((word) => text.includes(word)), {
    ...patient,
    what: `a card that says ${words.join(', ')}`,
  });
}

/** As the bot's database has them, oldest first. */
function operations(): Operation[] {
  const database = new DatabaseSync(join(homelab.folder, 'bot.db'), { readOnly: true });
  try {
    const rows = database.prepare('select state from operations order by started_at').all();
    return rows.map((row) => JSON.parse(String(row['state'])));
  } finally {
    database.close();
  }
}

function newest(): Operation {
  const found = operations().at(-1);
  if (found === undefined) throw new Error('There is no operation');
  return found;
}

/** What a test put in the way of a step. */
interface Hold {
  /** Resolves once the step is held. */
  readonly reached: () => Promise<unknown>;
  readonly release: () => Promise<void>;
}

/** The server holds a push whose commit begins with `subject`: before its branch has the commit, or after. */
async function holdPush(hook: 'pre-receive' | 'post-receive', subject: 'Deploy' | 'Roll back'): Promise<Hold> {
  const folder = join(homelab.git.url, 'hooks');
  const hold = join(folder, 'hold');
  const reached = join(folder, 'reached');
  await mkdir(folder, { recursive: true });
  await writeFile(hold, '');
  await writeFile(
    join(folder, hook),
    `#!/bin/sh
read -r old new ref
git log -1 --format=%s "$new" | grep -q '^${subject}' || exit 0
[ -e '${hold}' ] || exit 0
touch '${reached}'
while [ -e '${hold}' ]; do sleep 0.05; done
`,
  );
  await chmod(join(folder, hook), 0o755);
  return {
    reached: () => discord.waitFor(() => existsSync(reached), { ...patient, what: 'the push' }),
    release: () => rm(hold, { force: true }),
  };
}

/** Kubernetes never answers requests of this kind, from now until the release. */
function holdRequests(verb: string, resource: string): Hold {
  const path = new RegExp(`/${resource}\\b`);
  const before = homelab.kubernetes.requests.length;
  homelab.kubernetes.faults.next({ verb, path, times: 1000 }, 'hang');
  const isHeld = () =>
    homelab.kubernetes.requests.slice(before).some((one) => one.verb === verb && path.test(one.path));
  return {
    reached: () => discord.waitFor(isHeld, { ...patient, what: `${verb} ${resource}` }),
    release: async () => homelab.kubernetes.faults.clear(),
  };
}

/** The undoing has begun, and its commit waits at the server: puts the hold in the way of what follows. */
async function behindUndo(verb: string, resource: string): Promise<Hold> {
  const push = await holdPush('pre-receive', 'Roll back');
  let then: Hold | null = null;
  return {
    async reached() {
      await push.reached();
      then = holdRequests(verb, resource);
      await push.release();
      await then.reached();
    },
    release: async () => then?.release(),
  };
}

async function kill(): Promise<void> {
  expect(await homelab.bot.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
}

async function begin(): Promise<void> {
  homelab.bot.start();
  await homelab.bot.whenReady();
}

function deploymentIn(homelab: Homelab): string {
  const found = homelab.kubernetes.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'laravel-apps',
    name: 'laravel-multi-tenant',
  });
  return JSON.stringify(found?.['spec'] ?? null);
}

async function tagInGit(): Promise<string> {
  return /newTag: "([^"]*)"/.exec((await homelab.git.file(kustomization)) ?? '')?.[1] ?? '';
}

/** Subjects of the commits of an operation, oldest first. */
async function commitsOf({ id }: Operation): Promise<string[]> {
  const log = await homelab.git.log();
  return log
    .filter(({ message }) => message.includes(`Operation: ${id}`))
    .map(({ subject }) => subject)
    .reverse();
}

/** One card, one commit a change, repository and cluster alike, and the trail complete. */
async function expectWhole(tag: string, ending: Ending, commits: readonly string[]): Promise<void> {
  const operation = newest();
  expect(operation.ending).toBe(ending);
  expect(await commitsOf(operation)).toEqual(commits.map((subject) => expect.stringMatching(subject)));
  expect(await tagInGit()).toBe(tag);
  expect(deploymentIn(homelab)).toContain(`acme/shop:${tag}`);
  const cards = discord.messages('operations').filter(({ text }) => text.includes(`${operation.kind} of shop`));
  expect(cards).toHaveLength(1);
  expect(cards[0]?.buttons).toEqual([]);
  const isEnd = (entry: { reference: string; outcome: string | null }) =>
    entry.reference === operation.reference && entry.outcome === ending;
  await discord.waitFor(() => auditTrail(homelab).some(isEnd), { what: 'the end in the audit trail' });
  expect(auditTrail(homelab).filter(isEnd)).toMatchObject([
    { phase: 'done', action: operation.kind, username: 'otto' },
  ]);
  expect(await ask('deploy', { sha: tag })).toContain('already: nothing was done');
}

/** Where the bot is killed: the step, in words, and what holds it there. */
const steps = (subject: 'Deploy' | 'Roll back') =>
  [
    ['commit', 'before the push has arrived', () => holdPush('pre-receive', subject)],
    ['commit', 'after the push has arrived and before that is written down', () => holdPush('post-receive', subject)],
    ['apply', 'while kubectl waits', async () => holdRequests('patch', 'deployments')],
    ['follow', 'while the rollout is watched', async () => holdRequests('list', 'replicasets')],
  ] as const;

describe('killed while a deploy is at the step', () => {
  test.each(steps('Deploy'))('%s, %s: it is finished', async (step, _when, hold) => {
    const held = await hold();
    await ask('deploy', { sha: fourth });
    await held.reached();
    await kill();
    expect(newest()).toMatchObject({ step, ending: null });
    await held.release();
    await begin();
    await card('done', short(fourth), restarted);
    await expectWhole(fourth, 'done', ['^Deploy']);
  });
});

describe('killed while a deploy is undone, at the step', () => {
  test.each([
    ['undo commit', 'before the push has arrived', () => holdPush('pre-receive', 'Roll back')],
    ['undo commit', 'after the push has arrived', () => holdPush('post-receive', 'Roll back')],
    ['undo apply', 'while kubectl waits', () => behindUndo('patch', 'deployments')],
    ['undo follow', 'while the rollout is watched', () => behindUndo('list', 'replicasets')],
  ] as const)('%s, %s: it is undone', async (step, _when, hold) => {
    const held = await hold();
    await ask('deploy', { sha: 'broken' });
    await held.reached();
    await kill();
    expect(newest()).toMatchObject({ step, ending: null });
    await held.release();
    await begin();
    await card('failed and undone', `runs ${short(runningSha)} again`, restarted);
    await expectWhole(runningSha, 'undone', ['^Deploy', '^Roll back']);
  });
});

describe('killed while a rollback is at the step', () => {
  test.each(steps('Roll back'))('%s, %s: it is finished', async (step, _when, hold) => {
    await ask('deploy', { sha: fourth });
    await card('done', 'deploy of shop');
    const held = await hold();
    await ask('rollback', { reason: 'slow pages' });
    await held.reached();
    await kill();
    expect(newest()).toMatchObject({ kind: 'rollback', step, ending: null });
    await held.release();
    await begin();
    await card('done', 'rollback of shop', restarted);
    await expectWhole(runningSha, 'done', ['^Roll back']);
  });
});

describe('told to end', () => {
  const [pushing, , applying] = steps('Deploy');

  test.each([pushing, applying])(
    'while a deploy is at the step %s, %s: ends in time, and goes on after the start',
    async (step, _when, hold) => {
      const held = await hold();
      await ask('deploy', { sha: fourth });
      await held.reached();
      const late = AbortSignal.timeout(10_000);
      expect(await homelab.bot.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(late.aborted).toBe(false);
      // By itself, not by the limit on its end.
      expect(logLines(homelab.bot.output()).at(-1)?.msg).toBe('Stopped');
      expect(newest()).toMatchObject({ step, ending: null });
      await held.release();
      await begin();
      await card('done', short(fourth), restarted);
      await expectWhole(fourth, 'done', ['^Deploy']);
    },
  );
});

test('killed twice in two steps: still one commit and one card', async () => {
  const push = await holdPush('post-receive', 'Deploy');
  await ask('deploy', { sha: fourth });
  await push.reached();
  await kill();
  await push.release();
  const rollout = holdRequests('list', 'replicasets');
  await begin();
  await rollout.reached();
  await kill();
  expect(newest()).toMatchObject({ step: 'follow', resumed: 1 });
  await rollout.release();
  await begin();
  await card('done', short(fourth), restarted);
  await expectWhole(fourth, 'done', ['^Deploy']);
});

test('killed during a push, when somebody had pressed Abort already: the Abort holds', async () => {
  const push = await holdPush('post-receive', 'Deploy');
  await ask('deploy', { sha: fourth });
  const shown = await card('committing');
  await push.reached();
  await discord.as('ada').press(shown, 'Abort');
  const pressed = ({ action, target }: { action: string; target: string }) =>
    action === 'abort deploy' && target.includes(newest().id);
  await discord.waitFor(() => auditTrail(homelab).filter(pressed).length === 2, { what: 'the Abort in the trail' });
  await kill();
  expect(newest()).toMatchObject({ step: 'commit', ending: null, abortedBy: null });
  await push.release();
  await begin();
  await card('undone', 'Aborted by ada', restarted);
  await expectWhole(runningSha, 'undone', ['^Deploy', '^Roll back']);
});

test('Discord goes away during a deploy: it goes on, and the card is right afterwards', async () => {
  const held = await holdPush('pre-receive', 'Deploy');
  await ask('deploy', { sha: fourth });
  await card('committing');
  await held.reached();
  await discord.faults.away();
  await held.release();
  await discord.waitFor(() => newest().ending, { ...patient, what: 'the end' });
  await discord.faults.back();
  const done = await card('done', short(fourth));
  expect(done.text).not.toContain(restarted);
  await homelab.bot.whenReady();
  await expectWhole(fourth, 'done', ['^Deploy']);
});

test('an alert is shown while a deploy runs', async () => {
  const held = await holdPush('pre-receive', 'Deploy');
  await ask('deploy', { sha: fourth });
  await held.reached();
  const group = newGroup();
  expect((await post(homelab, group.body())).status).toBe(202);
  await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name), { timeoutMs: 5000 });
  expect(newest()).toMatchObject({ step: 'commit', ending: null });
  await held.release();
  await card('done', short(fourth));
  await expectWhole(fourth, 'done', ['^Deploy']);
});
