// Runs jest over native ES modules, shows what it prints, and fails when something of the tests goes on after their end.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './run-tool.ts';

/**
 * What jest prints before it hangs for ever. Its other warning, of a worker that it had to end by force, says only that a busy machine took
 * more than half a second to end a process: what a test file leaves open, test/environment.ts finds.
 */
const hangs = 'Jest did not exit one second after the test run has completed';

/** Jest waits for no test longer than that test's limit; this is for jest itself. */
const limitMs = 30 * 60_000;

/** Resolves with what is wrong beside or instead of failed tests; empty when all passed and nothing was left open. */
export async function runJest(args: readonly string[]): Promise<{ faults: string[]; seconds: number }> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      ...(process.stdout.isTTY ? ['--colors'] : []),
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const faults = new Set<string>();
  let recent = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    recent = (recent + text).slice(-4096);
    if (!recent.includes(hangs)) return;
    faults.add(hangs);
    child.kill('SIGKILL');
  });
  await new Promise<void>((resolve) => {
    child.once('error', (error) => {
      faults.add(error.message);
      resolve();
    });
    child.once('close', (code, signal) => {
      if (code !== 0 && faults.size === 0) faults.add(`jest ended with ${signal ?? `code ${code}`}`);
      resolve();
    });
  });
  clearTimeout(limit);
  return { faults: [...faults], seconds: (performance.now() - started) / 1000 };
}
