import { expect, test } from '@jest/globals';
import { readArguments } from '../../../sandbox/arguments.ts';

test.each([
  [['--prot', '4000'], "Unknown option '--prot'"],
  [['tour'], "Unexpected argument 'tour'"],
  [['--port'], "Option '--port <value>' argument missing"],
  [['--port', 'x'], '--port needs a number up to 65535'],
])('%j: what is wrong is named, before the usage', (args, wrong) => {
  const read = readArguments(args, '/');
  expect(read).toMatchObject({ ok: false, isHelp: false });
  expect(read.ok ? '' : read.said).toMatch(new RegExp(`^${wrong}.*\\.\\n\\nUsage: npm start`));
});

test.each([['--help'], ['-h']])('%s is answered with the usage alone', (asked) => {
  expect(readArguments([asked], '/')).toMatchObject({ ok: false, isHelp: true, said: expect.stringMatching(/^Usage/) });
});
