// Starts one part of the project from whatever Node is at hand; plain JavaScript, since it runs before anything is installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endLike, handOver, run } from './launch/handover.mjs';
import { install, isInstalled } from './launch/install.mjs';
import { findNode, nodeAdvice } from './launch/node.mjs';
import { isBuilt } from './launch/stale.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Small heap first: the bot is idle most of the day. It grows by a third at most between two collections; 4 MiB for what is young show an alert some 0.2 ms
 * sooner than V8's `--optimize-for-size`, which has 1, for 5 MB. What code meets is noted from its first run on, since most of it runs seldom: an alert
 * is shown a little sooner, for some 3 MB. `node:sqlite` still calls itself experimental in Node 24.
 */
const botFlags = [
  '--heap-growing-percent=30',
  '--max-semi-space-size=4',
  '--no-lazy-feedback-allocation',
  '--disable-warning=ExperimentalWarning',
];
/**
 * glibc's own default, but fixed: left alone it grows with the largest block that was freed, and memory of large webhooks then stays with
 * the process. Some 12 MB less when idle, 30 MB less at a peak. One heap for all threads, which hardly allocate, keeps another 10 MB from lying
 * about in those of their own.
 */
const botMemory = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '1' };
const toolFlags = ['--disable-warning=ExperimentalWarning'];

/** What each npm script runs. `installs` is false for `test`: `npm cit` has installed from the lock file just before. */
const tasks = {
  start: { script: 'sandbox/start.ts', flags: toolFlags, installs: true },
  bot: { script: 'dist/main.js', flags: botFlags, installs: true },
  build: { script: 'scripts/build.ts', flags: toolFlags, installs: true },
  test: { script: 'scripts/check.ts', flags: toolFlags, installs: false },
  e2e: { script: 'scripts/e2e.ts', flags: toolFlags, installs: true },
  bench: { script: 'bench/run.ts', flags: toolFlags, installs: true },
};

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(tasks, name)) {
  fail(`launch.mjs runs one of: ${Object.keys(tasks).join(', ')}`);
}
const task = tasks[/** @type {keyof typeof tasks} */ (name)];

if (!isInstalled(root)) {
  if (!task.installs) fail('What package-lock.json names is not installed: run npm ci first, or npm cit for both.');
  const outcome = await install(root);
  if (outcome.signal !== null || outcome.code !== 0) endLike(outcome);
}

const node = findNode(root);
if (node === null) fail(nodeAdvice());

if (name === 'bot' && !isBuilt(root)) {
  process.stderr.write('Building dist/ …\n');
  const outcome = await run(node, [...toolFlags, join(root, 'scripts/build.ts'), '--quiet'], { cwd: root });
  if (outcome.signal !== null || outcome.code !== 0) endLike(outcome);
}

const script = join(root, task.script);
if (!existsSync(script)) fail(`${task.script} is missing.`);
if (name === 'bot') Object.assign(process.env, { ...botMemory, ...process.env });
await handOver(node, [...task.flags, script, ...args]);

/**
 * @param {string} sentence
 * @returns {never}
 */
function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
