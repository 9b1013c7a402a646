// Runs jest over native ES modules, shows what it prints, and fails when something of the tests goes on after their end.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './run-tool.ts';

/** What jest prints instead of failing; the first one hangs for ever. */
const leaks = [
  'Jest did not exit one second after the test run has completed',
  'A worker process has failed to exit gracefully',
];

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
    for (const leak of leaks) if (recent.includes(leak)) faults.add(leak);
    if (leaks[0] !== undefined && faults.has(leaks[0])) child.kill('SIGKILL');
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
