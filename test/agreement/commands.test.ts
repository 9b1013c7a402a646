// The commands as they are, beside the contract's table, the README's, and what Discord takes.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { commands } from '../../commands/index.ts';
import { commandBodies } from '../../src/discord/commands.ts';
import { definitionsOf } from '../../src/dispatch/definitions.ts';

/** Section 5 of the contract, for the commands built so far; `*` marks a required option. */
const contract = [
  ['nodes', 'node', 'viewer'],
  ['status', 'app', 'viewer'],
  ['alerts', 'severity, filter', 'viewer'],
  ['history', 'app', 'viewer'],
  ['whoami', '', 'everyone'],
  ['help', '', 'everyone'],
  ['audit', 'person, action, since', 'operator'],
  ['deploy', 'sha*, app, reason', 'operator'],
  ['rollback', 'app, to, reason', 'operator'],
  ['silence', 'alert*, for*, reason', 'operator'],
];

test('names, options and levels are the contract, in its order', () => {
  const built = commands.map(({ name, options, level }) => {
    const list = Object.entries(options).map(([option, { required }]) => (required ? `${option}*` : option));
    return [name, list.join(', '), level];
  });
  expect(built).toEqual(contract);
});

test('the README lists the commands as they are', () => {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, after = ''] = text.split('<!-- commands -->\n');
  const [table = '', ...rest] = after.split('<!-- /commands -->');
  expect(rest).toHaveLength(1);
  const rows = commands.map(({ name, summary, level, options }) => {
    const list = Object.entries(options).map(([option, { required }]) => `\`${option}\`${required ? '*' : ''}`);
    return `| \`/${name}\` | ${list.join(', ')} | ${level} | ${summary} |`;
  });
  expect(table.trim()).toBe(['| command | options | level | what it does |', '|---|---|---|---|', ...rows].join('\n'));
});

// https://docs.discord.com/developers/interactions/application-commands
describe('Discord takes them', () => {
  const definitions = definitionsOf(commands);

  test('each has a name of its own, in lower case, of 1 to 32 characters', () => {
    const names = definitions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThanOrEqual(100);
    for (const name of [...names, ...definitions.flatMap(({ options }) => options.map((option) => option.name))]) {
      expect(name).toMatch(/^[-_\p{Ll}\p{N}]{1,32}$/u);
    }
  });

  test.each(definitions)('/$name has descriptions of 1 to 100 characters, and 8,000 in all', (definition) => {
    const { name, summary, options } = definition;
    const descriptions = [summary, ...options.map(({ description }) => description)];
    for (const description of descriptions) {
      expect(description.length).toBeGreaterThan(0);
      expect(description.length).toBeLessThanOrEqual(100);
    }
    const choices = options.flatMap((option) => option.choices ?? []).flatMap((choice) => [choice.name, choice.value]);
    const all = [name, ...descriptions, ...options.map((option) => option.name), ...choices];
    expect(all.join('').length).toBeLessThanOrEqual(8000);
  });

  test.each(definitions)(
    '/$name has at most 25 options and choices, and suggestions or choices, not both',
    ({ options }) => {
      expect(options.length).toBeLessThanOrEqual(25);
      for (const { choices, autocomplete } of options) {
        expect(choices?.length ?? 0).toBeLessThanOrEqual(25);
        expect(choices !== undefined && autocomplete).toBe(false);
      }
    },
  );

  test('the discord room makes bodies of them', () => {
    expect(commandBodies(definitions).map(({ name }) => name)).toEqual(commands.map(({ name }) => name));
  });
});
