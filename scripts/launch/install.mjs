// Installs what package-lock.json names, quietly, and only when node_modules differs from it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeOf } from './handover.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string | string[], cpu?: string | string[] }} Entry
 * @typedef {Record<string, Entry>} Entries
 */

/**
 * Compares package-lock.json with the record that npm leaves of what it installed. Only an optional package may be missing: it is for
 * another platform.
 * @param {string} root the repository
 * @returns {boolean} true when nothing needs to be installed
 */
export function isInstalled(root) {
  const wanted = entries(join(root, 'package-lock.json'));
  const present = entries(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || present === null) return false;
  const isCurrent = Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = present[path];
    if (there === undefined) return entry.optional === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
  return isCurrent && Object.entries(present).every(([path, entry]) => path in wanted && isForThisMachine(entry));
}

/**
 * Runs `npm ci`; its output is shown only when it fails.
 * @param {string} root the repository
 */
export async function install(root) {
  process.stderr.write('Installing what package-lock.json names …\n');
  const cli = process.env['npm_execpath'];
  const [command, ...first] = cli?.endsWith('npm-cli.js') ? [process.execPath, cli] : ['npm'];
  const npm = spawn(String(command), [...first, 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @type {Buffer[]} */
  const output = [];
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const outcome = await outcomeOf(npm);
  if (outcome.code !== 0) process.stderr.write(`${Buffer.concat(output)}\nnpm ci failed; what it said stands above.\n`);
  return outcome;
}

/**
 * @param {string} file
 * @returns {Entries | null} null where the file is not there or not readable
 */
function entries(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/**
 * False in a node_modules that was copied from another kind of machine.
 * @param {Entry} entry
 */
function isForThisMachine({ os, cpu }) {
  return allows(os, process.platform) && allows(cpu, process.arch);
}

/**
 * npm's rule for `os` and `cpu`: a name allows, `!name` forbids.
 * @param {string | string[] | undefined} names
 * @param {string} own
 */
function allows(names, own) {
  if (names === undefined) return true;
  const list = [names].flat();
  if (list.includes(`!${own}`)) return false;
  return list.includes(own) || list.includes('any') || list.every((name) => name.startsWith('!'));
}
