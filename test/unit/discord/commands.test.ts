// Commands as Discord is told of them.
import { describe, expect, test } from '@jest/globals';
import { type CommandDefinition, commandBodies, difference, sameCommands } from '../../../src/discord/commands.ts';
import { objectionTo } from './spec.ts';

const option = { description: 'd', type: 'string', required: false } as const;
const nodes: CommandDefinition = {
  name: 'nodes',
  summary: 'The nodes of the cluster',
  options: [
    { ...option, name: 'filter', autocomplete: true },
    { ...option, name: 'node', required: true },
    { ...option, name: 'kind', choices: [{ name: 'All', value: 'all' }] },
  ],
};
const helm: CommandDefinition = {
  name: 'helm',
  summary: 'Releases',
  options: [],
  subcommands: [
    { name: 'list', summary: 'All', options: [] },
    { name: 'status', summary: 'One', options: [{ ...option, name: 'release', required: true }] },
  ],
};

describe('a definition', () => {
  test('becomes what Discord takes, required options first', () => {
    const bodies = commandBodies([nodes, helm]);
    expect(bodies[0]?.options).toEqual([
      { type: 3, name: 'node', description: 'd', required: true },
      { type: 3, name: 'filter', description: 'd', autocomplete: true },
      { type: 3, name: 'kind', description: 'd', choices: [{ name: 'All', value: 'all' }] },
    ]);
    expect(bodies[1]?.options.map(({ type, name }) => [type, name])).toEqual([
      [1, 'list'],
      [1, 'status'],
    ]);
    for (const body of bodies) expect(objectionTo(body, 'ApplicationCommandUpdateRequestSchema')).toBeNull();
  });

  test.each([
    ['a name in capitals', { ...nodes, name: 'Nodes' }],
    ['a name with a blank', { ...nodes, name: 'no des' }],
    ['a long summary', { ...nodes, summary: 'x'.repeat(101) }],
    ['no summary', { ...nodes, summary: '' }],
    ['too many options', { ...nodes, options: Array.from({ length: 26 }, (_, n) => ({ ...option, name: `o${n}` })) }],
  ])('with %s is refused by name', (_what, definition) => {
    expect(() => commandBodies([definition])).toThrow(/nodes|no des/i);
  });
});

describe('what Discord has', () => {
  const bodies = commandBodies([nodes, helm]);
  /** As Discord gives it back: in its own order, with ids and what it fills in. */
  const stored = bodies.toReversed().map((body) => ({
    ...body,
    id: '1',
    version: '2',
    default_member_permissions: null,
    dm_permission: true,
    contexts: null,
    nsfw: false,
    options: body.options.map((one) => ({
      ...one,
      required: one.required ?? false,
      autocomplete: one.autocomplete ?? false,
    })),
  }));

  test('is the same but for what it fills in by itself', () => {
    expect(sameCommands(stored, bodies)).toBe(true);
  });

  test.each([
    ['a summary', stored.map((one) => ({ ...one, description: 'other' }))],
    ['a permission that somebody set', stored.map((one) => ({ ...one, default_member_permissions: '0' }))],
    ['a command too many', [...stored, { name: 'old', description: 'x', type: 1 }]],
    ['a command too few', stored.slice(1)],
    ['an option', stored.map((one) => ({ ...one, options: one.options.slice(1) }))],
    [
      'autocomplete',
      stored.map((one) => ({ ...one, options: one.options.map((each) => ({ ...each, autocomplete: false })) })),
    ],
  ])('differs by %s', (_what, other) => {
    expect(sameCommands(other, bodies)).toBe(false);
  });

  test('is compared by name: what is missing, what is other than it should be, what nobody knows', () => {
    const status: CommandDefinition = { name: 'status', summary: 'What runs', options: [] };
    const [first, ...others] = stored;
    const registered = [
      ...(first === undefined ? [] : [first]),
      ...others.map((one) => ({ ...one, description: 'older words' })),
      { name: 'ping', description: 'p', type: 1 },
    ];
    expect(difference(registered, commandBodies([nodes, helm, status]))).toEqual({
      missing: ['status'],
      differing: ['nodes'],
      other: ['ping'],
    });
    expect(difference(stored, bodies)).toEqual({ missing: [], differing: [], other: [] });
  });
});
