// The manifest repository on real git: what is read, committed and pushed, and that nothing else changes.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { homelabFiles, seedPath } from '../../../sandbox/git/seed.ts';
import { rollbackTarget } from '../../../src/repository/rollback.ts';
import { author, type Bench, by, calm, image, kustomization, source, startBench } from './open.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(async () => {
  await bench.stop();
});

const sentence = (words: string) => ({ name: 'UserError', message: expect.stringContaining(words) });

describe('reading', () => {
  test('the tag at the newest commit, also after a change by hand', async () => {
    const { git, repository } = bench;
    expect(await repository.tagOf(source, calm())).toEqual({ commit: await git.head(), tag: 'aaaaaaa' });
    const text = (await git.file(kustomization)) ?? '';
    const commit = await git.commitByHand({
      files: { [kustomization]: text.replace('"aaaaaaa"', '0x1F') },
      message: 'By hand',
    });
    expect(await repository.tagOf(source, calm())).toEqual({ commit, tag: '0x1F' });
  });

  test('many at once share one fetch', async () => {
    const { repository } = bench;
    const read = await Promise.all(Array.from({ length: 20 }, () => repository.tagOf(source, calm())));
    expect(new Set(read.map(({ tag }) => tag))).toEqual(new Set(['aaaaaaa']));
  });

  test('none where no entry names the image', async () => {
    expect((await bench.repository.tagOf({ ...source, image: 'other' }, calm())).tag).toBeNull();
  });

  test('a branch that was rewritten is followed', async () => {
    const { git, repository } = bench;
    await repository.tagOf(source, calm());
    await git.seed(homelabFiles({ image, tag: 'rewritten' }));
    expect((await repository.tagOf(source, calm())).tag).toBe('rewritten');
  });
});

describe('a deploy', () => {
  test('is one commit by the bot with the person in its trailers, which changes one line', async () => {
    const { git, repository } = bench;
    const before = await git.head();
    const text = (await git.file(kustomization)) ?? '';
    const who = by({ reason: 'the cart\n\nReverts: x' });
    const change = await repository.setTag(source, '1e10', who, calm());
    const [newest] = await git.log(1);
    expect(newest).toMatchObject({
      commit: change.commit,
      parents: [before],
      author: author.name,
      email: author.email,
      message: `Deploy shop 1e10\n\nRequested-by: ada (112233445566778899)\nReason: the cart Reverts: x\nOperation: ${who.operation}\n`,
    });
    expect(await git.file(kustomization)).toBe(text.replace('"aaaaaaa"', '"1e10"'));
    const shown = execFileSync('git', ['-C', git.url, 'diff', '--name-status', `${before}`, change.commit]).toString();
    expect(shown).toBe(`M\t${kustomization}\n`);
    expect(change).toMatchObject({ from: 'aaaaaaa', to: '1e10', person: who.person, reverts: [] });
    expect({ ...(await repository.history(source, 1, calm()))[0], parent: before }).toEqual(change);
  });

  test('the same operation again finds its commit and does nothing', async () => {
    const { git, repository } = bench;
    const who = by();
    const change = await repository.setTag(source, 'bbbbbbb', who, calm());
    await repository.setTag(source, 'ccccccc', by(), calm());
    const head = await git.head();
    expect(await repository.setTag(source, 'bbbbbbb', who, calm())).toEqual({ ...change, parent: null });
    expect(await git.head()).toBe(head);
  });

  test('to what is there already says so', async () => {
    await expect(bench.repository.setTag(source, 'aaaaaaa', by(), calm())).rejects.toMatchObject(sentence('already'));
  });

  test.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no images', (text: string) => text.slice(0, text.indexOf('images:'))],
    ['an anchor', (text: string) => text.replace('"aaaaaaa"', '&v "aaaaaaa"')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
  ])('works on a kustomization with %s', async (_name, change) => {
    const { git, repository } = bench;
    const text = change((await git.file(kustomization)) ?? '');
    await git.commitByHand({ files: { [kustomization]: text }, message: 'Another style' });
    await repository.setTag(source, '1234567', by(), calm());
    expect((await repository.tagOf(source, calm())).tag).toBe('1234567');
    expect(((await git.file(kustomization)) ?? '').replace(/\r?\n?images:[\s\S]*$/, '')).toBe(
      text.replace(/\r?\n?images:[\s\S]*$/, '').replace(/\n$/, ''),
    );
  });

  test.each([
    ['broken YAML', { [kustomization]: 'images: [' }, source, 'line 1'],
    ['two entries', { [kustomization]: `images:\n- name: ${image}\n- name: ${image}\n` }, source, '2 entries'],
    ['a kustomization that is gone', { [kustomization]: null }, source, 'no kustomization.yaml'],
    [
      'a link out of the repository',
      { 'apps/out': { link: '../../..' } },
      { ...source, path: 'apps/out/x' },
      'leads out',
    ],
    ['a kustomization that is a link out', { [kustomization]: { link: '/etc/hostname' } }, source, 'leads out'],
    ['a path that is not there', {}, { ...source, path: 'apps/nope' }, 'no folder apps/nope'],
    ['a path upwards', {}, { ...source, path: '../x' }, 'leads out'],
    ['a submodule', { 'apps/sub': { submodule: 'a'.repeat(40) } }, { ...source, path: 'apps/sub' }, 'submodule'],
    ['bytes that are no text', { [kustomization]: 'a'.repeat(300_000) }, source, 'larger than'],
  ])('refuses %s and changes nothing', async (_name, files, at, words) => {
    const { git, repository } = bench;
    if (Object.keys(files).length > 0) await git.commitByHand({ files, message: 'Odd' });
    const head = await git.head();
    await expect(repository.setTag(at, 'bbbbbbb', by(), calm())).rejects.toMatchObject(sentence(words));
    expect(await git.head()).toBe(head);
  });
});

describe('a race', () => {
  /** Runs once, after the fetch and before the push. */
  function between(work: () => void): () => Date {
    let done = false;
    return () => {
      if (!done) work();
      done = true;
      return new Date();
    };
  }

  /** A commit by hand while everything waits. */
  function commitNow(url: string, path: string, text: string): void {
    const input = `commit refs/heads/main\ncommitter Eve <eve@example.com> 1700000000 +0000\ndata 3\nEve\nfrom refs/heads/main^0\nM 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n\n`;
    execFileSync('git', ['-C', url, 'fast-import', '--quiet', '--force'], { input });
  }

  test('a push in between: the commit is made again on top of it', async () => {
    const { git, open, root } = bench;
    const repository = await open({
      folder: join(root, 'second'),
      now: between(() => commitNow(git.url, 'README.md', 'changed')),
    });
    const change = await repository.setTag(source, 'bbbbbbb', by(), calm());
    expect((await git.log()).map(({ subject }) => subject)).toEqual(['Deploy shop bbbbbbb', 'Eve', 'The homelab']);
    expect(await git.head()).toBe(change.commit);
    expect(await git.file('README.md')).toBe('changed');
  });

  test('a push since the last look, seconds ago: the commit is made again on top of it', async () => {
    const { git, repository } = bench;
    await repository.tagOf(source, calm());
    await git.commitByHand({ files: { 'README.md': 'changed' }, message: 'Eve' });
    const change = await repository.setTag(source, 'bbbbbbb', by(), calm());
    expect((await git.log()).map(({ subject }) => subject)).toEqual(['Deploy shop bbbbbbb', 'Eve', 'The homelab']);
    await git.commitByHand({ files: { 'README.md': 'again' }, message: 'Eve again' });
    expect((await repository.revert(source, [change], by(), calm())).to).toBe('aaaaaaa');
    expect(await git.file('README.md')).toBe('again');
  });

  test('a path that came since the last look is there', async () => {
    const { git, repository } = bench;
    await repository.tagOf(source, calm());
    await git.commitByHand({ files: { 'apps/blog/kustomization.yaml': 'resources: []\n' }, message: 'Blog' });
    const blog = { ...source, app: 'blog', path: 'apps/blog' };
    expect((await repository.setTag(blog, 'b', by(), calm())).from).toBeNull();
  });

  test('a push in between that set the same tag to something else: said, and nothing changed', async () => {
    const { git, open, root } = bench;
    const text = ((await git.file(kustomization)) ?? '').replace('aaaaaaa', 'evevev1');
    const repository = await open({
      folder: join(root, 'second'),
      now: between(() => commitNow(git.url, kustomization, text)),
    });
    await expect(repository.setTag(source, 'bbbbbbb', by(), calm())).rejects.toMatchObject(
      sentence('Somebody set shop to evevev1'),
    );
    expect((await git.log(1))[0]?.subject).toBe('Eve');
  });

  test('a push in between that changed the neighbouring lines: the tag is set in the new text', async () => {
    const { git, open, root } = bench;
    const text = ((await git.file(kustomization)) ?? '')
      .replace('    newTag', '    newName: mirror/shop\n    newTag')
      .replace('# ALWAYS', '# Always');
    const repository = await open({
      folder: join(root, 'second'),
      now: between(() => commitNow(git.url, kustomization, text)),
    });
    await repository.setTag(source, 'bbbbbbb', by(), calm());
    expect(await git.file(kustomization)).toBe(text.replace('aaaaaaa', 'bbbbbbb'));
  });

  test('two bots at once: both commits arrive', async () => {
    const { git, repository, open, root } = bench;
    const other = { ...source, app: 'blog', path: 'apps/blog' };
    await git.commitByHand({ files: { 'apps/blog/kustomization.yaml': 'resources: []\n' }, message: 'Blog' });
    const second = await open({ folder: join(root, 'second') });
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([
        repository.setTag(source, `shop-${round}`, by(), calm()),
        second.setTag(other, `blog-${round}`, by(), calm()),
      ]);
    }
    expect((await git.log()).length).toBe(8);
  });

  test('many at once in one bot take turns', async () => {
    const { git, repository } = bench;
    await Promise.all(['b', 'c', 'd'].map((tag) => repository.setTag(source, tag, by(), calm())));
    expect((await git.log()).map(({ subject }) => subject)).toEqual([
      'Deploy shop d',
      'Deploy shop c',
      'Deploy shop b',
      'The homelab',
    ]);
  });
});

describe('a rollback', () => {
  test('of a deploy is what git revert makes of it, and stays in the history', async () => {
    const { git, repository, root } = bench;
    const change = await repository.setTag(source, 'bbbbbbb', by(), calm());
    const who = by({ reason: 'broken' });
    const undo = await repository.revert(source, [change], who, calm());
    expect(undo).toMatchObject({ from: 'bbbbbbb', to: 'aaaaaaa', reverts: [change.commit], reason: 'broken' });
    const tree = (commit: string) => execFileSync('git', ['-C', git.url, 'rev-parse', `${commit}^{tree}`]).toString();
    const work = join(root, 'work');
    execFileSync('git', ['clone', '--quiet', git.url, work]);
    execFileSync('git', ['-C', work, 'reset', '--quiet', '--hard', change.commit]);
    execFileSync('git', [
      '-C',
      work,
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@x',
      'revert',
      '--no-edit',
      change.commit,
    ]);
    const reverted = execFileSync('git', ['-C', work, 'rev-parse', 'HEAD^{tree}']).toString();
    expect(tree(undo.commit)).toBe(reverted);
    expect((await git.log(1))[0]?.message).toContain(`This reverts commit ${change.commit}.`);
    expect(await repository.revert(source, [change], who, calm())).toEqual({ ...undo, parent: null });
  });

  test('again and again goes further back, each by a commit of its own', async () => {
    const { git, repository } = bench;
    for (const tag of ['bbbbbbb', 'ccccccc', 'ddddddd']) await repository.setTag(source, tag, by(), calm());
    const seen: string[] = [];
    for (;;) {
      const { tag } = await repository.tagOf(source, calm());
      const target = rollbackTarget(await repository.history(source, 50, calm()), tag);
      if (target.kind === 'none') break;
      seen.push((await repository.revert(source, target.undo, by(), calm())).to);
    }
    expect(seen).toEqual(['ccccccc', 'bbbbbbb', 'aaaaaaa']);
    expect((await git.log()).length).toBe(7);
  });

  test('of several is one commit that names them all', async () => {
    const { git, repository } = bench;
    for (const tag of ['bbbbbbb', 'ccccccc', 'ddddddd']) await repository.setTag(source, tag, by(), calm());
    const history = await repository.history(source, 50, calm());
    const target = rollbackTarget(history, 'ddddddd', 'bbbbbbb');
    if (target.kind === 'none') throw new Error(target.reason);
    const undo = await repository.revert(source, target.undo, by(), calm());
    expect(undo).toMatchObject({ from: 'ddddddd', to: 'bbbbbbb', reverts: target.undo.map(({ commit }) => commit) });
    expect((await git.log(1))[0]?.subject).toBe('Roll back shop to bbbbbbb');
  });

  test('with neighbouring lines changed by hand keeps those', async () => {
    const { git, repository } = bench;
    const change = await repository.setTag(source, 'bbbbbbb', by(), calm());
    const text = ((await git.file(kustomization)) ?? '')
      .replace('# ALWAYS quoted', '# changed by hand')
      .replace('  - service.yaml', '  - service.yaml # the door');
    await git.commitByHand({ files: { [kustomization]: text }, message: 'Neighbours' });
    await repository.revert(source, [change], by(), calm());
    expect(await git.file(kustomization)).toBe(text.replace('bbbbbbb', 'aaaaaaa'));
  });

  test('leaves what else a commit by hand changed', async () => {
    const { git, repository } = bench;
    const text = ((await git.file(kustomization)) ?? '').replace('aaaaaaa', 'bbbbbbb');
    await git.commitByHand({ files: { [kustomization]: text, 'README.md': 'by hand' }, message: 'Both' });
    const [change] = await repository.history(source, 1, calm());
    if (change === undefined) throw new Error('no history');
    await repository.revert(source, [change], by(), calm());
    expect((await repository.tagOf(source, calm())).tag).toBe('aaaaaaa');
    expect(await git.file('README.md')).toBe('by hand');
  });

  test.each([
    ['another tag', (text: string) => text.replace('bbbbbbb', 'evevev1'), 'Somebody set shop to evevev1'],
    ['a vanished entry', (text: string) => text.slice(0, text.indexOf('images:')), 'is gone'],
  ])('is stopped by %s', async (_name, edit, words) => {
    const { git, repository } = bench;
    const change = await repository.setTag(source, 'bbbbbbb', by(), calm());
    const text = edit((await git.file(kustomization)) ?? '');
    const head = await git.commitByHand({ files: { [kustomization]: text }, message: 'By hand' });
    await expect(repository.revert(source, [change], by(), calm())).rejects.toMatchObject(sentence(words));
    expect(await git.head()).toBe(head);
  });

  test('of the first tag says that there is none before it', async () => {
    const { repository } = bench;
    const [first] = await repository.history(source, 1, calm());
    if (first === undefined) throw new Error('no history');
    await expect(repository.revert(source, [first], by(), calm())).rejects.toMatchObject(sentence('first tag'));
  });
});

describe('the history', () => {
  test('tells deploys, rollbacks and changes by hand, and leaves out the rest', async () => {
    const { git, repository } = bench;
    const one = await repository.setTag(source, 'bbbbbbb', by({ reason: 'one' }), calm());
    await git.commitByHand({ files: { 'README.md': 'x' }, message: 'Elsewhere' });
    const text = (await git.file(kustomization)) ?? '';
    await git.commitByHand({ files: { [kustomization]: `${text}# a comment\n` }, message: 'No tag' });
    await git.commitByHand({
      files: { [kustomization]: text.replace('bbbbbbb', 'ccccccc') },
      message: `By hand\n\nOperation of no one\n\u0000`.replace('\u0000', ''),
    });
    const history = await repository.history(source, 10, calm());
    expect(history.map(({ from, to, person, reverts }) => [from, to, person?.username, reverts.length])).toEqual([
      ['bbbbbbb', 'ccccccc', undefined, 0],
      ['aaaaaaa', 'bbbbbbb', 'ada', 0],
      [null, 'aaaaaaa', undefined, 0],
    ]);
    expect({ ...history[1], parent: one.parent }).toEqual(one);
    expect(await repository.history(source, 1, calm())).toHaveLength(1);
  });

  test('counts a merge when it arrives, and goes on over broken states', async () => {
    const { git, repository } = bench;
    const text = (await git.file(kustomization)) ?? '';
    await git.commitByHand({
      branch: 'side',
      files: { [kustomization]: text.replace('aaaaaaa', 'sidesid') },
      message: 'On the side',
    });
    await git.commitByHand({ files: { 'README.md': 'x' }, message: 'On main' });
    const main = await git.head();
    const side = await git.head('side');
    const input = `commit refs/heads/main\ncommitter Ada <ada@example.com> 1700000000 +0000\ndata 5\nMerge\nfrom ${main}\nmerge ${side}\nM 100644 inline ${kustomization}\ndata ${text.length}\n${text.replace('aaaaaaa', 'sidesid')}\n\n`;
    execFileSync('git', ['-C', git.url, 'fast-import', '--quiet', '--force'], { input });
    const merge = await git.head();
    await git.commitByHand({ files: { [kustomization]: 'images: [' }, message: 'Broken' });
    await git.commitByHand({ files: { [kustomization]: text }, message: 'Mended' });
    const history = await repository.history(source, 10, calm());
    expect(history.map(({ from, to }) => [from, to])).toEqual([
      [null, 'aaaaaaa'],
      ['aaaaaaa', 'sidesid'],
      [null, 'aaaaaaa'],
    ]);
    expect(history[1]?.commit).toBe(merge);
  });
});

describe('a look without a change', () => {
  test('says the newest commit and that a push is let in; nothing is pushed', async () => {
    const { git, repository } = bench;
    const head = await git.head();
    expect(await repository.newest(calm())).toBe(head);
    await repository.tryPush(calm());
    expect(await git.head()).toBe(head);
    expect(await git.log()).toHaveLength(1);
  });

  test('of a shallow clone reads the tag and the kustomization, and has no history', async () => {
    const { git, root, open } = bench;
    await git.commitByHand({ files: { note: 'x' }, message: 'Something else' });
    const shallow = await open({ folder: join(root, 'shallow'), shallow: true });
    const { commit, tag } = await shallow.tagOf(source, calm());
    expect({ commit, tag }).toEqual({ commit: await git.head(), tag: 'aaaaaaa' });
    const checkout = await shallow.checkout(source, commit, calm());
    await checkout.release();
    await shallow.tryPush(calm());
    expect(existsSync(join(root, 'shallow', 'clone.git', 'shallow'))).toBe(true);
  });

  test('says where the repository is away', async () => {
    const { git, repository } = bench;
    await git.away();
    await expect(repository.tryPush(calm())).rejects.toMatchObject(sentence('There is no repository at'));
    await git.back();
  });
});

describe('a checkout', () => {
  test('holds what the kustomization reaches at that commit, to the byte, and goes when released', async () => {
    const { git, repository } = bench;
    const commit = (await git.head()) ?? '';
    await git.commitByHand({
      files: { [`${seedPath}/.gitattributes`]: '* text eol=crlf filter=evil\n', evil: { link: '/etc' } },
      message: 'Attributes',
    });
    const head = (await git.head()) ?? '';
    const checkout = await repository.checkout(source, head, calm());
    expect(checkout.commit).toBe(head);
    expect((await readdir(checkout.folder)).sort()).toEqual(['deployment.yaml', 'kustomization.yaml', 'service.yaml']);
    for (const name of await readdir(checkout.folder)) {
      expect(await readFile(join(checkout.folder, name), 'utf8')).toBe(await git.file(`${seedPath}/${name}`, commit));
    }
    await checkout.release();
    expect(existsSync(checkout.folder)).toBe(false);
    await checkout.release();
  });

  test.each([
    ['as it is', (text: string) => text],
    ['with CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['without images', (text: string) => text.slice(0, text.indexOf('images:'))],
  ])(
    'of a tag that nobody has committed yet holds what its commit will, of a kustomization %s',
    async (_name, change) => {
      const { git, repository } = bench;
      await git.commitByHand({
        files: { [kustomization]: change((await git.file(kustomization)) ?? '') },
        message: 'Style',
      });
      const head = await git.head();
      const { tag } = await repository.tagOf(source, calm());
      const preview = await repository.preview(source, '1e10', calm());
      expect(preview).toMatchObject({ commit: head, tag });
      expect(await git.head()).toBe(head);
      const placed = await repository.setTag(source, '1e10', by(), calm());
      expect(placed.parent).toBe(head);
      const checkout = await repository.checkout(source, placed.commit, calm());
      const names = await readdir(checkout.folder);
      expect((await readdir(preview.folder)).sort()).toEqual(names.sort());
      for (const name of names) {
        expect(await readFile(join(preview.folder, name))).toEqual(await readFile(join(checkout.folder, name)));
      }
      await Promise.all([preview.release(), checkout.release()]);
      expect(existsSync(preview.folder)).toBe(false);
    },
  );

  test('of an earlier commit holds that one', async () => {
    const { git, repository } = bench;
    const first = (await git.head()) ?? '';
    await repository.setTag(source, 'bbbbbbb', by(), calm());
    const checkout = await repository.checkout(source, first, calm());
    expect(await readFile(join(checkout.folder, 'kustomization.yaml'), 'utf8')).toContain('aaaaaaa');
    await checkout.release();
  });

  test('keeps links that stay inside', async () => {
    const { git, repository } = bench;
    const head = await git.commitByHand({
      files: {
        'apps/link': { link: 'real' },
        'apps/real/kustomization.yaml': 'resources: [../base, cm.yaml]\n',
        'apps/real/cm.yaml': { link: '../files/cm.yaml' },
        'apps/files/cm.yaml': 'kind: ConfigMap\n',
        'apps/base': { link: '../bases/one' },
        'bases/one/kustomization.yaml': 'resources: []\n',
      },
      message: 'Links',
    });
    const checkout = await repository.checkout({ ...source, path: 'apps/link' }, head, calm());
    expect(checkout.folder.endsWith('apps/real')).toBe(true);
    expect(await readFile(join(checkout.folder, 'cm.yaml'), 'utf8')).toBe('kind: ConfigMap\n');
    expect(await readlink(join(checkout.folder, '../base'))).toBe('../bases/one');
    expect(await readFile(join(checkout.folder, '../base/kustomization.yaml'), 'utf8')).toBe('resources: []\n');
    await checkout.release();
  });

  test.each([
    ['a URL', { [kustomization]: 'resources: ["https://example.com/x"]' }, 'fetched from elsewhere'],
    ['helm', { [kustomization]: 'helmCharts: [{name: x}]' }, 'uses helmCharts (x)'],
    ['a generator', { [kustomization]: 'generators: [g.yaml]' }, 'uses generators (g.yaml)'],
    [
      'a link out',
      { [`${seedPath}/deployment.yaml`]: { link: '../../../../etc/passwd' } },
      'leads out of the repository',
    ],
    ['an absolute link', { [`${seedPath}/deployment.yaml`]: { link: '/etc/passwd' } }, 'leads out of the repository'],
  ])('refuses %s and writes nothing', async (_name, files, words) => {
    const { git, repository, folder } = bench;
    const head = await git.commitByHand({ files, message: 'Odd' });
    await expect(repository.checkout(source, head, calm())).rejects.toMatchObject(sentence(words));
    expect(await readdir(join(folder, 'trees'))).toEqual([]);
  });

  test.each(['a'.repeat(40), 'main', '--help', 'HEAD~1'])('of the commit %s is refused', async (commit) => {
    await expect(bench.repository.checkout(source, commit, calm())).rejects.toMatchObject({ name: 'UserError' });
  });
});
