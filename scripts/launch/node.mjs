// Finds a Node that runs TypeScript as it is: the running one, or the one that the lock file brought.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const needed = 24;

/**
 * @param {string} root the repository
 * @returns {string | null} path of a Node of version 24 or later, or null where there is none
 */
export function findNode(root) {
  if (Number.parseInt(process.versions.node, 10) >= needed) return process.execPath;
  const brought = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  return existsSync(brought) ? brought : null;
}

/** @returns {string} one sentence that says what to install */
export function nodeAdvice() {
  return `This needs Node ${needed} or later, and the PATH has ${process.versions.node}: install it from https://nodejs.org or with your version manager.`;
}
