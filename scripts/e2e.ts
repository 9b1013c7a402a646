// Runs the tests against real servers (`npm run e2e`): names what is missing and how to get it; with CI=true that is a failure.
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { runJest } from './check/run-jest.ts';
import { root, runTool } from './check/run-tool.ts';

const cluster = join(root, '..', 'shared', 'cluster');

const missing = [
  ...(process.platform === 'linux' ? [] : ['Linux: the control plane is built for it.']),
  ...(existsSync(join(cluster, 'up'))
    ? []
    : ['../shared/cluster: the control plane to test against lies beside the repository.']),
  ...(await missingPrograms({
    bash: 'your distribution has it',
    go: 'Go 1.26 or later, from https://go.dev/dl; it builds the control plane',
    openssl: 'apt-get install openssl',
    flock: 'apt-get install util-linux',
    ps: 'apt-get install procps',
    ssh: 'apt-get install openssh-client',
    sshd: 'apt-get install openssh-server; the tests start it themselves',
    'ssh-keygen': 'apt-get install openssh-client',
    shellcheck: 'apt-get install shellcheck',
    promtool: 'apt-get install prometheus; the tests start no server of it',
    amtool: 'apt-get install prometheus-alertmanager',
    mariadbd: 'apt-get install mariadb-server; the tests start it themselves',
    'mariadb-dump': 'apt-get install mariadb-client',
  })),
];

if (missing.length > 0) {
  console.log(`The tests against real servers need:\n${missing.map((line) => `  ${line}`).join('\n')}`);
  console.log(process.env['CI'] === 'true' ? 'With CI=true that is a failure.' : 'They did not run.');
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}
if (!hasTests()) {
  console.log('There is no test in test/e2e.');
  process.exit(1);
}

// Its contract is measured; a run without one is no failure, but says so.
const withoutAlertmanager = await missingPrograms({
  'prometheus-alertmanager':
    'apt-get install prometheus-alertmanager; without it the API that alerts are compared with is not tried on a real one',
});
for (const line of withoutAlertmanager) console.log(line);

console.log('Building the control plane, unless it is built (9 minutes the first time) …');
const programs = await buildCluster();
if (programs === null) process.exit(1);
// kubectl and helm of the cluster's version.
process.env['PATH'] = `${programs}${delimiter}${process.env['PATH'] ?? ''}`;

const built = await runTool('../scripts/build.ts', ['--quiet']);
if (!built.ok) {
  console.log(built.output);
  process.exit(1);
}
process.env['BOT_PROGRAM'] = join(root, 'dist', 'main.js');

const { faults, seconds } = await runJest([
  '--maxWorkers',
  '2',
  '--testMatch',
  '**/test/e2e/**/*.test.ts',
  '--testPathIgnorePatterns',
  '/node_modules/',
  ...(withoutAlertmanager.length > 0 ? ['--testPathIgnorePatterns', '/test/e2e/alertmanager'] : []),
  '--testTimeout',
  '180000',
  '--passWithNoTests=false',
  ...process.argv.slice(2),
]);
for (const fault of faults) console.log(`FAILED ${fault}`);
console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} tests against real servers ${seconds.toFixed(1)} s`);
process.exitCode = faults.length === 0 ? 0 : 1;

function hasTests(): boolean {
  const folder = join(root, 'test', 'e2e');
  return (
    existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'))
  );
}

async function missingPrograms(programs: Readonly<Record<string, string>>): Promise<string[]> {
  const run = promisify(execFile);
  const lines: string[] = [];
  // An ordinary user's PATH lacks /usr/sbin.
  const env = { ...process.env, PATH: [process.env['PATH'], '/usr/sbin', '/usr/local/sbin'].join(delimiter) };
  for (const [name, how] of Object.entries(programs)) {
    await run('sh', ['-c', `command -v ${name}`], { env }).catch(() => lines.push(`${name}: ${how}.`));
  }
  return lines;
}

/** The folder of the built programs; null when the build failed, whose output is then shown. */
function buildCluster(): Promise<string | null> {
  const build = spawn(join(cluster, 'build'), [], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let log = '';
  build.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  build.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  return new Promise((resolve) => {
    build.once('close', (code) => {
      if (code === 0) return resolve(output.trim().split('\n').at(-1) ?? null);
      console.log(`${log}\n../shared/cluster/build failed; what it said stands above.`);
      resolve(null);
    });
  });
}
