// Starting and ending through scripts/launch.mjs, with real processes in a little project of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root } from '../../../scripts/check/run-tool.ts';
import { isInstalled } from '../../../scripts/launch/install.mjs';
import { isBuilt } from '../../../scripts/launch/stale.mjs';

const program = `
process.on('SIGTERM', () => process.exit(7));
setInterval(() => {}, 1000);
console.log('up', process.pid, ...process.argv.slice(2));
`;

/** Without `process.execve`, as in Node 20. */
const old = ['--import', 'data:text/javascript,process.execve=undefined'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-bot-launch-'));
  await cp(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  await mkdir(join(folder, 'sandbox'));
  await writeFile(join(folder, 'sandbox', 'start.ts'), program);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await lockFiles({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function lockFiles(installed: Record<string, unknown>, wanted = installed): Promise<void> {
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
  await writeFile(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
}

interface Launched {
  readonly launcher: ChildProcess;
  /** Process id of the program; the launcher's own where it was replaced. */
  readonly pid: number;
  readonly line: string;
  readonly ended: Promise<number | string | null>;
}

async function launch(flags: readonly string[]): Promise<Launched> {
  const launcher = spawn(process.execPath, [...flags, join(folder, 'scripts', 'launch.mjs'), 'start', '--tour'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | string | null>((resolve) => {
    launcher.once('exit', (code, signal) => resolve(signal ?? code));
  });
  const line = await new Promise<string>((resolve) => {
    launcher.stdout.setEncoding('utf8').on('data', (text: string) => resolve(text.trim()));
  });
  return { launcher, line, pid: Number(line.split(' ')[1]), ended };
}

/** True while the process runs; one that has ended and that nobody waited for does not. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return !/\) [ZX]/.test(stat);
}

describe.each([
  ['a Node that can replace itself', []],
  ['an older Node', old],
])('with %s', (_name, flags) => {
  test('a SIGTERM reaches the program, and its exit code comes back', async () => {
    const { launcher, line, pid, ended } = await launch(flags);
    expect(line).toBe(`up ${pid} --tour`);
    launcher.kill('SIGTERM');
    expect(await ended).toBe(7);
  });

  test('a program that is killed takes the launcher with it, by the same signal', async () => {
    const { pid, ended } = await launch(flags);
    process.kill(pid, 'SIGKILL');
    expect(await ended).toBe('SIGKILL');
  });
});

test('the program ends when its launcher is killed outright', async () => {
  const { launcher, pid, ended } = await launch(old);
  expect(pid).not.toBe(launcher.pid);
  launcher.kill('SIGKILL');
  await ended;
  while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
});

describe('what is installed', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const foreign = { version: '1.0.0', integrity: 'sha512-f', optional: true, os: ['plan9'] };

  test.each([
    ['the same', { 'node_modules/a': a }, { 'node_modules/a': a }, true],
    [
      'a build for another platform is left out',
      { 'node_modules/a': a },
      { 'node_modules/a': a, 'node_modules/f': foreign },
      true,
    ],
    ['another version is wanted', { 'node_modules/a': a }, { 'node_modules/a': { ...a, version: '1.0.1' } }, false],
    [
      'another content is wanted',
      { 'node_modules/a': a },
      { 'node_modules/a': { ...a, integrity: 'sha512-b' } },
      false,
    ],
    ['one more is wanted', {}, { 'node_modules/a': a }, false],
    ['one is not wanted any more', { 'node_modules/a': a, 'node_modules/b': a }, { 'node_modules/a': a }, false],
    ['it was copied from another platform', { 'node_modules/f': foreign }, { 'node_modules/f': foreign }, false],
  ])('%s', async (_name, installed, wanted, expected) => {
    await lockFiles(installed, wanted);
    expect(isInstalled(folder)).toBe(expected);
  });
});

test('the bundle is built again when a source is newer, or gone', async () => {
  await mkdir(join(folder, 'src', 'room'), { recursive: true });
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'src', 'room', 'a.ts'), '');
  await writeFile(join(folder, 'src', 'room', 'b.ts'), '');
  expect(isBuilt(folder)).toBe(false);
  await writeFile(join(folder, 'dist', 'main.js'), '');
  const later = new Date(Date.now() + 60_000);
  await utimes(join(folder, 'dist', 'main.js'), later, later);
  expect(isBuilt(folder)).toBe(true);
  const latest = new Date(Date.now() + 120_000);
  await utimes(join(folder, 'src', 'room', 'a.ts'), latest, latest);
  expect(isBuilt(folder)).toBe(false);
  await rm(join(folder, 'src', 'room', 'a.ts'));
  await utimes(join(folder, 'src', 'room'), later, later);
  expect(isBuilt(folder)).toBe(true);
  await utimes(join(folder, 'src', 'room'), latest, latest);
  expect(isBuilt(folder)).toBe(false);
});
