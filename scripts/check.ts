// Runs every check that needs no server of its own (`npm test`): format and lint, types, import rules, tests; says what each took.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest } from './check/run-jest.ts';
import { root, runTool } from './check/run-tool.ts';

const sources = ['src', 'commands', 'sandbox', 'test', 'bench', 'scripts'];

const steps = [
  // First, since most of the acceptance tests start it.
  { name: 'bundle', file: '../scripts/build.ts', args: ['--quiet'] },
  { name: 'format and lint', file: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'types', file: 'typescript/bin/tsc', args: ['-p', '.'] },
  { name: 'types, browser', file: 'typescript/bin/tsc', args: ['-p', 'sandbox/page/web'] },
  {
    name: 'import rules',
    file: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', ...sources],
  },
];

let brokenSteps = 0;
for (const { name, file, args } of steps) {
  const { ok, seconds, output } = await runTool(file, args);
  if (!ok) {
    brokenSteps += 1;
    process.stdout.write(output);
  }
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(16)} ${seconds.toFixed(1)} s`);
}

const temporary = await mkdtemp(join(tmpdir(), 'homelab-bot-check-'));
try {
  const report = join(temporary, 'jest.json');
  process.env['BOT_PROGRAM'] = join(root, 'dist', 'main.js');
  const { faults, seconds } = await runJest(['--json', `--outputFile=${report}`, ...process.argv.slice(2)]);
  const counts = await countTests(report);
  for (const name of counts.skipped) console.log(`Skipped: ${name}`);
  for (const fault of faults) console.log(`FAILED ${fault}`);
  console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${'tests'.padEnd(16)} ${seconds.toFixed(1)} s`);
  if (counts.passed === 0) console.log('FAILED no test ran');

  // A step or a test file that could not run counts as one failure, so that the last line never reads well by mistake.
  const failed = brokenSteps + Math.max(counts.failed, faults.length > 0 || counts.passed === 0 ? 1 : 0);
  const skipped = counts.skipped.length > 0 ? `, ${counts.skipped.length} skipped` : '';
  console.log(`\n${counts.passed} passed, ${failed} failed${skipped}`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await rm(temporary, { recursive: true, force: true });
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

async function countTests(file: string): Promise<{ passed: number; failed: number; skipped: string[] }> {
  let report: JestReport;
  try {
    report = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // Jest ended before it could write one.
    return { passed: 0, failed: 1, skipped: [] };
  }
  const tests = report.testResults.flatMap((result) => result.assertionResults);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: tests.filter((test) => test.status !== 'passed' && test.status !== 'failed').map((test) => test.fullName),
  };
}
