// /whoami says who someone is taken for, where that comes from, and what to do where it is nothing.
import { expect, test } from '@jest/globals';
import { whoami } from '../../../commands/whoami.ts';
import { answersOf, contextOf, guild, roles, wordsOf } from './context.ts';

const access = { viewer: [roles.viewer], operator: [roles.operator] };
const answer = async (...context: Parameters<typeof contextOf>) =>
  wordsOf(await answersOf(whoami, contextOf(...context), {}));

test('a level comes with the roles that give it, and with whom Kubernetes sees', async () => {
  const text = await answer([roles.viewer, roles.operator, '200000000000000009'], access);
  expect(text).toContain('vera has the level operator here.');
  expect(text).toMatch(
    new RegExp(`operator, from ${roles.operator} \\(operator\\), ${roles.viewer} \\(viewer\\)`, 'u'),
  );
  expect(text).toContain('user homelab-bot:operator, group homelab-bot:operator');
  expect(text).toContain('discord-user=300000000000000001 vera');
  expect(text).toContain('/whoami');
  expect(text).not.toContain('200000000000000009');
});

test('a level that everyone has is said to come from being here', async () => {
  expect(await answer([], { viewer: [guild] })).toContain('viewer, from being in this server (viewer)');
});

test('without a level it says how one is given, names the roles to list, and that Kubernetes sees nobody', async () => {
  const text = await answer(['200000000000000009'], access);
  expect(text).toContain('vera has no level here.');
  expect(text).toContain('None of your roles gives one. Whoever runs the bot lists a role id under access');
  expect(text).toContain('Your roles: 200000000000000009');
  expect(text).toContain('nobody: without a level nothing is asked of it');
});

test('where nobody has a level yet it says so', async () => {
  expect(await answer([])).toContain('Nobody has been given a level yet.');
});

test.each([
  ['Vera#1', 'Vera#1 has no', '%56era%231'],
  ['vé ra', 'vé ra has no', 'v%C3%A9%20ra'],
])(
  'a username outside a-z0-9._- (%s) is shown as it is, and as Kubernetes has it',
  async (username, shown, encoded) => {
    const person = { id: '1', username, roles: [roles.viewer] };
    const nobody = contextOf([]);
    expect(wordsOf(await answersOf(whoami, { ...nobody, person }, {}))).toContain(shown);
    const somebody = contextOf([roles.viewer], access);
    const identity = { level: 'viewer', discordUser: `1 ${username}` } as const;
    expect(wordsOf(await answersOf(whoami, { ...somebody, person, identity }, {}))).toContain(
      `discord-user=1 ${encoded}`,
    );
  },
);
