// The image, beside what the bot needs of it: its Node, its flags, the programs that it runs, its files.
import { execFile } from 'node:child_process';
import { chmod, cp, glob, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { root } from '../../scripts/check/run-tool.ts';
import { generous, newGroup, post } from '../acceptance/posting.ts';
import { containerfile, imageEnvironment, valuesOf } from '../containerfile.ts';

const { args, stages } = containerfile();
const base = args.get('NODE_IMAGE') ?? '';

function read(name: string): Promise<string> {
  return readFile(join(root, name), 'utf8');
}

describe('bases and downloads', () => {
  test('are one Node, pinned by its digest, of the version that the lock file holds', async () => {
    const lock: { packages: Record<string, { version: string }> } = JSON.parse(await read('package-lock.json'));
    const versions = ['x64', 'arm64'].map((cpu) => lock.packages[`node_modules/node-linux-${cpu}`]?.version);
    expect(new Set(versions).size).toBe(1);
    expect(base).toMatch(new RegExp(`^docker\\.io/library/node:${versions[0]}-trixie-slim@sha256:[0-9a-f]{64}$`));
    expect(stages.length).toBeGreaterThan(1);
    for (const stage of stages) expect(stage.base).toMatch(/^\$\{NODE_IMAGE\}$/);
  });

  test('are checked by a sum for each architecture before anything is unpacked', () => {
    const sums = valuesOf('ARG', 'programs').filter((one) => one.includes('SHA256'));
    expect(sums.map((one) => one.replace(/=[0-9a-f]{64}$/, ''))).toEqual(
      ['KUBECTL', 'HELM'].flatMap((program) => ['AMD64', 'ARM64'].map((machine) => `${program}_SHA256_${machine}`)),
    );
    const [download = ''] = valuesOf('RUN', 'programs').filter((one) => one.includes('curl -'));
    const order = ['curl -fsSL --retry 3 -o helm.tar.gz', 'sha256sum -c -', 'tar -xzf'].map((one) =>
      download.indexOf(one),
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(stages.flatMap(({ instructions }) => instructions).filter(({ name }) => name === 'ADD')).toEqual([]);
  });
});

describe('the process', () => {
  const [entry = ''] = valuesOf('ENTRYPOINT');
  const command: string[] = JSON.parse(entry);

  test('starts as scripts/launch.mjs starts it: the same flags, the same environment', async () => {
    const launcher = await read('scripts/launch.mjs');
    const [, list = ''] = /const botFlags = (\[[^\]]*\])/.exec(launcher) ?? [];
    const flags = [...list.matchAll(/'([^']+)'/g)].map(([, flag]) => flag);
    expect(flags.length).toBeGreaterThan(1);
    expect(command).toEqual(['tini', '--', 'node', ...flags, 'dist/main.js']);
    const [, memory = ''] = /const botMemory = \{ (.*) \};/.exec(launcher) ?? [];
    const pairs = memory.replaceAll("'", '').split(', ');
    expect(pairs.length).toBeGreaterThan(1);
    expect(imageEnvironment()).toEqual({ ...Object.fromEntries(pairs.map((pair) => pair.split(': '))), HOME: '/tmp' });
  });

  test('is not root, and says so by number', () => {
    expect(valuesOf('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  });
});

describe('programs', () => {
  /** Program → the Debian package it is in; null where its own project is downloaded. `kubectl diff` starts diff. */
  const needed = new Map([
    ['git', 'git'],
    ['ssh', 'openssh-client'],
    ['diff', 'diffutils'],
    ['tini', 'tini'],
    ['kubectl', null],
    ['helm', null],
  ]);

  test('that the bot runs are all in the image', async () => {
    const installed = valuesOf('RUN').flatMap(
      (run) => /apt-get install -y --no-install-recommends ([^&]*)/.exec(run)?.[1]?.trim().split(' ') ?? [],
    );
    const copied = valuesOf('COPY').flatMap((copy) => [...copy.matchAll(/\/programs\/(\w+)/g)].map(([, name]) => name));
    for (const [program, debian] of needed) {
      if (debian === null) expect(copied).toContain(program);
      else expect(installed).toContain(debian);
    }
    expect(installed).toContain('ca-certificates');
  });

  test('are those that src/ names', async () => {
    const named = new Set<string>();
    for await (const file of glob('src/**/*.ts', { cwd: root })) {
      const text = await read(file);
      for (const [, program = ''] of text.matchAll(/\bprogram: '([^']+)'/g)) named.add(program);
      if (/from 'simple-git'/.test(text)) named.add('git');
      if (/\['ssh', /.test(text)) named.add('ssh');
    }
    expect([...named]).toEqual(expect.arrayContaining(['git', 'kubectl', 'ssh']));
    expect([...named].filter((program) => !needed.has(program))).toEqual([]);
  });
});

describe('the files', () => {
  const copied = valuesOf('COPY', 'bundle').flatMap((copy) => copy.split(' ').slice(0, -1));
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'homelab-bot-image-'));
    for (const name of copied) {
      await mkdir(dirname(join(folder, 'build', name)), { recursive: true });
      await cp(join(root, name), join(folder, 'build', name), { recursive: true });
    }
    // As `npm ci` leaves it.
    await symlink(join(root, 'node_modules'), join(folder, 'build', 'node_modules'));
    await promisify(execFile)(process.execPath, ['scripts/build.ts', '--quiet'], { cwd: join(folder, 'build') });
    await mkdir(join(folder, 'app'));
    await cp(join(folder, 'build', 'dist'), join(folder, 'app', 'dist'), { recursive: true });
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('that are copied are let through by .containerignore, and nothing else is', async () => {
    const lines = (await read('.containerignore')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    expect(lines.slice(1).sort()).toEqual(copied.map((name) => `!${name}`).sort());
  });

  test('suffice to build the bundle, and the bundle alone to work, with nothing installed and a folder that it may not write to', async () => {
    const app = join(folder, 'app');
    const temporary = join(folder, 'tmp');
    await mkdir(temporary);
    const before = await everyFile(app);
    await chmod(app, 0o555);
    let homelab: Homelab | null = null;
    try {
      homelab = await startHomelab({
        discord: { rateLimits: generous, windows: { identify: 100 } },
        entry: join(app, 'dist', 'main.js'),
        env: { ...imageEnvironment(), HOME: temporary, TMPDIR: temporary },
      });
      const group = newGroup();
      expect((await post(homelab, group.body())).status).toBe(202);
      await homelab.discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
      const answer = await (await homelab.discord.as('vera').command('nodes', {})).final();
      expect(answer.text).toContain('4 nodes: 4 ready');
    } finally {
      await homelab?.stop();
      await chmod(app, 0o755);
    }
    expect(await everyFile(app)).toEqual(before);
  });
});

async function everyFile(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}
