// Acting as someone else. An account is only ever the requester of one refusal at a time, because the server begins with the mode that last worked for it.
import { beforeAll, expect, test } from '@jest/globals';
import { type Asked, type Client, createClient } from './client.ts';
import { type Connection, failure, namesOf } from './connection.ts';
import { robot, space } from './fixture.ts';

const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

export function impersonationTests(connection: () => Connection): void {
  let account: Client;
  let idle: Client;
  beforeAll(async () => {
    const client = async (name: string) =>
      createClient(connection().endpoint, { token: await connection().token(space, name) });
    account = await client('robot');
    idle = await client('idle');
  });
  const headers = (extra: Readonly<Record<string, string | string[]>>): Asked => ({ headers: extra });
  const viewer = { 'impersonate-user': 'contract:viewer', 'impersonate-group': 'contract:viewer' };
  const seenAs = async (client: Client, given: Readonly<Record<string, string | string[]>>) => {
    const answer = await client.ask(review, { method: 'POST', body: {}, headers: given });
    return (answer.body as { status?: { userInfo?: unknown } }).status?.userInfo ?? answer.text;
  };

  test('a user, a group and an extra, each allowed, are who one is', async () => {
    const given = { ...viewer, 'Impersonate-Extra-Discord-User': ['211222333444555666 ops%C3%A9', 'second'] };
    expect(await seenAs(account, given)).toEqual({
      username: 'contract:viewer',
      groups: ['contract:viewer', 'system:authenticated'],
      extra: { 'discord-user': ['211222333444555666 ops%C3%A9', 'second'] },
    });
    expect(namesOf(await account.ask('/api/v1/nodes', headers(given)))).toContain('desktop-1');
  });

  test('what the impersonated may not is refused in their name', async () => {
    const answer = await account.ask('/api/v1/pods', headers(viewer));
    const said =
      'pods is forbidden: User "contract:viewer" cannot list resource "pods" in API group "" at the cluster scope';
    expect(answer.text).toBe(failure(403, said, 'Forbidden', { kind: 'pods' }));
  });

  const kinds: [
    what: string,
    given: Record<string, string>,
    of: string,
    resource: string,
    group: string,
    details: object,
  ][] = [
    [
      'a user',
      { 'impersonate-user': 'contract:admin' },
      'users "contract:admin"',
      'users',
      '',
      { name: 'contract:admin', kind: 'users' },
    ],
    [
      'a user whose name could be markup',
      { 'impersonate-user': '<b>"x' },
      'users "<b>\\"x"',
      'users',
      '',
      { name: '<b>"x', kind: 'users' },
    ],
    [
      'a group',
      { ...viewer, 'impersonate-group': 'system:masters' },
      'groups "system:masters"',
      'groups',
      '',
      { name: 'system:masters', kind: 'groups' },
    ],
    [
      'an extra',
      { ...viewer, 'impersonate-extra-foo': 'x' },
      'userextras.authentication.k8s.io "x"',
      'userextras/foo',
      'authentication.k8s.io',
      { name: 'x', group: 'authentication.k8s.io', kind: 'userextras' },
    ],
    [
      'a percent-encoded extra',
      { ...viewer, 'impersonate-extra-acme.test%2Ffoo': 'x' },
      'userextras.authentication.k8s.io "x"',
      'userextras/acme.test/foo',
      'authentication.k8s.io',
      { name: 'x', group: 'authentication.k8s.io', kind: 'userextras' },
    ],
    [
      'a uid',
      { ...viewer, 'impersonate-uid': '17' },
      'uids.authentication.k8s.io "17"',
      'uids',
      'authentication.k8s.io',
      { name: '17', group: 'authentication.k8s.io', kind: 'uids' },
    ],
  ];
  test.each(kinds)('%s that one may not be is refused', async (_what, given, of, resource, group, details) => {
    // One that works, so that the refusal is about the verb `impersonate`.
    await account.ask('/version', headers(viewer));
    const answer = await account.ask('/api/v1/nodes', headers(given));
    const said = `${of} is forbidden: User "${robot.user}" cannot impersonate resource "${resource}" in API group "${group}" at the cluster scope`;
    expect([answer.status, answer.text]).toEqual([403, failure(403, said, 'Forbidden', details)]);
  });

  test('a service account that one may not be is refused by its namespace', async () => {
    await account.ask('/version', headers(viewer));
    const answer = await account.ask(
      '/api/v1/nodes',
      headers({ 'impersonate-user': `system:serviceaccount:${space}:idle` }),
    );
    const said = `serviceaccounts "idle" is forbidden: User "${robot.user}" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "${space}"`;
    expect(answer.text).toBe(failure(403, said, 'Forbidden', { name: 'idle', kind: 'serviceaccounts' }));
  });

  test.each([
    ['user-info', { 'impersonate-user': 'contract:viewer' }],
    ['serviceaccount', { 'impersonate-user': `system:serviceaccount:${space}:robot` }],
    ['arbitrary-node', { 'impersonate-user': 'system:node:desktop-1' }],
  ])('who never impersonated is told of the constrained mode first: %s', async (mode, given) => {
    const answer = await idle.ask('/api/v1/nodes', headers(given));
    const user = `system:serviceaccount:${space}:idle`;
    const said = `nodes is forbidden: User "${user}" cannot impersonate-on:${mode}:list resource "nodes" in API group "" at the cluster scope`;
    expect(answer.text).toBe(failure(403, said, 'Forbidden', { kind: 'nodes' }));
  });

  test('groups without a user are no request at all', async () => {
    const answer = await account.ask('/api/v1/nodes', headers({ 'impersonate-group': ['x', 'y'] }));
    const said =
      'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"x", "y"}, Extra:map[string][]string(nil)} without impersonating a user name';
    expect(answer.text).toBe(failure(400, said, 'BadRequest'));
  });

  test.each([
    // Once a requester has used the old verb it is tried first, and it knows no groups of nodes: so this comes before.
    [
      { 'impersonate-user': 'system:node:n' },
      { username: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] },
    ],
    [{ 'impersonate-user': 'x' }, { username: 'x', groups: ['system:authenticated'] }],
    [
      { 'impersonate-user': 'x', 'impersonate-group': ['a', 'b'] },
      { username: 'x', groups: ['a', 'b', 'system:authenticated'] },
    ],
    [
      { 'impersonate-user': 'x', 'impersonate-group': 'system:unauthenticated' },
      { username: 'x', groups: ['system:unauthenticated'] },
    ],
    [{ 'impersonate-user': 'system:anonymous' }, { username: 'system:anonymous', groups: ['system:unauthenticated'] }],
    [
      { 'impersonate-user': 'x', 'impersonate-uid': '7', 'impersonate-extra-a%2Fb': 'c' },
      { username: 'x', uid: '7', groups: ['system:authenticated'], extra: { 'a/b': ['c'] } },
    ],
    [
      { 'impersonate-user': 'system:serviceaccount:a:b' },
      {
        username: 'system:serviceaccount:a:b',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
      },
    ],
    [
      { 'impersonate-user': 'system:serviceaccount:a:b', 'impersonate-group': 'c' },
      { username: 'system:serviceaccount:a:b', groups: ['c', 'system:authenticated'] },
    ],
  ])('groups that come by themselves: %j', async (given, expected) => {
    expect(await seenAs(connection().admin, given as Record<string, string | string[]>)).toEqual(expected);
  });
}
