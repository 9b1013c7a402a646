// Programs are run to their end or ended, with what was handed in and nothing else.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Execution, exec, programEnvironment } from '../../../src/lib/exec.ts';

const env = { PATH: process.env['PATH'] ?? '' };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exec-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function node(script: string, more: Partial<Execution> = {}) {
  return exec({ program: process.execPath, args: ['-e', script], env, timeoutMs: 20_000, ...more }, never());
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/** The process that wrote its id there is gone. */
async function gone(file: string): Promise<void> {
  const pid = Number(readFileSync(file, 'utf8'));
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(10);
  }
}

describe('a program that ends by itself', () => {
  test('gives its code and what it said', async () => {
    expect(await node("console.log('out'); console.error('err'); process.exitCode = 3")).toEqual({
      kind: 'exited',
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('is fed its input to the byte', async () => {
    const input = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    const hash = "require('crypto').createHash('sha256').update(require('fs').readFileSync(0)).digest('hex')";
    const fed = await node(`process.stdout.write(${hash})`, { input });
    const { createHash } = await import('node:crypto');
    expect(fed).toMatchObject({ code: 0, stdout: createHash('sha256').update(input).digest('hex') });
  });

  test('may end without reading its input', async () => {
    expect(await node('process.exit(4)', { input: 'x'.repeat(1_000_000) })).toMatchObject({ kind: 'exited', code: 4 });
  });

  test('gets its arguments as they are, no shell in between', async () => {
    const args = ['$(id)', '; rm', '"quoted"', '', 'a b'];
    const said = await exec(
      {
        program: process.execPath,
        args: ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...args],
        env,
        timeoutMs: 20_000,
      },
      never(),
    );
    expect(said).toMatchObject({ stdout: `${JSON.stringify(args)}\n` });
  });

  test('sees no variable but those it was given', async () => {
    const said = await node('console.log(JSON.stringify(process.env))', { env: { PATH: '/x', ONE: '1' } });
    expect(JSON.parse(said.kind === 'exited' ? said.stdout : '')).toEqual({ PATH: '/x', ONE: '1' });
  });
});

test('one that is not there is missing', async () => {
  expect(await exec({ program: 'no-such-program', args: [], env, timeoutMs: 1000 }, never())).toEqual({
    kind: 'missing',
  });
});

describe('a program that does not end', () => {
  const stubborn = (file: string) =>
    `process.on('SIGTERM', () => {}); require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;

  test('is asked to, and then killed, when its time is over', async () => {
    const file = join(folder, 'pid');
    const running = node(stubborn(file), { timeoutMs: 1500, graceMs: 50 });
    expect(await running).toEqual({ kind: 'timeout', afterMs: 1500, stderr: '' });
    await gone(file);
  });

  test('is killed when nobody wants it any more, together with what it started', async () => {
    const files = [join(folder, 'child'), join(folder, 'parent')] as const;
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn(files[0]))}], {stdio: 'inherit'}); ${stubborn(files[1])}`;
    const stop = new AbortController();
    const running = exec(
      { program: process.execPath, args: ['-e', script], env, timeoutMs: 60_000, graceMs: 50 },
      stop.signal,
    );
    while (!files.every((file) => existsSync(file) && readFileSync(file, 'utf8') !== '')) await delay(10);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    for (const file of files) await gone(file);
  });

  test('is ended when it says too much', async () => {
    expect(await node("for (;;) console.log('x'.repeat(10000))", { outputBytes: 100_000, graceMs: 50 })).toEqual({
      kind: 'too much',
      bytes: 100_000,
    });
  });

  test('is not even started when nobody wants it', async () => {
    await expect(
      exec({ program: 'no-such-program', args: [], env, timeoutMs: 1 }, AbortSignal.abort(new Error('no'))),
    ).rejects.toThrow('no');
  });
});

test('what it left running is not waited for', async () => {
  const file = join(folder, 'pid');
  const left = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
  const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(left)}], {stdio: 'inherit'}).unref();
    const wait = setInterval(() => { if (require('fs').existsSync(${JSON.stringify(file)})) process.exit(0) }, 10)`;
  expect(await node(script)).toMatchObject({ kind: 'exited', code: 0 });
  await gone(file);
});

test('the environment of programs holds none of our secrets', () => {
  expect(
    programEnvironment({ PATH: '/bin', HOME: '/home', DISCORD_TOKEN: 'secret', SSH_KEY: 'secret', TZ: '' }),
  ).toEqual({
    LC_ALL: 'C',
    PATH: '/bin',
    HOME: '/home',
  });
});
