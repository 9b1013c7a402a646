import { expect, test } from '@jest/globals';
import { render } from '../../../src/discord/message.ts';
import { prepare } from '../../../src/discord/prepare.ts';
import { redact } from '../../../src/lib/redact.ts';
import type { Message } from '../../../src/message.ts';

function listed(texts: readonly string[]): Message {
  const items = texts.map((text) => ({ lines: [text], whole: `whole ${text}` }));
  return { headline: 'Many', tone: 'info', title: 'Many', list: { items, noun: 'thing', file: 'things.txt' } };
}

test.each([
  ['items that are blank', Array.from({ length: 201 }, () => '')],
  ['the shortest items', Array.from({ length: 2500 }, () => 'x')],
  ['a few more than are prepared', Array.from({ length: 201 }, (_, index) => `thing ${index} *bold*`)],
  ['as many as are not', Array.from({ length: 200 }, (_, index) => `thing ${index}`)],
  ['items with secrets', Array.from({ length: 250 }, (_, index) => `password=hunter${index} of all`)],
])('a long list is rendered as if it had not been prepared: %s', async (_, texts) => {
  const message = listed(texts);
  expect(render(await prepare(message, { redact }), { redact })).toEqual(render(message, { redact }));
});
