import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { Secret } from '../../../src/lib/secret.ts';
import { saysSecret } from '../../../src/lib/secret-names.ts';

test('a secret shows itself only when it is asked to', () => {
  const secret = new Secret('hunter2');
  expect(secret.reveal()).toBe('hunter2');
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true, customInspect: false }),
    Object.entries(secret).join(),
    JSON.stringify(structuredClone(secret)),
  ];
  expect(shown.join()).not.toContain('hunter2');
  expect(shown.slice(0, 4)).toEqual(['[redacted]', '[redacted]', '{"secret":"[redacted]"}', '{ secret: [redacted] }']);
});

test.each([
  'password',
  'DB_PASSWORD',
  'dbPassword',
  'DBPassword',
  'api-key',
  'APIKey',
  'x-api-key',
  'accessToken',
  'token',
  'AUTH_TOKEN_2',
  'privateKey',
  'MYSQL_PWD',
  'client.secret',
  'kubeconfigCredentials',
])('the name %s says that its value is secret', (name) => expect(saysSecret(name)).toBe(true));

test.each([
  'key',
  'name',
  'PWD',
  'pass',
  'tokenType',
  'secretName',
  'SECRET_NAME',
  'passwordFile',
  'secretKeyRef',
  'tokens_total',
  'passwordPolicy',
  'primaryKey',
  'keyboard',
  'author',
  'secretary',
  'bypass',
  '',
  '___',
  '42',
])('the name %j does not', (name) => expect(saysSecret(name)).toBe(false));

test('a name of any length is judged, and many names are', () => {
  expect(saysSecret(`${'x'.repeat(1_000_000)}_PASSWORD`)).toBe(true);
  for (let i = 0; i < 10_000; i += 1) saysSecret(`name${i}x`);
  expect(saysSecret('password')).toBe(true);
});
