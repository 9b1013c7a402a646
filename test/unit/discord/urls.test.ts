// Which addresses become links.
import { expect, test } from '@jest/globals';
import { linkable } from '../../../src/discord/urls.ts';

const same = (text: string): string => text;

test.each([
  ['https://runbooks.example/shop', 'https://runbooks.example/shop'],
  ['http://10.0.0.1:9090/graph?g0.expr=up', 'http://10.0.0.1:9090/graph?g0.expr=up'],
  ['https://a.example/x_(y)', 'https://a.example/x_(y)'],
  [' https://a.example ', 'https://a.example/'],
])('%s is taken', (address, taken) => {
  expect(linkable(address, 512, same)).toBe(taken);
});

test.each([
  [''],
  ['runbook'],
  ['javascript:alert(1)'],
  ['file:///etc/passwd'],
  ['http://prometheus-operated:9090'],
  ['http://localhost:3000/'],
  ['http://[::1]/x'],
  ['https://.example'],
  ['https://example.'],
  ['https://a..example/'],
  ['https://user:secret@a.example/'],
  ['https://a.example/\u202egnp'],
  ['https://a.example/a b'],
  ['https://a.example/\nb'],
  [`https://a.example/${'x'.repeat(512)}`],
  [`https://a.example/${'é'.repeat(200)}`],
  ['https://'],
])('%j is left out', (address) => {
  expect(linkable(address, 512, same)).toBeNull();
});

test('an address that holds a secret is left out', () => {
  const redact = (text: string): string => text.replace(/token=\w+/, 'token=[redacted]');
  expect(linkable('https://a.example/?token=abc', 512, redact)).toBeNull();
});
