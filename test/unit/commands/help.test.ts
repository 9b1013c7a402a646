// /help is short: a line a command, and which of them the person may run.
import { expect, test } from '@jest/globals';
import { help } from '../../../commands/help.ts';
import { commands } from '../../../commands/index.ts';
import { answersOf, contextOf, roles, wordsOf } from './context.ts';

const some = contextOf([roles.viewer], { viewer: [roles.viewer] });
const listed = [
  { name: 'nodes', summary: 'Shows nodes', level: 'viewer', allowed: true },
  { name: 'drain', summary: 'Empties a node', level: 'admin', allowed: false },
  { name: 'help', summary: 'Helps', level: 'everyone', allowed: true },
] as const;

test('each command has its line, with its level, marked where the person may run it', async () => {
  const [answer] = await answersOf(help, { ...some, commands: listed }, {});
  if (answer === undefined || 'pages' in answer) throw new Error('No message');
  expect(answer.headline).toBe('You may run 2 of 3 commands.');
  expect(answer.text?.map(wordsOf).map((line) => line.replaceAll('\n', ''))).toEqual([
    '✅ /nodes Shows nodes (viewer)',
    '🔒 /drain Empties a node (needs admin)',
    '✅ /help Helps (everyone)',
  ]);
  expect(answer.footer).toContain('/whoami');
});

test('it lists every command there is', async () => {
  const text = wordsOf(await answersOf(help, some, {}));
  for (const { name } of commands) expect(text).toContain(`/${name}`);
});
