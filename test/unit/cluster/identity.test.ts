// Whom Kubernetes sees: three headers, in every way in which the library sends something.
import type { RequestOptions } from 'node:https';
import { describe, expect, test } from '@jest/globals';
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { ImpersonatingConfig, impersonation } from '../../../src/cluster/identity.ts';

const vera = { level: 'viewer', discordUser: '123456789012345678 vera' } as const;

const own = new KubeConfig();
own.loadFromOptions({
  clusters: [{ name: 'c', server: 'https://127.0.0.1:1', skipTLSVerify: true }],
  users: [{ name: 'u', token: 'abc' }],
  contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
  currentContext: 'x',
});

const headers = {
  'Impersonate-User': 'homelab-bot:viewer',
  'Impersonate-Group': 'homelab-bot:viewer',
  'Impersonate-Extra-Discord-User': '123456789012345678 vera',
};

describe('the headers', () => {
  test('name level and person', () => {
    expect(impersonation(vera)).toEqual(headers);
    expect(impersonation({ level: 'admin', discordUser: 'homelab-bot' })).toEqual({
      'Impersonate-User': 'homelab-bot:admin',
      'Impersonate-Group': 'homelab-bot:admin',
      'Impersonate-Extra-Discord-User': 'homelab-bot',
    });
  });

  test.each([
    ['Jörg.K_1-x', 'J%C3%B6rg.K_1-x'.replace('J', '%4A').replace('K', '%4B')],
    ['a b\r\nImpersonate-Group: system:masters', 'a%20b%0D%0A%49mpersonate-%47roup%3A%20system%3Amasters'],
    ['%41', '%2541'],
    ['🎉', '%F0%9F%8E%89'],
    ['\uD800', '%EF%BF%BD'],
  ])('hold %j as %s', (username, encoded) => {
    const sent = impersonation({ level: 'viewer', discordUser: `123456789012345678 ${username}` });
    expect(sent['Impersonate-Extra-Discord-User']).toBe(`123456789012345678 ${encoded}`);
  });

  test.each(['', 'vera', ' vera', '1\r\n vera', '12345 ', 'homelab-bot\n'])('are never made for %j', (discordUser) => {
    expect(() => impersonation({ level: 'viewer', discordUser })).toThrow('does not name a Discord user');
  });
});

describe("they go out beside the bot's own credentials", () => {
  const config = new ImpersonatingConfig(own, vera);

  test('with what goes over node:https', async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    expect(options.headers).toEqual({ Authorization: 'Bearer abc', ...headers });
  });

  test('with API calls and watches', async () => {
    const context = new RequestContext('https://127.0.0.1:1/', HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    expect(context.getHeaders()).toEqual({ Authorization: 'Bearer abc', ...headers });
    await context.getDispatcher()?.close();
  });

  test('and leave nothing behind in what the bot sends as itself', async () => {
    const options: RequestOptions = {};
    await own.applyToHTTPSOptions(options);
    expect(options.headers).toEqual({ Authorization: 'Bearer abc' });
  });
});
