// Who is let in, what they may, and what they are told when they may not.
import { beforeAll, expect, test } from '@jest/globals';
import { type Client, createClient } from './client.ts';
import { type Connection, failure, namesOf, objectOf } from './connection.ts';
import { robot, space } from './fixture.ts';

export function accessTests(connection: () => Connection): void {
  let account: Client;
  beforeAll(async () => {
    account = createClient(connection().endpoint, { token: await connection().token(space, 'robot') });
  });
  const as = (user: string, ...groups: string[]) => ({
    headers: { 'impersonate-user': user, ...(groups.length > 0 ? { 'impersonate-group': groups } : {}) },
  });

  test('a token that is none is 401', async () => {
    const answer = await createClient(connection().endpoint, { token: 'nonsense' }).ask('/api/v1/nodes');
    expect([answer.status, answer.text]).toEqual([401, failure(401, 'Unauthorized', 'Unauthorized')]);
  });

  test('nobody in particular may see that the server is well, and no more', async () => {
    const nobody = createClient(connection().endpoint, 'none');
    expect((await nobody.ask('/healthz')).text).toBe('ok');
    const said =
      'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope';
    expect((await nobody.ask('/api/v1/nodes')).text).toBe(failure(403, said, 'Forbidden', { kind: 'nodes' }));
  });

  const refusals: [path: string, verb: string, what: string, where: string, details: object][] = [
    ['/api/v1/nodes', 'list', 'nodes', 'at the cluster scope', { kind: 'nodes' }],
    ['/api/v1/nodes?watch=true', 'watch', 'nodes', 'at the cluster scope', { kind: 'nodes' }],
    ['/api/v1/nodes/desktop-1', 'get', 'nodes', 'at the cluster scope', { name: 'desktop-1', kind: 'nodes' }],
    ['/api/v1/pods', 'list', 'pods', 'at the cluster scope', { kind: 'pods' }],
    [`/api/v1/namespaces/${space}/pods`, 'list', 'pods', `in the namespace "${space}"`, { kind: 'pods' }],
    [
      `/api/v1/namespaces/${space}/pods/web-2`,
      'get',
      'pods',
      `in the namespace "${space}"`,
      { name: 'web-2', kind: 'pods' },
    ],
    [
      `/api/v1/namespaces/${space}/pods/web-2/log`,
      'get',
      'pods/log',
      `in the namespace "${space}"`,
      { name: 'web-2', kind: 'pods' },
    ],
    [
      `/api/v1/namespaces/${space}/pods?fieldSelector=metadata.name%3Dweb-2`,
      'list',
      'pods',
      `in the namespace "${space}"`,
      { name: 'web-2', kind: 'pods' },
    ],
    [
      `/api/v1/namespaces/${space}`,
      'get',
      'namespaces',
      `in the namespace "${space}"`,
      { name: space, kind: 'namespaces' },
    ],
    ['/api/v1/secrets', 'list', 'secrets', 'at the cluster scope', { kind: 'secrets' }],
    [
      '/apis/metrics.k8s.io/v1beta1/nodes',
      'list',
      'nodes',
      'at the cluster scope',
      { group: 'metrics.k8s.io', kind: 'nodes' },
    ],
    [
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/x',
      'get',
      'clusterroles',
      'at the cluster scope',
      { name: 'x', group: 'rbac.authorization.k8s.io', kind: 'clusterroles' },
    ],
  ];
  test.each(refusals)('without a right: %s', async (path, verb, resource, where, details) => {
    const { group = '', name, kind } = details as { group?: string; name?: string; kind: string };
    const of = `${kind}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` "${name}"`}`;
    const message = `${of} is forbidden: User "${robot.user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
    const answer = await account.ask(path);
    expect([answer.status, answer.text]).toEqual([403, failure(403, message, 'Forbidden', details)]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test('without a right to change: create and delete', async () => {
    const created = await account.ask('/api/v1/nodes', { method: 'POST', body: {} });
    expect(created.body).toMatchObject({
      message: `nodes is forbidden: User "${robot.user}" cannot create resource "nodes" in API group "" at the cluster scope`,
    });
    const removed = await account.ask(`/api/v1/namespaces/${space}/pods`, { method: 'DELETE' });
    expect(removed.body).toMatchObject({
      message: `pods is forbidden: User "${robot.user}" cannot deletecollection resource "pods" in API group "" in the namespace "${space}"`,
    });
  });

  test('a path needs a right as well', async () => {
    expect((await account.ask('/metrics')).text).toBe(
      failure(403, `forbidden: User "${robot.user}" cannot get path "/metrics"`, 'Forbidden', {}),
    );
    expect((await account.ask('/readyz')).text).toBe('ok');
    expect((await account.ask('/version')).body).toMatchObject({ major: '1', minor: '36' });
  });

  test('a role that names one object allows getting it, and listing when exactly it is selected', async () => {
    const { admin } = connection();
    const pods = `/api/v1/namespaces/${space}/pods`;
    const one = as('contract:one');
    expect(objectOf(await admin.ask(`${pods}/web-1`, one)).metadata.name).toBe('web-1');
    expect(namesOf(await admin.ask(`${pods}?fieldSelector=metadata.name%3Dweb-1`, one))).toEqual(['web-1']);
    expect((await admin.ask(`${pods}/web-2`, one)).status).toBe(403);
    expect((await admin.ask(pods, one)).status).toBe(403);
    expect((await admin.ask('/api/v1/namespaces/default/pods/web-1', one)).status).toBe(403);
  });

  test('a binding to a role that does not exist is told', async () => {
    const answer = await connection().admin.ask('/api/v1/nodes', as('contract:broken'));
    const said =
      'nodes is forbidden: User "contract:broken" cannot list resource "nodes" in API group "" at the cluster scope';
    const why = 'RBAC: clusterrole.rbac.authorization.k8s.io "contract-absent" not found';
    expect(answer.text).toBe(failure(403, `${said}: ${why}`, 'Forbidden', { kind: 'nodes' }));
  });

  test('may I? is answered with the reason', async () => {
    const review = async (spec: object, user?: string) => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const asked = user === undefined ? {} : as(user, 'contract:viewer');
      const answer = await connection().admin.ask(path, { method: 'POST', body: { spec }, ...asked });
      return [
        answer.status,
        (answer.body as { status?: unknown; message?: unknown }).status,
        (answer.body as { message?: unknown }).message,
      ];
    };
    const nodes = { resourceAttributes: { verb: 'list', resource: 'nodes' } };
    const reason =
      'RBAC: allowed by ClusterRoleBinding "contract-viewer" of ClusterRole "contract-viewer" to Group "contract:viewer"';
    expect(await review(nodes)).toEqual([201, { allowed: true }, undefined]);
    expect(await review(nodes, 'contract:viewer')).toEqual([201, { allowed: true, reason }, undefined]);
    expect(await review({ resourceAttributes: { verb: 'delete', resource: 'nodes' } }, 'contract:viewer')).toEqual([
      201,
      { allowed: false },
      undefined,
    ]);
    expect(await review({ nonResourceAttributes: { verb: 'get', path: '/metrics' } }, 'contract:viewer')).toEqual([
      201,
      { allowed: true, reason },
      undefined,
    ]);
    const role = 'RBAC: allowed by RoleBinding "one-pod/contract" of Role "one-pod" to User "contract:one"';
    const pod = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: space, name: 'web-1' } };
    expect(await review(pod, 'contract:one')).toEqual([201, { allowed: true, reason: role }, undefined]);
    const [status, , message] = await review({}, 'contract:viewer');
    expect([status, message]).toEqual([
      422,
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ]);
  });

  test('what may I? lists the rules', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
    const answer = await connection().admin.ask(path, {
      method: 'POST',
      body: { spec: { namespace: space } },
      ...as('contract:one'),
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      kind: 'SelfSubjectRulesReview',
      status: {
        resourceRules: expect.arrayContaining([
          { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'], resourceNames: ['web-1'] },
          { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
        ]),
        nonResourceRules: expect.arrayContaining([
          { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] },
        ]),
        incomplete: false,
      },
    });
    const nowhere = await connection().admin.ask(path, { method: 'POST', body: { spec: {} } });
    expect(nowhere.text).toBe(failure(400, 'no namespace on request', 'BadRequest'));
  });

  test('may I? is answered for the impersonated, subresources and namespaces told apart', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const headers = {
      'impersonate-user': 'contract:viewer',
      'impersonate-group': 'contract:viewer',
      'Impersonate-Extra-Discord-User': 'nobody',
    };
    const may = async (resourceAttributes: object): Promise<unknown> => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      };
      const answer = await account.ask(path, { method: 'POST', body, headers });
      return (answer.body as { status?: { allowed?: unknown } }).status?.allowed ?? answer.text;
    };
    expect(await may({ verb: 'list', group: '', resource: 'nodes' })).toBe(true);
    // What is granted everywhere is granted in each namespace.
    expect(await may({ verb: 'list', group: '', resource: 'nodes', namespace: space })).toBe(true);
    expect(await may({ verb: 'get', group: '', resource: 'nodes', subresource: 'proxy' })).toBe(false);
    expect(await may({ verb: 'list', group: 'metrics.k8s.io', resource: 'nodes' })).toBe(false);
    expect(await may({ verb: 'impersonate', group: '', resource: 'users', name: 'contract:viewer' })).toBe(false);
    const admin = await account.ask(path, {
      method: 'POST',
      body: {},
      headers: { 'impersonate-user': 'contract:admin' },
    });
    expect([admin.status, (admin.body as { message: string }).message]).toEqual([
      403,
      expect.stringContaining('cannot impersonate'),
    ]);
  });

  test('what may I? of who may act as others lists whom, with all that everybody may', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
    const { status } = (await account.ask(path, { method: 'POST', body: { spec: { namespace: space } } })).body as {
      status: { resourceRules: unknown[]; incomplete: boolean };
    };
    const names = ['contract:viewer', 'contract:nobody'];
    const extra = {
      apiGroups: ['authentication.k8s.io'],
      resources: ['userextras/discord-user'],
      verbs: ['impersonate'],
    };
    const reviews = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];
    expect(status.incomplete).toBe(false);
    expect(status.resourceRules).toHaveLength(5);
    expect(status.resourceRules).toEqual(
      expect.arrayContaining([
        { verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: names },
        { verbs: ['impersonate'], apiGroups: [''], resources: ['groups'], resourceNames: ['contract:viewer'] },
        extra,
        { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: reviews },
        { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      ]),
    );
  });

  test('which version it is, and which groups it does not serve, is told to whoever is let in', async () => {
    const version = await account.ask('/version');
    expect(version.body).toMatchObject({ gitVersion: expect.stringMatching(/^v1\.36\.\d/) });
    expect((await account.ask('/apis/absent.example.com/v1')).status).toBe(404);
  });

  test('who am I?', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const answer = await account.ask(path, { method: 'POST', body: {} });
    expect(answer.body).toMatchObject({
      kind: 'SelfSubjectReview',
      status: {
        userInfo: {
          username: robot.user,
          uid: expect.any(String),
          groups: ['system:serviceaccounts', `system:serviceaccounts:${space}`, 'system:authenticated'],
        },
      },
    });
    expect((await connection().admin.ask(path)).text).toBe(
      failure(405, 'the server does not allow this method on the requested resource', 'MethodNotAllowed', {}),
    );
  });
}
