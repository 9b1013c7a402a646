// A manifest repository that is away, empty, slow, hostile or refuses; and a clone that a kill left behind.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { homelabFiles } from '../../../sandbox/git/seed.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { type Bench, by, calm, image, kustomization, source, startBench } from './open.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(async () => {
  await bench.stop();
});

const sentence = (words: string) => ({ name: 'UserError', message: expect.stringContaining(words) });

async function hook(name: string, text: string): Promise<void> {
  const path = join(bench.git.url, 'hooks', name);
  await mkdir(join(bench.git.url, 'hooks'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}

describe('the repository', () => {
  test('is away, and back', async () => {
    const { git, repository } = bench;
    await repository.tagOf(source, calm());
    await git.away();
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('There is no repository at'));
    await expect(repository.setTag(source, 'b', by(), calm())).rejects.toMatchObject({ name: 'UserError' });
    await git.back();
    expect((await repository.tagOf(source, calm())).tag).toBe('aaaaaaa');
  });

  test('is away when the bot starts, which does not keep it from starting', async () => {
    const { git, open, root } = bench;
    await git.away();
    const repository = await open({ folder: join(root, 'second') });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject({ name: 'UserError' });
    await git.back();
    expect((await repository.tagOf(source, calm())).tag).toBe('aaaaaaa');
  });

  test('is empty, until it has a commit', async () => {
    const { git, repository } = bench;
    await git.seed({});
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('is empty: it has no commit yet'));
    await git.seed(homelabFiles({ image, tag: 'firstone' }));
    expect((await repository.tagOf(source, calm())).tag).toBe('firstone');
  });

  test('has no such branch', async () => {
    const repository = await bench.open({ branch: 'production', folder: join(bench.root, 'second') });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(
      sentence('has no branch production (it has main)'),
    );
  });

  test('cannot be connected to', async () => {
    const repository = await bench.open({ url: 'http://127.0.0.1:9/x.git', folder: join(bench.root, 'second') });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('cannot be reached'));
  });

  test('refuses the push: its words are told, nothing is changed, and the next one works', async () => {
    const { git, repository } = bench;
    await git.refusePushes('Protected: open a pull request.\npassword=hunter2hunter2');
    const head = await git.head();
    const failed = repository.setTag(source, 'bbbbbbb', by(), calm());
    await expect(failed).rejects.toMatchObject(sentence('refused the push: Protected: open a pull request.'));
    await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2hunter2') });
    expect(await git.head()).toBe(head);
    expect((await repository.tagOf(source, calm())).tag).toBe('aaaaaaa');
    await git.refusePushes(null);
    expect((await repository.setTag(source, 'bbbbbbb', by(), calm())).from).toBe('aaaaaaa');
  });

  test('takes the push, but its answer is lost: the commit is found', async () => {
    const { git, repository } = bench;
    await hook('post-receive', 'kill -9 $PPID');
    const change = await repository.setTag(source, 'bbbbbbb', by(), calm());
    expect(change.commit).toBe(await git.head());
  });

  test('goes away with the answer: that it is not known is said, and the same operation finds its commit later', async () => {
    const { git, repository } = bench;
    await hook('post-receive', `mv '${git.url}' '${git.url}.gone'; kill -9 $PPID`);
    const who = by();
    await expect(repository.setTag(source, 'bbbbbbb', who, calm())).rejects.toMatchObject(
      sentence('whether it arrived'),
    );
    execFileSync('mv', [`${git.url}.gone`, git.url]);
    await rm(join(git.url, 'hooks/post-receive'));
    expect((await repository.setTag(source, 'bbbbbbb', who, calm())).commit).toBe(await git.head());
    expect(await git.log()).toHaveLength(2);
  });

  test('answers too slowly', async () => {
    const { git, open, root } = bench;
    await hook('pre-receive', 'sleep 3; exit 1');
    const repository = await open({ folder: join(root, 'second'), limits: { networkMs: 1500 } });
    await repository.tagOf(source, calm());
    await expect(repository.setTag(source, 'bbbbbbb', by(), calm())).rejects.toMatchObject(sentence('in time'));
    expect((await git.log())[0]?.subject).toBe('The homelab');
  });
});

describe('a server that takes the connection and says nothing', () => {
  let server: Server;
  let url: string;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    sockets.clear();
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/x.git`;
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is given up in time', async () => {
    const repository = await bench.open({ url, folder: join(bench.root, 'second'), limits: { networkMs: 100 } });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('did not answer in time'));
  });

  test('does not keep whoever gives up: others go on waiting, and with the last one git ends', async () => {
    const repository = await bench.open({ url, folder: join(bench.root, 'second') });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = repository.tagOf(source, one.signal);
    const second = repository.tagOf(source, two.signal);
    const told = Promise.allSettled([first, second]);
    await new Promise((resolve) => server.once('connection', resolve));
    one.abort(new Error('one is gone'));
    await expect(first).rejects.toThrow('one is gone');
    const [socket] = sockets;
    if (socket === undefined) throw new Error('no connection');
    expect(socket.destroyed).toBe(false);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    two.abort(new Error('two is gone'));
    expect((await told).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await closed;
  });

  test('does not keep the bot from ending', async () => {
    const repository = await bench.open({ url, folder: join(bench.root, 'second') });
    const waiting = repository.tagOf(source, calm()).then(
      () => 'answered',
      () => 'rejected',
    );
    await new Promise((resolve) => server.once('connection', resolve));
    await repository.close();
    expect(await waiting).toBe('rejected');
    await expect(repository.tagOf(source, calm())).rejects.toThrow('closed');
  });

  test('a signal that is aborted already contacts nobody', async () => {
    const repository = await bench.open({ url, folder: join(bench.root, 'second') });
    await expect(repository.tagOf(source, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
    expect(sockets.size).toBe(0);
  });
});

describe('what a kill leaves behind', () => {
  /** A bot that worked, and was killed. */
  async function left(): Promise<string> {
    await bench.repository.setTag(source, 'bbbbbbb', by(), calm());
    return join(bench.folder, 'clone.git');
  }

  async function works(): Promise<void> {
    const again = await bench.open();
    expect((await again.tagOf(source, calm())).tag).toBe('bbbbbbb');
    expect((await again.setTag(source, 'ccccccc', by(), calm())).from).toBe('bbbbbbb');
    expect((await bench.git.log(1))[0]?.subject).toBe('Deploy shop ccccccc');
  }

  test('a clone is used again', async () => {
    const clone = await left();
    await writeFile(join(clone, 'mark'), '');
    await works();
    expect(existsSync(join(clone, 'mark'))).toBe(true);
  });

  test('locks', async () => {
    const clone = await left();
    for (const name of [
      'HEAD.lock',
      'packed-refs.lock',
      'config.lock',
      'shallow.lock',
      'refs/bot/branch.lock',
      'refs/bot/work.lock',
    ]) {
      await writeFile(join(clone, name), '');
    }
    await works();
  });

  test('a clone that was not finished', async () => {
    const clone = await left();
    await rm(join(bench.folder, 'clone.json'));
    await rm(join(clone, 'refs'), { recursive: true });
    await works();
  });

  test('a clone without its head', async () => {
    await rm(join(await left(), 'HEAD'));
    await works();
  });

  test('empty objects, after a loss of power', async () => {
    const clone = await left();
    const folders = (await readdir(join(clone, 'objects'))).filter((name) => name.length === 2);
    for (const folder of folders) {
      for (const name of await readdir(join(clone, 'objects', folder))) {
        await chmod(join(clone, 'objects', folder, name), 0o600);
        await writeFile(join(clone, 'objects', folder, name), '');
      }
    }
    await works();
  });

  test('a clone that is damaged while the bot runs', async () => {
    const clone = await left();
    await rm(join(clone, 'objects'), { recursive: true });
    expect((await bench.repository.tagOf(source, calm())).tag).toBe('bbbbbbb');
    await works();
  });

  test('a clone that is gone while the bot runs', async () => {
    await rm(await left(), { recursive: true });
    expect((await bench.repository.tagOf(source, calm())).tag).toBe('bbbbbbb');
  });

  test('a clone of another repository', async () => {
    await left();
    await writeFile(join(bench.folder, 'clone.json'), '{"url":"elsewhere"}');
    await works();
  });

  test('a file where the clone should be', async () => {
    const clone = await left();
    await rm(clone, { recursive: true });
    await writeFile(clone, 'x');
    await works();
  });

  test('exported trees are removed at the next start', async () => {
    const { git, repository, open, folder } = bench;
    await repository.checkout(source, (await git.head()) ?? '', calm());
    expect(await readdir(join(folder, 'trees'))).toHaveLength(1);
    await open();
    expect(await readdir(join(folder, 'trees'))).toEqual([]);
  });
});

describe('a hostile repository or machine', () => {
  test('no hook runs in the clone', async () => {
    const { repository, folder, root } = bench;
    await repository.tagOf(source, calm());
    const hooks = join(folder, 'clone.git/hooks');
    await mkdir(hooks, { recursive: true });
    const names = [
      'pre-push',
      'reference-transaction',
      'post-checkout',
      'pre-commit',
      'post-index-change',
      'pre-auto-gc',
    ];
    for (const name of names) {
      await writeFile(join(hooks, name), `#!/bin/sh\ntouch '${root}/ran'\n`, { mode: 0o755 });
    }
    await repository.setTag(source, 'bbbbbbb', by(), calm());
    await repository.tagOf(source, calm());
    expect(existsSync(join(root, 'ran'))).toBe(false);
  });

  test("the environment's own git settings have no effect", async () => {
    const { open, root } = bench;
    await writeFile(
      join(root, '.gitconfig'),
      '[core]\n\thooksPath = /nowhere\n[url "file:///nowhere"]\n\tinsteadOf = /\n',
    );
    const environment = {
      PATH: process.env['PATH'],
      HOME: root,
      GIT_DIR: '/nowhere',
      GIT_WORK_TREE: '/nowhere',
      GIT_SSH_COMMAND: 'touch ran',
      GIT_CONFIG_COUNT: '1',
    };
    const repository = await open({ folder: join(root, 'second'), environment });
    expect((await repository.tagOf(source, calm())).tag).toBe('aaaaaaa');
  });

  test('names in the repository that look like options are names', async () => {
    const { git, repository } = bench;
    const text = (await git.file(kustomization)) ?? '';
    const path = '--output=x/:(glob)*';
    await git.commitByHand({
      files: { [`${path}/kustomization.yaml`]: text, '-n': 'x', '"q"\t/y': 'x' },
      message: 'Odd names',
    });
    const at = { ...source, path };
    const change = await repository.setTag(at, 'bbbbbbb', by(), calm());
    expect(await repository.history(at, 5, calm())).toEqual([
      expect.objectContaining({ commit: change.commit, from: change.from, to: change.to }),
      expect.objectContaining({ from: null, to: 'aaaaaaa' }),
    ]);
    expect(await git.file('"q"\t/y')).toBe('x');
  });

  test.each([
    [
      'an ssh address without host keys',
      { url: 'git@host:x.git', sshKey: new Secret('key') },
      'MANIFEST_REPO_KNOWN_HOSTS',
    ],
    ['an ssh key for a path', { sshKey: new Secret('key') }, 'MANIFEST_REPO_SSH_KEY'],
    ['a token for a path', { token: new Secret('token') }, 'MANIFEST_REPO_TOKEN'],
    ['a helper program', { url: 'ext::sh -c id' }, 'MANIFEST_REPO_URL'],
    ['a branch like an option', { branch: '--upload-pack=x' }, 'MANIFEST_REPO_BRANCH'],
    ['a branch upwards', { branch: 'a/../b' }, 'MANIFEST_REPO_BRANCH'],
  ])('%s is refused when it is opened', async (_name, options, words) => {
    await expect(bench.open(options)).rejects.toMatchObject({
      name: 'Unusable',
      message: expect.stringContaining(words),
    });
  });

  test('nothing of the clone is of use to another user', async () => {
    const { repository, folder } = bench;
    await repository.tagOf(source, calm());
    expect(await readFile(join(folder, 'clone.git/config'), 'utf8')).not.toContain('url');
  });
});
