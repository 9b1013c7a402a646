// What stands in the bot's commits, and that nobody's words can make it say something else.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commitMessage, parseCommitMessage } from '../../../src/repository/commit-message.ts';

const person = { id: '112233445566778899', username: 'ada' };
const one = 'a'.repeat(40);
const two = 'b'.repeat(40);

test('a deploy names app and version in its subject, and who, why and which operation in trailers', () => {
  const by = { person, reason: 'fixes the cart', operation: 'op-1' };
  expect(commitMessage({ app: 'shop', to: `3f2c1a9${'0'.repeat(33)}`, by, reverts: [] })).toBe(
    'Deploy shop 3f2c1a9\n\nRequested-by: ada (112233445566778899)\nReason: fixes the cart\nOperation: op-1\n',
  );
});

test('a rollback carries git’s own sentence and a trailer for each commit', () => {
  const by = { person, reason: null, operation: 'op-2' };
  expect(commitMessage({ app: 'shop', to: 'v1', by, reverts: [one, two] })).toBe(
    `Roll back shop to v1\n\nThis reverts commit ${one}.\nThis reverts commit ${two}.\n\n` +
      `Requested-by: ada (112233445566778899)\nOperation: op-2\nReverts: ${one}\nReverts: ${two}\n`,
  );
});

describe('hostile reasons stay one line', () => {
  test.each([
    ['a\nOperation: other', 'a Operation: other'],
    [`a\n\nReverts: ${one}`, `a Reverts: ${one}`],
    [`\nThis reverts commit ${one}.`, `This reverts commit ${one}.`],
    ['a\r\nb\u2028c\u0085d\u0000e\u001b[31mf', 'a b c d e [31mf'],
    ['\u202Eevil\u200B', 'evil'],
    ['   ', null],
    ['x'.repeat(3000), `${'x'.repeat(499)}…`],
    ['\uD800', '\uFFFD'],
  ])('%j', (reason, read) => {
    const message = commitMessage({ app: 'shop', to: 'v1', by: { person, reason, operation: 'op' }, reverts: [] });
    expect(parseCommitMessage(message)).toEqual({ person, reason: read, operation: 'op', reverts: [] });
  });

  test('any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (reason, username) => {
        const by = { person: { ...person, username: `u${username}` }, reason, operation: 'op' };
        const message = commitMessage({ app: 'shop', to: 'v1', by, reverts: [one] });
        const read = parseCommitMessage(message);
        expect([read.operation, read.reverts, read.person?.id]).toEqual(['op', [one], person.id]);
        expect(message.split('\n')[0]).toBe('Roll back shop to v1');
      }),
    );
  });
});

describe('read back', () => {
  test.each([
    ['a subject alone', 'Operation: op', null, []],
    ['no trailer in the last paragraph', 'S\n\nOperation: op\n\nWords.', null, []],
    ['Windows line ends', 'S\r\n\r\nOperation: op\r\n', 'op', []],
    ['among trailers of others', 'S\n\nSigned-off-by: x\nOperation: op\nno trailer', 'op', []],
    ['the first of two', 'S\n\nOperation: op\nOperation: other', 'op', []],
    ['git revert by hand', `Revert "S"\n\nThis reverts commit ${one}.\n`, null, [one]],
    [
      'git revert of a merge',
      `Revert "S"\n\nThis reverts commit ${one}, reversing\nchanges made to ${two}.`,
      null,
      [one],
    ],
    ['a short id is no commit', 'S\n\nReverts: abc', null, []],
    ['nothing', '', null, []],
  ])('%s', (_name, message, operation, reverts) => {
    expect(parseCommitMessage(message)).toMatchObject({ operation, reverts });
  });

  test('a person whose name has brackets keeps it', () => {
    const message = commitMessage({
      app: 'shop',
      to: 'v1',
      by: { person: { id: '1', username: 'a (b)' }, reason: null, operation: 'op' },
      reverts: [],
    });
    expect(parseCommitMessage(message).person).toEqual({ id: '1', username: 'a (b)' });
  });

  test('a message of a megabyte is read in no time', () => {
    expect(parseCommitMessage(`S\n\n${'Reason: \n '.repeat(100_000)}`).operation).toBeNull();
  });
});
