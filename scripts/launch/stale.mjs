// Tells whether the bundle in dist/ is as new as what it is made of.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the bundle depends on. A folder's own time changes when a file in it is removed or renamed. */
const sources = ['src', 'commands', 'package.json', 'package-lock.json', 'scripts/build.ts', 'scripts/build'];

/**
 * @param {string} root the repository
 * @returns {boolean} true when dist/main.js is there and no source is newer (the build gives it the time at which it began)
 */
export function isBuilt(root) {
  const built = modifiedAt(join(root, 'dist', 'main.js'));
  return built !== null && sources.every((source) => newest(join(root, source)) <= built);
}

/**
 * @param {string} path
 * @returns {number} milliseconds; 0 where nothing is there
 */
function newest(path) {
  const own = modifiedAt(path);
  if (own === null) return 0;
  const inside = statSync(path).isDirectory() ? readdirSync(path).map((name) => newest(join(path, name))) : [];
  return Math.max(own, ...inside);
}

/** @param {string} path */
function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
