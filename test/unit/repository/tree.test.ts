// Paths resolved in a commit, and the walk through kustomizations, with links and loops that try to lead elsewhere.
import { describe, expect, test } from '@jest/globals';
import { reach } from '../../../src/repository/reach.ts';
import {
  appFolder,
  createTree,
  type Entry,
  kustomizationIn,
  parseTree,
  resolveIn,
  type Tree,
} from '../../../src/repository/tree.ts';

/** Text, or `→target` for a link, or `@` for a submodule. The text itself serves as the id of the blob. */
function treeOf(files: Readonly<Record<string, string>>): Tree {
  const entries = new Map<string, Entry>();
  const links = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    if (text === '@') entries.set(path, { kind: 'submodule' });
    else if (text.startsWith('→')) {
      entries.set(path, { kind: 'link', blob: text });
      links.set(path, text.slice(1));
    } else entries.set(path, { kind: 'file', blob: text, executable: false });
  }
  return createTree('c', entries, links);
}

const read = async (blobs: readonly string[]) => blobs.map((text) => Buffer.from(text));

describe('a path', () => {
  const tree = treeOf({
    'apps/shop/kustomization.yaml': 'k',
    'base/a.yaml': 'a',
    'apps/link': '→../base',
    'apps/shop/out': '→../../../etc',
    'apps/shop/abs': '→/etc',
    'apps/shop/twice': '→../link/a.yaml',
    'apps/shop/self': '→self',
    'apps/shop/ping': '→pong',
    'apps/shop/pong': '→ping',
    'apps/shop/deep': '→../link/../apps/shop/kustomization.yaml',
    'apps/sub': '@',
  });
  test.each([
    ['a file', 'kustomization.yaml', { kind: 'file', path: 'apps/shop/kustomization.yaml' }],
    ['upwards', '../../base/a.yaml', { kind: 'file', path: 'base/a.yaml' }],
    ['a folder', '../../base/', { kind: 'folder', path: 'base' }],
    ['dots', '././/../shop/.', { kind: 'folder', path: 'apps/shop' }],
    ['the root', '../..', { kind: 'folder', path: '' }],
    ['through a link', '../link/a.yaml', { kind: 'file', path: 'base/a.yaml', through: ['apps/link'] }],
    ['through two', 'twice', { kind: 'file', path: 'base/a.yaml', through: ['apps/shop/twice', 'apps/link'] }],
    ['above a link, as the kernel does', 'deep', { kind: 'file', path: 'apps/shop/kustomization.yaml' }],
    ['out', '../../../etc', { kind: 'outside' }],
    ['out and in again', '../../../work/apps', { kind: 'outside' }],
    ['absolute', '/etc', { kind: 'outside' }],
    ['a link out', 'out/passwd', { kind: 'outside', by: '../../../etc' }],
    ['an absolute link', 'abs/passwd', { kind: 'outside', by: 'apps/shop/abs' }],
    ['a link to itself', 'self', { kind: 'outside' }],
    ['links in a ring', 'ping', { kind: 'outside' }],
    ['a submodule', '../sub/x', { kind: 'submodule', path: 'apps/sub' }],
    ['absent', 'nope.yaml', { kind: 'absent' }],
    ['below a file', 'kustomization.yaml/x', { kind: 'absent' }],
    ['above a file', 'kustomization.yaml/../kustomization.yaml', { kind: 'absent' }],
  ])('%s', (_name, path, expected) => {
    const resolved = resolveIn(tree, 'apps/shop', path);
    if (expected.kind === 'outside') expect(resolved.kind).toBe('outside');
    else expect(resolved).toMatchObject(expected);
  });
});

test('the listing of git is read, whatever the names', () => {
  const id = 'a'.repeat(40);
  const lines = [
    `100644 blob ${id}\ta b\n"c`,
    `100755 blob ${id}\tx/ü`,
    `120000 blob ${id}\tl`,
    `160000 commit ${id}\ts`,
  ];
  const entries = parseTree(lines.map((line) => `${line}\0`).join(''));
  expect([...entries].map(([path, { kind }]) => [path, kind])).toEqual([
    ['a b\n"c', 'file'],
    ['x/ü', 'file'],
    ['l', 'link'],
    ['s', 'submodule'],
  ]);
});

describe('the folder of an app', () => {
  const tree = treeOf({ 'apps/shop/kustomization.yaml': 'k', 'apps/l': '→shop', 'apps/out': '→../..', f: 'x', s: '@' });
  test.each([
    ['./apps/shop/', 'apps/shop'],
    ['apps/l', 'apps/shop'],
    ['.', ''],
    ['', ''],
  ])('%j', (path, folder) => {
    expect(appFolder(tree, path).path).toBe(folder);
  });
  test.each([
    ['../x', 'leads out'],
    ['apps/../../x', 'leads out'],
    ['/etc', 'leads out'],
    ['apps/out', 'leads out of the repository, by the link'],
    ['nope', 'no folder nope'],
    ['f', 'is a file'],
    ['s/x', 'submodule'],
  ])('%j is refused', (path, words) => {
    expect(() => appFolder(tree, path)).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining(words) }),
    );
  });
});

describe('the kustomization of a folder', () => {
  test.each([
    ['none', { 'a/x': '' }, 'no kustomization.yaml in a'],
    ['two', { 'a/kustomization.yaml': 'k', 'a/Kustomization': 'k' }, 'kustomization.yaml and Kustomization'],
    ['a link out', { 'a/kustomization.yaml': '→../../x' }, 'leads out'],
    ['a folder', { 'a/kustomization.yaml/x': 'k' }, 'no kustomization.yaml in a'],
  ])('%s', (_name, files, words) => {
    expect(() => kustomizationIn(treeOf(files), 'a')).toThrow(words);
  });

  test('by each of its names', () => {
    for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization']) {
      expect(kustomizationIn(treeOf({ [`a/${name}`]: 'k' }), 'a').path).toBe(`a/${name}`);
    }
  });
});

describe('everything that a kustomization reaches', () => {
  test('is read once, over folders, links and shared bases', async () => {
    const tree = treeOf({
      'apps/shop/kustomization.yaml':
        'resources: [d.yaml, ../base, ../other]\nconfigMapGenerator: [{files: [x=c.txt]}]',
      'apps/shop/d.yaml': 'd',
      'apps/shop/c.txt': '→../files/c.txt',
      'apps/shop/unused.yaml': 'u',
      'apps/files/c.txt': 'text',
      'apps/base': '→../bases/v1',
      'apps/other/kustomization.yaml': 'resources: [../../bases/v1]',
      'bases/v1/kustomization.yaml': 'resources: [s.yaml]',
      'bases/v1/s.yaml': 's',
      evil: '→/etc/passwd',
    });
    const reached = await reach(tree, 'apps/shop', read);
    expect([...reached.files.keys()].sort()).toEqual([
      'apps/files/c.txt',
      'apps/other/kustomization.yaml',
      'apps/shop/d.yaml',
      'apps/shop/kustomization.yaml',
      'bases/v1/kustomization.yaml',
      'bases/v1/s.yaml',
    ]);
    expect([...reached.links]).toEqual([
      ['apps/base', '../bases/v1'],
      ['apps/shop/c.txt', '../files/c.txt'],
    ]);
  });

  test('ends on a ring', async () => {
    const tree = treeOf({ 'a/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'resources: [../a]' });
    expect((await reach(tree, 'a', read)).files.size).toBe(2);
  });

  test('ends on a chain without end', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`k${at}/kustomization.yaml`, `resources: [../k${at + 1}]`]),
    );
    await expect(reach(treeOf(files), 'k0', read)).rejects.toThrow('more than 200 kustomizations');
  });

  test.each([
    [
      'a URL two levels down',
      { 'a/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'resources: [https://x]' },
      'b/kustomization.yaml names https://x',
    ],
    [
      'a folder called as a host',
      {
        'a/kustomization.yaml': 'resources: [github.com/org/repo]',
        'a/github.com/org/repo/kustomization.yaml': 'resources: []',
      },
      'fetched from elsewhere',
    ],
    [
      'a link out',
      { 'a/kustomization.yaml': 'resources: [d.yaml]', 'a/d.yaml': '→../../secret' },
      'leads out of the repository',
    ],
    ['a way out', { 'a/kustomization.yaml': 'resources: [../../x.yaml]' }, 'leads out of the repository'],
    [
      'a missing file',
      { 'a/kustomization.yaml': 'resources: [x.yaml]' },
      'names x.yaml under resources, which is not in the repository',
    ],
    ['a folder as a patch', { 'a/kustomization.yaml': 'patches: [{path: p}]', 'a/p/x': '' }, 'is a folder'],
    ['a file as a component', { 'a/kustomization.yaml': 'components: [c.yaml]', 'a/c.yaml': '' }, 'is a file'],
    [
      'a folder without a kustomization',
      { 'a/kustomization.yaml': 'resources: [../b]', 'b/x': '' },
      'no kustomization.yaml in b',
    ],
    ['a submodule', { 'a/kustomization.yaml': 'resources: [s]', 'a/s': '@' }, 'submodule'],
  ])('%s is refused', async (_name, files, words) => {
    await expect(reach(treeOf(files), 'a', read)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(words),
    });
  });

  test('text that is not UTF-8 is refused', async () => {
    const tree = treeOf({ 'a/kustomization.yaml': 'x' });
    await expect(reach(tree, 'a', async () => [Buffer.of(0xff, 0xfe, 0x41)])).rejects.toThrow('not UTF-8');
  });
});
