// What a person did, read from Discord's event.
import { describe, expect, test } from '@jest/globals';
import { choicesOf } from '../../../src/discord/answering.ts';
import { completesNumber, invocationOf } from '../../../src/discord/invocations.ts';
import { Interaction } from '../../../src/discord/schema.ts';

const event = {
  id: '1300000000000000000',
  application_id: '112233445566778850',
  type: 2,
  token: 'secret-of-the-interaction',
  version: 1,
  guild_id: '112233445566778800',
  channel_id: '112233445566778812',
  member: {
    user: { id: '112233445566778821', username: 'vera', global_name: 'Vera' },
    roles: ['112233445566778801'],
    permissions: '0',
  },
  data: { id: '9', name: 'helm', type: 1 },
};
const read = (changes: object) => invocationOf(Interaction.parse({ ...event, ...changes }));

describe('an event', () => {
  test('of a subcommand names it, and its options', () => {
    const options = [{ type: 1, name: 'status', options: [{ type: 3, name: 'release', value: 'shop' }] }];
    expect(read({ data: { ...event.data, options } })).toMatchObject({
      kind: 'command',
      command: 'helm',
      subcommand: 'status',
      options: { release: 'shop' },
    });
  });

  test('of a subcommand in a group names both', () => {
    const inner = { type: 1, name: 'set', options: [{ type: 5, name: 'on', value: true }] };
    const options = [{ type: 2, name: 'flags', options: [inner] }];
    expect(read({ data: { ...event.data, options } })).toMatchObject({
      subcommand: 'flags set',
      options: { on: true },
    });
  });

  test('outside a guild names a person without roles', () => {
    const alone = { guild_id: undefined, member: undefined, user: event.member.user };
    expect(read(alone)).toMatchObject({
      guildId: null,
      person: { id: '112233445566778821', username: 'vera', roles: [] },
    });
  });

  test('of a button says what its id says', () => {
    const pressed = (customId: string) =>
      read({ type: 3, message: { id: '1300000000000000001' }, data: { custom_id: customId, component_type: 2 } });
    expect(pressed('page:answer-1:2')).toMatchObject({
      action: 'page',
      subject: 'answer-1:2',
      messageId: '1300000000000000001',
    });
    expect(pressed('old')).toMatchObject({ action: 'old', subject: '' });
  });

  test('of a select says what was picked, and of a modal what was written', () => {
    const message = { id: '1' };
    expect(read({ type: 3, message, data: { custom_id: 'x:y', component_type: 3, values: ['a'] } })).toMatchObject({
      kind: 'press',
      action: 'x',
      subject: 'y',
      values: ['a'],
    });
    const components = [{ type: 18, id: 1, component: { type: 4, custom_id: 'for', value: '4h' } }];
    expect(read({ type: 5, message, data: { custom_id: 'x:y', components } })).toMatchObject({
      kind: 'press',
      action: 'x',
      fields: { for: '4h' },
    });
  });

  test.each([
    [
      'a select of people',
      { type: 3, message: { id: '1' }, data: { custom_id: 'x:y', component_type: 5, values: ['a'] } },
    ],
    ['a modal that no message opened', { type: 5, data: { custom_id: 'x:y', components: [] } }],
    ['a command of a message', { data: { id: '9', name: 'Quote', type: 3, target_id: '1' } }],
    ['a ping', { type: 1, data: undefined }],
    ['a completion without focus', { type: 4, data: { ...event.data, options: [] } }],
    ['nobody', { member: undefined }],
  ])('of %s is none of ours', (_what, changes) => {
    expect(read(changes)).toBeNull();
  });

  test('with a property named like one of every object is but data', () => {
    const options = [{ type: 3, name: '__proto__', value: 'x' }];
    const invocation = read({ data: { ...event.data, options } });
    expect(invocation?.kind === 'command' && Object.keys(invocation.options)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('of a number in focus says so', () => {
    const focused = (type: number) =>
      Interaction.parse({
        ...event,
        type: 4,
        data: { ...event.data, options: [{ type, name: 'n', value: '1', focused: true }] },
      });
    expect(completesNumber(focused(4))).toBe(true);
    expect(completesNumber(focused(3))).toBe(false);
  });
});

describe('choices', () => {
  const same = (text: string): string => text;

  test('are at most 25, each named once, within their lengths', () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ name: `node ${n % 30}`, value: `v${n}` }));
    expect(choicesOf(many, false, same)).toHaveLength(25);
    const [long] = choicesOf([{ name: 'n'.repeat(150), value: 'x' }], false, same);
    expect(long?.name).toHaveLength(100);
  });

  test('that Discord would refuse are left out', () => {
    const bad = [
      { name: '\u200b', value: 'x' },
      { name: 'empty', value: '' },
      { name: 'long', value: 'x'.repeat(101) },
      { name: 'good', value: 'x' },
    ];
    expect(choicesOf(bad, false, same)).toEqual([{ name: 'good', value: 'x' }]);
    expect(
      choicesOf(
        [
          { name: 'a', value: 'b' },
          { name: 'c', value: '3' },
        ],
        true,
        same,
      ),
    ).toEqual([{ name: 'c', value: 3 }]);
  });
});
