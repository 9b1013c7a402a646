// A kill in the middle of a change, at each of its steps: the next start finishes or undoes it, once, and the card says so.
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Discord, SandboxMessage } from '../../sandbox/discord/discord.ts';
import { homelabFiles } from '../../sandbox/git/seed.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { runningSha } from '../../sandbox/kubernetes/seed/workloads.ts';
import { rbacObjects } from '../../sandbox/rbac.ts';
import { shopShas } from '../../sandbox/registry/seed.ts';
import { generous } from './posting.ts';
import { auditTrail } from './seen.ts';

let homelab: Homelab;
let discord: Discord;

const fourth = shopShas[3];
const patient = { timeoutMs: 45_000 };

beforeAll(async () => {
  homelab = await startHomelab({ discord: { rateLimits: generous, windows: { identify: 100 } } });
  discord = homelab.discord;
});

afterAll(() => homelab.stop());

beforeEach(async () => {
  await release();
  await homelab.git.seed(homelabFiles({ image: homelab.registry.image('acme/shop'), tag: runningSha }));
  homelab.kubernetes.reset();
  homelab.kubernetes.apply(await rbacObjects());
  discord.reset({ keepCommands: true });
});

function hook(name: string): string {
  return join(homelab.git.url, 'hooks', name);
}

/** The server holds a push, before or after it has taken it; resolves once one is held, by the file that it leaves. */
async function hold(when: 'pre-receive' | 'post-receive'): Promise<void> {
  const held = join(homelab.folder, 'held');
  const script = `#!/bin/sh\ntouch '${held}'\nwhile [ -e '${held}' ]; do sleep 0.02; done\n`;
  await writeFile(hook(when), script);
  await chmod(hook(when), 0o755);
}

async function release(): Promise<void> {
  for (const name of ['pre-receive', 'post-receive']) await rm(hook(name), { force: true });
  await rm(join(homelab.folder, 'held'), { force: true });
}

async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + patient.timeoutMs;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`There is not: ${what}\n${discord.describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function deploy(sha: string): Promise<void> {
  const result = await discord.as('otto').command('deploy', { sha });
  expect((await result.final(patient)).text).toContain('has begun');
}

function card(...words: readonly string[]): Promise<SandboxMessage> {
  return discord.waitForMessage('operations', (message) => words.every((word) => message.text.includes(word)), {
    ...patient,
    what: `a card that says ${words.join(', ')}`,
  });
}

async function killAndStart(): Promise<void> {
  await homelab.bot.end('SIGKILL');
  await homelab.kubernetes.faults.clear();
  await release();
  homelab.bot.start();
  await homelab.bot.whenReady();
}

function image(): string {
  const reference = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'laravel-apps',
    name: 'laravel-multi-tenant',
  };
  return JSON.stringify(homelab.kubernetes.get(reference)?.['spec'] ?? null);
}

/** One card, one commit a change, repository and cluster alike, an end in the audit trail, and the app is free again. */
async function expectWhole(subjects: readonly string[], tag: string, ending: string): Promise<void> {
  expect(discord.messages('operations')).toHaveLength(1);
  expect((await homelab.git.log(10)).map(({ subject }) => subject).slice(0, subjects.length)).toEqual(subjects);
  expect(await homelab.git.log(10)).toHaveLength(subjects.length + 1);
  expect(image()).toContain(tag);
  await until('the end in the audit trail', () => auditTrail(homelab).some(({ outcome }) => outcome === ending));
  const again = await (await discord.as('otto').command('deploy', { sha: tag })).final(patient);
  expect(again.text).toContain('already: nothing was done');
}

describe('a deploy that a kill interrupts is finished', () => {
  const deployed = ['Deploy shop b81e64f'];

  test('while its push is on the way', async () => {
    await hold('pre-receive');
    await deploy(fourth);
    await until('a push that is held', async () => (await homelab.git.log(3)).length === 1 && isHeld());
    await killAndStart();
    expect((await card('done')).text).toContain('restarted meanwhile');
    await expectWhole(deployed, fourth, 'done');
  });

  test('after the push arrived, before that was written down', async () => {
    await hold('post-receive');
    await deploy(fourth);
    await until('the commit', async () => (await homelab.git.log(3)).length === 2 && isHeld());
    await killAndStart();
    expect((await card('done')).text).toContain('restarted meanwhile');
    await expectWhole(deployed, fourth, 'done');
  });

  test('while it is applied', async () => {
    homelab.kubernetes.faults.next({ method: 'PATCH' }, 'hang');
    await deploy(fourth);
    await until('a PATCH', () => homelab.kubernetes.requests.some(({ verb }) => verb === 'patch'));
    await killAndStart();
    expect((await card('done')).text).toContain('restarted meanwhile');
    await expectWhole(deployed, fourth, 'done');
  });

  test('while it is followed', async () => {
    await deploy('slow');
    await card('waiting for the rollout', 'updated');
    await killAndStart();
    expect((await card('done')).text).toContain('restarted meanwhile');
    await expectWhole(['Deploy shop slow'], 'slow', 'done');
  });
});

test('a deploy that fails, killed while it is undone, is undone all the same', async () => {
  await deploy('broken');
  await until('the commit', async () => (await homelab.git.log(3)).length === 2);
  await hold('pre-receive');
  await card('taking the commit back');
  await until('a revert that is held', isHeld);
  await killAndStart();
  expect((await card('failed and undone')).text).toContain('restarted meanwhile');
  await expectWhole(['Roll back shop to 3f2c1a9', 'Deploy shop broken'], runningSha, 'undone');
});

test('SIGTERM ends the bot in time, and the next start goes on', async () => {
  await deploy('slow');
  await card('waiting for the rollout');
  expect(await homelab.bot.end('SIGTERM')).toEqual({ code: 0, signal: null });
  homelab.bot.start();
  await homelab.bot.whenReady();
  await card('done', 'restarted meanwhile');
  await expectWhole(['Deploy shop slow'], 'slow', 'done');
});

function isHeld(): boolean {
  return existsSync(join(homelab.folder, 'held'));
}
