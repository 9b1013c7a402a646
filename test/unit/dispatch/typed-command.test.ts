// What a rule's annotation may put behind a button: a command that there is, that reads, as a person would type it.
import { expect, test } from '@jest/globals';
import { commands } from '../../../commands/index.ts';
import { readTyped } from '../../../src/dispatch/typed-command.ts';

const byName = new Map(commands.map((command) => [command.name, command]));

test.each([
  ['/nodes', { command: 'nodes', options: {} }],
  ['/nodes node:desktop-2', { command: 'nodes', options: { node: 'desktop-2' } }],
  [
    '  /alerts filter:two words severity:critical ',
    { command: 'alerts', options: { filter: 'two words', severity: 'critical' } },
  ],
])('%s can be pressed', (text, typed) => {
  expect(readTyped(text, byName)).toEqual(typed);
});

test.each([
  '',
  'nodes',
  '/',
  '/unknown',
  '/nodes nodes:x',
  '/nodes desktop-2',
  '/nodes node:a node:b',
  '/alerts severity:bad',
  '/deploy sha:abc app:shop',
  '/rollback app:shop',
  '/nodes __proto__:x',
  '/nodes constructor:x',
  `/nodes node:${'x'.repeat(5000)}`,
])('"%s" cannot', (text) => {
  expect(readTyped(text, byName)).toBe(null);
});
