// What people type, through a command's schemas.
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { command } from '../../../src/dispatch/command.ts';
import { parseOptions } from '../../../src/dispatch/options.ts';

const scale = command({
  name: 'scale',
  summary: 'Scales',
  level: 'operator',
  options: {
    app: {
      type: 'string',
      description: 'Name of an app',
      required: false,
      schema: z.string().regex(/^[a-z]+$/u, 'This is no name of an app'),
    },
    replicas: {
      type: 'integer',
      description: 'A whole number from 0 to 50',
      required: true,
      schema: z.number().int().min(0, 'It is below 0').max(50, 'It is above 50'),
    },
    speed: {
      type: 'string',
      description: 'How fast',
      required: false,
      schema: z.string(),
      choices: [
        { name: 'slowly', value: 'slow' },
        { name: 'at once', value: 'fast' },
      ],
    },
  },
  async *run() {},
});

describe('options', () => {
  test('come out as the schemas make them; what was not given is undefined', () => {
    expect(parseOptions(scale, { replicas: 3, app: 'shop' })).toEqual({
      kind: 'valid',
      values: { app: 'shop', replicas: 3, speed: undefined },
    });
  });

  test('every problem is named at once, each with what would be right', () => {
    expect(parseOptions(scale, { app: '../x', replicas: 99, speed: 'warp', extra: 1 })).toEqual({
      kind: 'invalid',
      problems: [
        { option: 'extra', said: 'There is no such option (any more).' },
        { option: 'app', said: 'This is no name of an app. Expected: Name of an app.' },
        { option: 'replicas', said: 'It is above 50. Expected: A whole number from 0 to 50.' },
        { option: 'speed', said: 'Expected: How fast. One of slow, fast.' },
      ],
    });
  });

  test('a required one that is missing is a problem', () => {
    expect(parseOptions(scale, {})).toEqual({
      kind: 'invalid',
      problems: [{ option: 'replicas', said: 'It is required. Expected: A whole number from 0 to 50.' }],
    });
  });

  test.each(['__proto__', 'constructor', 'toString'])('a name that every object knows (%s) is no option', (name) => {
    const given = Object.fromEntries([
      ['replicas', 1],
      [name, 'x'],
    ]);
    expect(parseOptions(scale, given)).toMatchObject({ kind: 'invalid', problems: [{ option: name }] });
  });

  test('a value of another kind is a problem, not a crash', () => {
    expect(parseOptions(scale, { replicas: 'three' })).toMatchObject({ kind: 'invalid' });
    expect(parseOptions(scale, { replicas: Number.NaN })).toMatchObject({ kind: 'invalid' });
  });
});
