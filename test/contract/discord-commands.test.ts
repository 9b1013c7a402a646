// Application commands in the sandbox's Discord: registered, replaced, and refused beyond Discord's limits.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Discord, startDiscord } from '../../sandbox/discord/discord.ts';
import { call, formErrors } from './discord-calls.ts';

let discord: Discord;

beforeAll(async () => {
  discord = await startDiscord({ rateLimits: 'off' });
});
beforeEach(() => discord.reset());
afterAll(() => discord.stop());

const base = () => `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`;
const put = (body: unknown) => call(discord, 'PUT', base(), { body });
const nodes = (changes = {}) => ({ name: 'nodes', description: 'The nodes', ...changes });
const option = (changes = {}) => ({ type: 3, name: 'node', description: 'Only this one', ...changes });
const many = (count: number) => Array.from({ length: count }, (_, index) => option({ name: `o${index}` }));

describe('a bulk overwrite', () => {
  test('replaces everything, and keeps the ids of names that stay', async () => {
    const first = await put([nodes(), nodes({ name: 'pods' })]);
    const second = await put([nodes({ description: 'Changed' })]);
    expect(second.body).toHaveLength(1);
    expect(second.body[0].id).toBe(first.body[0].id);
    expect(second.body[0].version).not.toBe(first.body[0].version);
    expect(discord.commands).toEqual(['nodes']);
  });

  test('answers as Discord keeps it: what is false or empty is left out', async () => {
    await put([nodes({ options: [option({ required: false, autocomplete: false, choices: [] })] })]);
    const { body } = await call(discord, 'GET', base());
    expect(body[0]).toMatchObject({
      type: 1,
      nsfw: false,
      default_member_permissions: null,
      guild_id: discord.guildId,
    });
    expect(body[0].options).toEqual([{ type: 3, name: 'node', description: 'Only this one' }]);
    expect('name_localizations' in body[0]).toBe(false);
  });

  test.each<[string, unknown, string]>([
    ['a name with capitals', nodes({ name: 'Nodes' }), '0.name: APPLICATION_COMMAND_INVALID_NAME'],
    ['a name with a space', nodes({ name: 'my nodes' }), '0.name: APPLICATION_COMMAND_INVALID_NAME'],
    ['a name over 32', nodes({ name: 'x'.repeat(33) }), '0.name: BASE_TYPE_BAD_LENGTH'],
    ['no description', nodes({ description: undefined }), '0.description: BASE_TYPE_REQUIRED'],
    ['a description over 100', nodes({ description: 'x'.repeat(101) }), '0.description: BASE_TYPE_BAD_LENGTH'],
    ['26 options', nodes({ options: many(26) }), '0.options: BASE_TYPE_MAX_LENGTH'],
    [
      'the same option twice',
      nodes({ options: [option(), option()] }),
      '0.options.1.name: APPLICATION_COMMAND_OPTIONS_NAME_INVALID',
    ],
    [
      'a required option after an optional one',
      nodes({ options: [option(), option({ name: 'b', required: true })] }),
      '0.options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
    ],
    [
      '26 choices',
      nodes({ options: [option({ choices: Array.from({ length: 26 }, () => ({ name: 'a', value: 'a' })) })] }),
      '0.options.0.choices: BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a choice over 100',
      nodes({ options: [option({ choices: [{ name: 'a', value: 'x'.repeat(101) }] })] }),
      '0.options.0.choices.0.value: BASE_TYPE_BAD_LENGTH',
    ],
    [
      'choices beside autocomplete',
      nodes({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }),
      '0.options.0.autocomplete: APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES_MUTUALLY_EXCLUSIVE',
    ],
    [
      'a subcommand beside an option',
      nodes({ options: [option(), { type: 1, name: 'list', description: 'x' }] }),
      '0.options: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
    ],
    [
      'over 8,000 characters',
      nodes({
        options: many(25).map((one) => ({
          ...one,
          description: 'x'.repeat(100),
          choices: Array.from({ length: 4 }, (_, i) => ({ name: 'n'.repeat(60), value: `${i}` })),
        })),
      }),
      '0: APPLICATION_COMMAND_TOO_LARGE',
    ],
    [
      'permissions that are no number',
      nodes({ default_member_permissions: 'admin' }),
      '0.default_member_permissions: NUMBER_TYPE_COERCE',
    ],
  ])('refuses %s', async (_, body, error) => {
    const reply = await put([body]);
    expect(reply.status).toBe(400);
    expect(formErrors(reply)).toContain(error);
    expect(discord.commands).toEqual([]);
  });

  test('refuses the same name twice, and 101 commands', async () => {
    expect(formErrors(await put([nodes(), nodes()]))).toEqual(['1: APPLICATION_COMMANDS_DUPLICATE_NAME']);
    const all = Array.from({ length: 101 }, (_, index) => nodes({ name: `c${index}` }));
    expect((await put(all)).body.code).toBe(30032);
    expect((await put(all.slice(1))).status).toBe(200);
  });
});

test("another application's commands are refused, and another guild's", async () => {
  expect(
    (await call(discord, 'PUT', `/applications/11/guilds/${discord.guildId}/commands`, { body: [] })).body.code,
  ).toBe(20012);
  expect(
    (await call(discord, 'PUT', `/applications/${discord.applicationId}/guilds/11/commands`, { body: [] })).body.code,
  ).toBe(50001);
});

test('a command is created, replaced by its name, changed and deleted', async () => {
  const made = await call(discord, 'POST', base(), { body: nodes() });
  const again = await call(discord, 'POST', base(), { body: nodes({ description: 'Again' }) });
  expect([made.status, again.status, again.body.id]).toEqual([201, 200, made.body.id]);
  const one = `${base()}/${made.body.id}`;
  expect((await call(discord, 'PATCH', one, { body: { name: 'pods' } })).body).toMatchObject({
    name: 'pods',
    description: 'Again',
  });
  expect((await call(discord, 'DELETE', one)).status).toBe(204);
  expect((await call(discord, 'GET', one)).body.code).toBe(10063);
});

test('subcommands and groups are typed by their names', async () => {
  const helm = {
    name: 'helm',
    description: 'x',
    options: [{ type: 1, name: 'status', description: 'x', options: [option({ name: 'release', required: true })] }],
  };
  await put([helm]);
  await expect(discord.as('ada').command('helm')).rejects.toThrow('needs one of its subcommands: status');
  await expect(discord.as('ada').command('helm', {}, { subcommand: 'status' })).rejects.toThrow(
    '/helm status needs the option "release"',
  );
});
