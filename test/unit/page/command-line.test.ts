import { describe, expect, test } from '@jest/globals';
import {
  completionAt,
  fittingCommands,
  givenIn,
  invocationIn,
  knownChoices,
  otherValues,
  withCommand,
  withOption,
  withValue,
} from '../../../sandbox/page/web/command-line.ts';
import type { PageCommand, PageOption } from '../../../sandbox/page/web/protocol.ts';

function option(name: string, more: Partial<PageOption> = {}): PageOption {
  return { name, description: `the ${name}`, type: 3, required: false, choices: [], autocomplete: false, ...more };
}

const deploy: PageCommand = {
  name: 'deploy',
  description: 'Deploys an image',
  options: [
    option('sha', { required: true, autocomplete: true }),
    option('app', { autocomplete: true }),
    option('reason'),
  ],
};
const nodes: PageCommand = { name: 'nodes', description: 'Shows the nodes', options: [option('node')] };
const helm: PageCommand = { name: 'helm', description: 'Says nothing', options: [] };
const helmList: PageCommand = {
  name: 'helm list',
  description: 'Lists releases',
  options: [
    option('limit', { type: 4 }),
    option('all', { type: 5 }),
    option('sort', { choices: [{ name: 'By age', value: 'age' }] }),
  ],
};
const commands = [deploy, helm, helmList, nodes];

/** `|` is the caret. */
function at(text: string) {
  const caret = text.indexOf('|');
  return completionAt(text.replace('|', ''), caret, commands);
}

describe('what is being typed', () => {
  test('words are words, and a slash begins a command', () => {
    expect(at('hello /deploy|')).toEqual({ kind: 'text' });
    expect(at('/|')).toEqual({ kind: 'command', typed: '' });
    expect(at('/dep|')).toEqual({ kind: 'command', typed: 'dep' });
    expect(at('/deploy|')).toMatchObject({ kind: 'command' });
  });

  test('after a command its options, then their values', () => {
    expect(at('/deploy |')).toMatchObject({ kind: 'option', command: deploy, typed: '', from: 8 });
    expect(at('/deploy re|')).toMatchObject({ kind: 'option', typed: 're', from: 8 });
    expect(at('/deploy sha:|')).toMatchObject({ kind: 'value', option: { name: 'sha' }, typed: '', from: 12, to: 12 });
    expect(at('/deploy sha:b8|1e')).toMatchObject({ kind: 'value', typed: 'b81e', from: 12, to: 16 });
    expect(at('/deploy sha:b81e |')).toMatchObject({ kind: 'option', typed: '' });
    expect(at('/deploy sha:b81e reason:new pri|')).toMatchObject({ option: { name: 'reason' }, typed: 'new pri' });
  });

  test('a word in a value may begin the next option, where one begins like it', () => {
    expect(at('/deploy reason:new ap|')).toMatchObject({ kind: 'option', typed: 'ap' });
    expect(at('/deploy reason:new pr|')).toMatchObject({ kind: 'value', typed: 'new pr' });
  });

  test('a subcommand goes before the command that it belongs to', () => {
    expect(at('/helm list |')).toMatchObject({ kind: 'option', command: helmList });
  });
});

describe('what is offered', () => {
  test('commands that begin so first, then those that speak of it', () => {
    expect(fittingCommands('no', commands).map(({ name }) => name)).toEqual(['nodes', 'helm']);
    expect(fittingCommands('', commands)).toHaveLength(4);
  });

  test('choices that need no bot', () => {
    const names = { 6: ['vera'], 7: ['alerts'], 8: ['viewer'] };
    expect(knownChoices(option('a', { type: 5 }), names)?.map(({ value }) => value)).toEqual(['true', 'false']);
    expect(knownChoices(option('a', { type: 6 }), names)).toEqual([{ name: 'vera', value: 'vera' }]);
    expect(knownChoices(option('a'), names)).toEqual([]);
    expect(knownChoices(option('a', { autocomplete: true }), names)).toBeNull();
  });

  test('a chosen command begins its first required option; options and values stand apart', () => {
    expect(withCommand(deploy)).toBe('/deploy sha:');
    expect(withCommand(nodes)).toBe('/nodes ');
    expect(withOption('/deploy sha:x re', 14, 16, 'reason')).toEqual({ line: '/deploy sha:x reason:', caret: 21 });
    expect(withOption('/deploy sha:x', 13, 13, 'app')).toEqual({ line: '/deploy sha:x app:', caret: 18 });
    expect(withValue('/deploy sha:b8 reason:x', 12, 14, 'b81e')).toEqual({
      line: '/deploy sha:b81e reason:x',
      caret: 17,
    });
  });
});

describe('what is sent', () => {
  test('values with spaces, in any order', () => {
    expect(invocationIn('/deploy reason:new prices: now sha:b81e ', commands)).toEqual({
      ok: true,
      command: deploy,
      options: { reason: 'new prices: now', sha: 'b81e' },
    });
    expect(givenIn('/deploy sha:a sha:b', deploy)).toHaveLength(1);
    expect(otherValues('/deploy sha:a app:shop', deploy, option('sha'))).toEqual({ app: 'shop' });
  });

  test('numbers, truths and choices as what they are', () => {
    expect(invocationIn('/helm list limit:5 all:true sort:By age', commands)).toMatchObject({
      ok: true,
      options: { limit: 5, all: true, sort: 'age' },
    });
  });

  test.each([
    ['/reboot x', 'There is no command /reboot'],
    ['/deploy', '/deploy needs sha'],
    ['/deploy sha: reason:x', '/deploy needs sha'],
    ['/deploy b81e sha:x', '“b81e” belongs to no option'],
    ['/helm list limit:many', 'limit does not take “many”'],
    ['/helm list all:perhaps', 'all does not take “perhaps”'],
  ])('%s is not sent', (line, problem) => {
    const invocation = invocationIn(line, commands);
    expect(invocation).toMatchObject({ ok: false });
    expect(invocation.ok ? '' : invocation.problem).toContain(problem);
  });
});
