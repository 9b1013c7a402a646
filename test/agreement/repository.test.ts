import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../scripts/check/run-tool.ts';

const listing = await promisify(execFile)('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
});
const files = [...new Set(listing.stdout.split('\n').filter((name) => name !== ''))].sort();

interface Entry {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest: Manifest = JSON.parse(await text('package.json'));
const lock: { packages: Record<string, Entry> } = JSON.parse(await text('package-lock.json'));
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

/** A file that is gone from the work tree, but not yet from the index, reads as empty. */
function text(name: string): Promise<string> {
  return readFile(join(root, name), 'utf8').catch(() => '');
}

/** `file:line` of every match in the files that `isMeant` picks. */
async function occurrences(pattern: RegExp, isMeant: (name: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const name of files.filter(isMeant)) {
    const lines = (await text(name)).split('\n');
    for (const [index, line] of lines.entries()) {
      if (pattern.test(line)) found.push(`${name}:${index + 1}: ${line.trim().slice(0, 120)}`);
    }
  }
  return found;
}

/** This file holds the words that it looks for. */
function isOther(name: string): boolean {
  return !name.endsWith('agreement/repository.test.ts');
}

describe('dependencies', () => {
  test('have exact versions', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('come from whatever registry is set up: the lock file names none', () => {
    expect(locked.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });

  test('are all in the lock file, also the builds for other platforms (else: node scripts/complete-lock.ts)', () => {
    const optional = locked.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
    expect(optional.filter((name) => !(`node_modules/${name}` in lock.packages))).toEqual([]);
  });

  test('are checked by their hash', () => {
    expect(locked.filter(([, entry]) => entry.integrity === undefined && entry.optional !== true)).toEqual([]);
  });

  test('of production are under permissive licences', () => {
    const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'PSF-2.0', 'Unlicense'];
    const others = locked.filter(([, { dev, license = 'none' }]) => dev !== true && !permissive.includes(license));
    expect(others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([]);
  });

  test('of production are each used by the bot', async () => {
    const sources = await Promise.all(files.filter((name) => /^(src|commands)\/.*\.ts$/.test(name)).map(text));
    const all = sources.join('\n');
    const unused = Object.keys(manifest.dependencies).filter(
      (name) => !all.includes(`'${name}'`) && !all.includes(`'${name}/`),
    );
    expect(unused).toEqual([]);
  });

  test('need no install script', async () => {
    expect(await text('.npmrc')).toContain('ignore-scripts=true');
  });
});

describe('the text of the repository', () => {
  test('names no registry and no path of somebody’s machine', async () => {
    const pattern = /\bregistry\.(npm|yarn)|(^|[\s"'`(=:])\/(root|work|Users)\//;
    expect(await occurrences(pattern, (name) => isOther(name) && !name.startsWith('test/fixtures/'))).toEqual([]);
  });

  test('leaves nothing for later', async () => {
    const pattern = /\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented/i;
    const isSource = (name: string) =>
      /^(src|commands|sandbox|scripts|bench|test|manifests|\.ci)\//.test(name) && isOther(name);
    expect(await occurrences(pattern, (name) => isSource(name) && !name.startsWith('test/fixtures/'))).toEqual([]);
  });

  test('opens each source file with one sentence that says what it is for', async () => {
    const sources = files.filter(
      (name) => /^(src|commands|sandbox|scripts|bench|test)\/.*\.(ts|mjs)$/.test(name) && !name.endsWith('.test.ts'),
    );
    const silent: string[] = [];
    for (const name of sources) {
      const content = await text(name);
      if (content !== '' && !/^\/\/ [^\n]{8,}\n/.test(content.replace(/^#!.*\n/, ''))) silent.push(name);
    }
    expect(silent).toEqual([]);
  });

  test('shows only npm commands that exist', async () => {
    const own = new Set(['ci', 'cit', 'install', ...Object.keys(manifest.scripts)]);
    const unknown: string[] = [];
    for (const name of files.filter((file) => file.endsWith('.md'))) {
      for (const [, run, word = ''] of (await text(name)).matchAll(
        /(?:^|`)npm (run )?(?:--?[a-z]+ )*([a-z0-9:-]+)/gm,
      )) {
        const exists = run === undefined ? own.has(word) : word in manifest.scripts;
        if (!exists) unknown.push(`${name}: npm ${run ?? ''}${word}`);
      }
    }
    expect(unknown).toEqual([]);
  });

  test('starts what must get signals with exec', () => {
    expect(Object.values(manifest.scripts).filter((script) => !script.startsWith('exec '))).toEqual([]);
  });
});
