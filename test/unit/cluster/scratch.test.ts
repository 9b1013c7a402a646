// Files that hold credentials for a moment are gone afterwards, also those of a process that was killed.
import { execFile, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openScratch } from '../../../src/cluster/scratch.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scratch-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function leftover(pid: number, age = 0): string {
  const path = join(root, `homelab-bot-kubectl-${pid}-abcdef`);
  mkdirSync(path);
  writeFileSync(join(path, 'kubeconfig-1'), 'secret');
  const then = Date.now() / 1000 - age;
  utimesSync(path, then, then);
  return path;
}

test('a secret is readable by us alone while it is used, and gone afterwards', async () => {
  const scratch = await openScratch(root);
  const path = await scratch.withSecret('secret', async (path) => {
    expect(readFileSync(path, 'utf8')).toBe('secret');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    return path;
  });
  expect(existsSync(path)).toBe(false);
  await expect(scratch.withSecret('secret', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(join(path, '..'))).toEqual([]);
  await scratch.close();
  expect(readdirSync(root)).toEqual([]);
});

test('nothing is made where nothing is needed', async () => {
  const scratch = await openScratch(root);
  expect(readdirSync(root)).toEqual([]);
  await scratch.close();
});

test('what a killed process left is removed at the next start; what lives is left alone', async () => {
  const { pid: dead = 0 } = await ended();
  const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    const gone = [leftover(dead), leftover(process.pid, 86_400)];
    const stays = leftover(living.pid ?? 0);
    writeFileSync(join(root, 'something-else'), '');
    const first = await openScratch(root);
    const folder = await first.withSecret('x', async (path) => join(path, '..'));
    await openScratch(root);
    for (const path of gone) expect(existsSync(path)).toBe(false);
    for (const path of [stays, folder]) expect(existsSync(path)).toBe(true);
    await first.close();
    expect(readdirSync(root).sort()).toEqual([`homelab-bot-kubectl-${living.pid}-abcdef`, 'something-else']);
  } finally {
    living.kill('SIGKILL');
  }
});

test('one of a number that is another process by now is removed after an hour', async () => {
  const old = leftover(process.ppid, 3700);
  await openScratch(root);
  expect(existsSync(old)).toBe(false);
});

async function ended(): Promise<{ pid: number | undefined }> {
  const running = promisify(execFile)(process.execPath, ['-e', '']);
  const { pid } = running.child;
  await running;
  return { pid };
}
