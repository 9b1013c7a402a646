// What git says, as it says it, and what a person reads.
import { describe, expect, test } from '@jest/globals';
import { explain, kindOf } from '../../../src/repository/failures.ts';
import { GitFailure } from '../../../src/repository/git.ts';

function failure(stderr: string, stdout = '', kind: GitFailure['kind'] = 'failed'): GitFailure {
  return new GitFailure(kind, { command: 'fetch', exitCode: 128, stderr, stdout });
}

const context = { shown: 'git.example', branch: 'main', branches: null };

describe('kinds', () => {
  test.each([
    ["fatal: unable to access 'https://git.example/x/': Could not resolve host: git.example", 'away'],
    [
      "fatal: unable to access 'http://127.0.0.1:1/x/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
      'away',
    ],
    [
      'ssh: connect to host git.example port 22: Connection refused\nfatal: Could not read from remote repository.',
      'away',
    ],
    ['ssh: connect to host git.example port 22: No route to host', 'away'],
    ['kex_exchange_identification: Connection closed by remote host', 'away'],
    ["fatal: unable to access 'https://git.example/x/': The requested URL returned error: 503", 'away'],
    ["fatal: unable to access 'https://git.example/x/': SSL certificate problem: self-signed certificate", 'away'],
    ['ssh: connect to host git.example port 22: Connection timed out', 'slow'],
    [
      "fatal: unable to access 'https://git.example/x/': Operation too slow. Less than 100 bytes/sec transferred the last 15 seconds",
      'slow',
    ],
    [
      "remote: Invalid username or password.\nfatal: Authentication failed for 'https://git.example/x/'",
      'unauthorised',
    ],
    ["fatal: could not read Username for 'https://git.example': terminal prompts disabled", 'unauthorised'],
    ['git@git.example: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'unauthorised'],
    ['Load key "/tmp/x/key": error in libcrypto\ngit@git.example: Permission denied (publickey).', 'unauthorised'],
    [
      'remote: Permission to acme/x.git denied to bot.\nfatal: unable to access: The requested URL returned error: 403',
      'unauthorised',
    ],
    ['ERROR: Write access to repository not granted.', 'unauthorised'],
    [
      'ERROR: The key you are authenticating with has been marked as read only.\nfatal: Could not read from remote repository.',
      'unauthorised',
    ],
    [
      'No ED25519 host key is known for git.example and you have requested strict checking.\nHost key verification failed.',
      'host key',
    ],
    ['@@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@@', 'host key'],
    ['remote: Repository not found.\nfatal: repository not found', 'not found'],
    ["fatal: '/srv/x.git' does not appear to be a git repository", 'not found'],
    ["fatal: detected dubious ownership in repository at '/srv/x.git'", 'not found'],
    ["fatal: couldn't find remote ref refs/heads/main", 'no branch'],
    ['fatal: unable to update url base from redirection:\n  asked for: a\n  redirect: b', 'redirected'],
    ['error: object file ./objects/ab/cd is empty\nfatal: loose object abcd is corrupt', 'damaged'],
    ["fatal: Unable to create '/x/clone.git/shallow.lock': File exists.", 'damaged'],
    ['fatal: not a git repository: /x/clone.git', 'damaged'],
    ['fatal: write error: No space left on device', 'disk'],
    ['Error: spawn git ENOENT', 'no git'],
    ['something new', 'unknown'],
  ])('%s', (stderr, kind) => {
    expect(kindOf(failure(stderr))).toBe(kind);
  });

  test.each([
    ['!\tabc:refs/heads/main\t[rejected] (fetch first)', '', 'race'],
    ['!\tabc:refs/heads/main\t[rejected] (non-fast-forward)', '', 'race'],
    ['!\tabc:refs/heads/main\t[remote rejected] (failed to update ref)', '', 'race'],
    ['!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)', 'remote: no', 'refused'],
    ['!\tabc:refs/heads/main\t[remote rejected] (protected branch hook declined)', 'remote: error: GH006', 'refused'],
  ])('push: %s', (stdout, stderr, kind) => {
    expect(kindOf(failure(stderr, stdout))).toBe(kind);
  });

  test('what took too long or said too much', () => {
    expect(kindOf(failure('', '', 'timeout'))).toBe('slow');
    expect(kindOf(failure('', '', 'too much'))).toBe('too large');
  });
});

describe('sentences', () => {
  test.each([
    ["fatal: couldn't find remote ref refs/heads/main", [], 'is empty: it has no commit yet'],
    ["fatal: couldn't find remote ref refs/heads/main", ['master', 'dev'], 'has no branch main (it has master, dev)'],
    ["fatal: couldn't find remote ref refs/heads/main", null, 'has no branch main.'],
  ])('%s %j', (stderr, branches, words) => {
    expect(explain(failure(stderr), { ...context, branches })).toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(words),
    });
  });

  test('a refusal gives the words of the hook, without its colours and controls', () => {
    const stderr =
      'remote: \u001b[31merror\u001b[0m: GH006: Protected branch update failed.\nremote: \nremote: Changes must be made\u202E through a pull request.\u0007\nerror: failed to push';
    expect(explain(failure(stderr, '!\t[remote rejected] (protected branch hook declined)'), context)).toMatchObject({
      message:
        'The manifest repository (git.example) refused the push: error: GH006: Protected branch update failed. Changes must be made through a pull request. Nothing was changed.',
    });
  });

  test('a refusal without words gives what stands in brackets', () => {
    expect(explain(failure('', '!\ta:b\t[remote rejected] (hook declined)'), context)).toMatchObject({
      message: expect.stringContaining('refused the push: hook declined. Nothing'),
    });
  });

  test('words without end are cut', () => {
    const error = explain(failure(`remote: ${'x'.repeat(9000)}`, '[remote rejected]'), context) as Error;
    expect(error.message.length).toBeLessThan(450);
  });

  test('what is no failure of git stays as it is', () => {
    const error = new Error('x');
    expect(explain(error, context)).toBe(error);
  });
});
