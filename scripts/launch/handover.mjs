// Gives this process over to another program, or, where Node cannot do that yet, stands in front of it without being noticed.
import { spawn } from 'node:child_process';

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Outcome */

const forwarded = /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP']);

/**
 * Replaces this process, so that signals and the exit code are the program's own. A Node without `process.execve` (before 22.15) starts
 * it as a child instead, passes signals on and ends as it ended; the child's leash ends it when this process is killed outright.
 * @param {string} node path of the Node to run
 * @param {string[]} args
 */
export async function handOver(node, args) {
  if (typeof process.execve === 'function') process.execve(node, [node, ...args], process.env);
  const leash = new URL('leash.mjs', import.meta.url).href;
  endLike(await run(node, ['--import', leash, ...args], { leashed: true }));
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, leashed?: boolean }} options `leashed` adds the channel that leash.mjs watches
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { cwd, leashed = false }) {
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    stdio: leashed ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: leashed ? { ...process.env, HOMELAB_BOT_LEASH: String(process.pid) } : process.env,
  });
  return outcomeOf(child);
}

/**
 * Passes signals on to a child until it has ended.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<Outcome>}
 */
export function outcomeOf(child) {
  const forward = /** @param {NodeJS.Signals} signal */ (signal) => void child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  return new Promise((resolve) => {
    const settle = /** @param {Outcome} outcome */ (outcome) => {
      for (const signal of forwarded) process.off(signal, forward);
      resolve(outcome);
    };
    child.once('close', (code, signal) => settle({ code, signal }));
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      settle({ code: 1, signal: null });
    });
  });
}

/**
 * Ends this process as a child ended: with its code, or by the same signal.
 * @param {Outcome} outcome
 */
export function endLike({ code, signal }) {
  if (signal !== null) process.kill(process.pid, signal);
  process.exit(code ?? 1);
}
