// The manifest repository over the servers that people use: ssh with a pinned host key, and https with a token.

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type SandboxGit, startGit } from '../../sandbox/git/git.ts';
import { homelabFiles, seedPath } from '../../sandbox/git/seed.ts';
import { Secret } from '../../src/lib/secret.ts';
import { type OpenRepository, openRepository, type RepositoryOptions } from '../../src/repository/open.ts';
import { rollbackTarget } from '../../src/repository/rollback.ts';
import { author, by, calm, image, kustomization, silent, source } from '../contract/repository/open.ts';
import { type HttpsServer, type SshServer, startGitHttps, startSshd } from './git-servers.ts';

const token = 'token-of-the-bot-0123456789';
let root: string;
let git: SandboxGit;
let opened: OpenRepository[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'homelab-git-e2e-'));
  git = await startGit({ folder: join(root, 'server') });
  await git.seed(homelabFiles({ image, tag: 'aaaaaaa' }));
  opened = [];
});

afterEach(async () => {
  for (const repository of opened) await repository.close();
  await git.stop();
  await rm(root, { recursive: true, force: true });
});

async function open(options: Pick<RepositoryOptions, 'url'> & Partial<RepositoryOptions>): Promise<OpenRepository> {
  const folder = join(root, `bot-${opened.length}`);
  const common = { branch: 'main', folder, author, log: silent, now: () => new Date(), environment: process.env };
  const repository = await openRepository({ ...common, ...options });
  opened.push(repository);
  return repository;
}

const sentence = (words: string) => ({ name: 'UserError', message: expect.stringContaining(words) });

/** Deploys, and what comes after them. */
async function walk(repository: OpenRepository): Promise<void> {
  expect((await repository.tagOf(source, calm())).tag).toBe('aaaaaaa');
  const who = by({ reason: 'over the wire' });
  const change = await repository.setTag(source, '1e10', who, calm());
  expect(await git.head()).toBe(change.commit);
  expect(await git.file(kustomization)).toContain('newTag: "1e10"   # ALWAYS quoted');
  expect(await repository.setTag(source, '1e10', who, calm())).toEqual({ ...change, parent: null });
  const text = (await git.file(kustomization)) ?? '';
  await git.commitByHand({ files: { [kustomization]: text.replace('# ALWAYS', '# Always') }, message: 'Neighbour' });
  const target = rollbackTarget(await repository.history(source, 10, calm()), '1e10');
  if (target.kind === 'none') throw new Error(target.reason);
  const undo = await repository.revert(source, target.undo, by(), calm());
  expect(undo).toMatchObject({ from: '1e10', to: 'aaaaaaa', reverts: [change.commit] });
  const checkout = await repository.checkout(source, undo.commit, calm());
  expect((await readdir(checkout.folder)).sort()).toEqual(['deployment.yaml', 'kustomization.yaml', 'service.yaml']);
  await checkout.release();
  await git.refusePushes('main is protected');
  await expect(repository.setTag(source, 'b', by(), calm())).rejects.toMatchObject(
    sentence('refused the push: main is protected'),
  );
  await git.refusePushes(null);
  await git.seed({});
  await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('is empty'));
  await git.away();
  await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('There is no repository at'));
  await git.back();
}

describe('over ssh', () => {
  let server: SshServer;

  beforeAll(async () => {
    server = await startSshd();
  });

  afterAll(async () => {
    await server.stop();
  });

  function credentials() {
    return {
      url: server.url(git.url),
      // As a variable often holds it: without the line break at its end.
      sshKey: new Secret(server.key.trimEnd()),
      knownHosts: new Secret(server.knownHosts),
    };
  }

  test('the whole walk', async () => {
    await walk(await open(credentials()));
    expect(server.log()).toContain('Accepted publickey');
  });

  test('a host with another key than the pinned one is not spoken to', async () => {
    const repository = await open({ ...credentials(), knownHosts: new Secret(server.wrongKnownHosts) });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('MANIFEST_REPO_KNOWN_HOSTS'));
  });

  test('a host that is not pinned is not spoken to', async () => {
    const repository = await open({ ...credentials(), knownHosts: new Secret('other.example ssh-ed25519 AAAA') });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('MANIFEST_REPO_KNOWN_HOSTS'));
  });

  test.each([
    ['a key of a stranger', () => server.strangersKey],
    ['a key that is none', () => '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'],
  ])('%s is refused, and is not in the answer', async (_name, key) => {
    const repository = await open({ ...credentials(), sshKey: new Secret(key()) });
    const failed = repository.tagOf(source, calm());
    await expect(failed).rejects.toMatchObject(sentence('MANIFEST_REPO_SSH_KEY'));
    await failed.catch((error: Error) => {
      expect(`${error.message} ${JSON.stringify(error.cause)} ${(error.cause as Error).message}`).not.toContain(
        'PRIVATE',
      );
    });
  });

  test('the key is on disk for the bot alone, and gone when it is closed', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('homelab-bot-git-'));
    const before = folders();
    const repository = await open(credentials());
    const [made] = folders().filter((name) => !before.includes(name));
    expect(made).toBeDefined();
    await repository.tagOf(source, calm());
    await repository.close();
    expect(folders()).not.toContain(made);
  });

  test('a host that says nothing is given up, in time or when asked', async () => {
    const sockets: Socket[] = [];
    const silentHost = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).resume();
    });
    await new Promise<void>((resolve) => silentHost.listen(0, '127.0.0.1', resolve));
    const address = silentHost.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const url = `ssh://git@127.0.0.1:${port}/x.git`;
    try {
      const hurried = await open({ ...credentials(), url, limits: { networkMs: 100 } });
      await expect(hurried.tagOf(source, calm())).rejects.toMatchObject(sentence('in time'));
      const patient = await open({ ...credentials(), url });
      const asked = new AbortController();
      const failed = patient.tagOf(source, asked.signal);
      silentHost.once('connection', () => asked.abort(new Error('enough')));
      await expect(failed).rejects.toThrow('enough');
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silentHost.close(resolve));
    }
  });
});

describe('over https', () => {
  let server: HttpsServer;

  beforeEach(async () => {
    server = await startGitHttps(git.url, token);
  });

  afterEach(async () => {
    await server.stop();
  });

  function credentials() {
    const environment = { PATH: process.env['PATH'], SSL_CERT_FILE: server.authority };
    return { url: server.url, token: new Secret(token), environment };
  }

  test('the whole walk', async () => {
    await walk(await open(credentials()));
    // The token goes with the first request: nothing is asked for it.
    expect(server.requests.filter(({ answered }) => answered === 401)).toEqual([]);
  });

  test('no argument of a program on this machine holds the token, nor what is kept of the clone', async () => {
    const seen: string[] = [];
    server.onRequest = () => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          seen.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        } catch {
          // It has ended.
        }
      }
    };
    const repository = await open(credentials());
    await repository.setTag(source, 'bbbbbbb', by(), calm());
    const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
    expect(seen.some((line) => line.includes('git\0'))).toBe(true);
    expect(seen.filter((line) => line.includes(token) || line.includes(basic))).toEqual([]);
    const config = readFileSync(join(root, 'bot-0', 'clone.git', 'config'), 'utf8');
    expect(config).not.toContain(server.url);
    expect(config).not.toContain(basic);
  });

  test.each([
    ['another token', { token: new Secret('token-of-nobody-987654321') }, 'MANIFEST_REPO_TOKEN'],
    ['none', {}, 'MANIFEST_REPO_TOKEN'],
  ])('%s is refused', async (_name, other, words) => {
    const { url, environment } = credentials();
    const repository = await open({ url, environment, ...other });
    const failed = repository.tagOf(source, calm());
    await expect(failed).rejects.toMatchObject(sentence(words));
    await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining('987654321') });
  });

  test('a token that may only read: the push is refused and nothing is changed', async () => {
    server.readOnly = true;
    const repository = await open(credentials());
    expect((await repository.tagOf(source, calm())).tag).toBe('aaaaaaa');
    await expect(repository.setTag(source, 'b', by(), calm())).rejects.toMatchObject(sentence('its right to write'));
    expect(await git.log()).toHaveLength(1);
  });

  test('a server whose certificate nobody vouches for is not spoken to', async () => {
    const repository = await open({ ...credentials(), environment: { PATH: process.env['PATH'] } });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('cannot be reached'));
    expect(server.requests).toEqual([]);
  });

  test('a token is not carried to where a redirect points', async () => {
    const other = await startGitHttps(git.url, token);
    try {
      server.redirect = new URL(other.url).origin;
      const repository = await open(credentials());
      await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('MANIFEST_REPO_URL'));
      expect(other.requests).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  test('a path in it that is none is told', async () => {
    const repository = await open({ ...credentials(), url: `${server.url}-nope` });
    await expect(repository.tagOf(source, calm())).rejects.toMatchObject(sentence('There is no repository at'));
  });

  test('a commit by the bot is what the person sees there', async () => {
    const repository = await open(credentials());
    await repository.setTag(source, 'bbbbbbb', by({ reason: 'why' }), calm());
    const [newest] = await git.log(1);
    expect(newest).toMatchObject({ subject: 'Deploy shop bbbbbbb', author: 'homelab-bot' });
    expect(newest?.message).toContain('\nReason: why\n');
    expect(await git.files()).toContain(`${seedPath}/service.yaml`);
  });
});
