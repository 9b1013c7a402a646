// Getting, listing, selecting and paging.
import { expect, test } from '@jest/globals';
import { type Connection, failure, listOf, namesOf, objectOf, query } from './connection.ts';
import { space } from './fixture.ts';

const pods = `/api/v1/namespaces/${space}/pods`;

export function readTests(connection: () => Connection): void {
  const ask = (path: string, parameters: Readonly<Record<string, string>> = {}) =>
    connection().admin.ask(`${path}${Object.keys(parameters).length > 0 ? query(parameters) : ''}`);

  test('a node is answered whole, its kind first', async () => {
    const answer = await ask('/api/v1/nodes/worker-db-01');
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.text).toMatch(/^\{"kind":"Node","apiVersion":"v1","metadata":\{"name":"worker-db-01","uid":"/);
    const node = objectOf(answer);
    expect(node.metadata['labels']).toMatchObject({ 'app-type': 'db', 'kubernetes.io/hostname': 'worker-db-01' });
    expect(node['spec']).toMatchObject({ taints: [{ key: 'app-type', value: 'db', effect: 'NoSchedule' }] });
    expect(node['status']).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
        }),
        expect.objectContaining({ type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory' }),
      ]),
      nodeInfo: { osImage: 'Arch Linux', architecture: 'amd64' },
    });
  });

  test('a list has a version, and items without a kind of their own, in the order of their names', async () => {
    const list = listOf(await ask('/api/v1/nodes'));
    expect(list).toMatchObject({
      kind: 'NodeList',
      apiVersion: 'v1',
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
    });
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['desktop-1', 'desktop-2', 'worker-db-01']),
    );
    for (const item of list.items) expect(Object.keys(item).slice(0, 1)).toEqual(['metadata']);
    const names = list.items.map(({ metadata }) => metadata.name);
    expect(names).toEqual(names.toSorted());
  });

  test('an absent object is 404 by its name, an absent namespace an empty list', async () => {
    const absent = await ask('/api/v1/nodes/nope');
    expect(absent.status).toBe(404);
    expect(absent.text).toBe(failure(404, 'nodes "nope" not found', 'NotFound', { name: 'nope', kind: 'nodes' }));
    const role = await ask('/apis/rbac.authorization.k8s.io/v1/clusterroles/nope');
    expect(role.text).toBe(
      failure(404, 'clusterroles.rbac.authorization.k8s.io "nope" not found', 'NotFound', {
        name: 'nope',
        group: 'rbac.authorization.k8s.io',
        kind: 'clusterroles',
      }),
    );
    expect(namesOf(await ask('/api/v1/namespaces/nope/pods'))).toEqual([]);
  });

  test('a namespace is an object like any other', async () => {
    const answer = objectOf(await ask(`/api/v1/namespaces/${space}`));
    expect(answer).toMatchObject({ kind: 'Namespace', metadata: { name: space }, status: { phase: 'Active' } });
  });

  test('a pod without its namespace, and a path without a meaning, are not found', async () => {
    const message = 'the server could not find the requested resource';
    expect((await ask('/api/v1/pods/web-1')).text).toBe(failure(404, message, 'NotFound', {}));
    const page = await ask('/nope');
    expect([page.status, page.text, page.headers['content-type']]).toEqual([
      404,
      '404 page not found\n',
      'text/plain; charset=utf-8',
    ]);
  });

  test.each([
    ['app=web', ['web-1', 'web-2']],
    ['app==web,canary', ['web-2']],
    ['app=web,!canary', ['web-1']],
    ['canary=', ['web-2']],
    ['app!=web', ['db-1']],
    ['app in (web, db)', ['db-1', 'web-1', 'web-2']],
    ['app notin (web)', ['db-1']],
    ['tier', ['db-1']],
    ['nope=1', []],
  ])('labels select: %s', async (labelSelector, expected) => {
    expect(namesOf(await ask(pods, { labelSelector }))).toEqual(expected);
  });

  test.each([
    ['metadata.name=web-1', ['web-1']],
    ['metadata.name!=web-1', ['db-1', 'web-2']],
    ['spec.nodeName=desktop-2,status.phase!=Succeeded,status.phase!=Failed', ['db-1', 'web-1', 'web-2']],
    ['spec.nodeName=desktop-1', []],
    ['status.phase=Pending', []],
    [`metadata.namespace=${space}`, ['db-1', 'web-1', 'web-2']],
  ])('fields select: %s', async (fieldSelector, expected) => {
    expect(namesOf(await ask(pods, { fieldSelector }))).toEqual(expected);
  });

  test('events are selected by what they are about', async () => {
    const about = { fieldSelector: 'involvedObject.kind=Pod,involvedObject.name=web-1,reason=Unhealthy' };
    const events = `/api/v1/namespaces/${space}/events`;
    expect(namesOf(await ask(events, about))).toEqual(['web-1.1']);
    expect(namesOf(await ask(events, { fieldSelector: 'involvedObject.uid=uid-of-web-2' }))).toEqual(['web-2.1']);
    const answer = await ask(`${events}/web-1.1`);
    expect(answer.text).toContain('"message":"Readiness probe failed: \\u003ctimeout\\u003e"');
    const newer = objectOf(await ask(`/apis/events.k8s.io/v1/namespaces/${space}/events/web-1.1`));
    expect(newer).toMatchObject({
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      note: 'Readiness probe failed: <timeout>',
      regarding: { name: 'web-1' },
      deprecatedCount: 4,
    });
  });

  test.each([
    ['labelSelector', 'a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['labelSelector', 'a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['labelSelector', 'a in', "unable to parse requirement: found '' expected: '('"],
    ['labelSelector', 'a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['labelSelector', 'a=b,', "found '', expected: identifier after ','"],
    ['labelSelector', ',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['labelSelector', 'a=(b)', "unable to parse requirement: found '(', expected: identifier"],
    ['labelSelector', '!', "unable to parse requirement: found '', expected: identifier"],
    [
      'labelSelector',
      'a'.repeat(70),
      `unable to parse requirement: <nil>: Invalid value: "${'a'.repeat(70)}": name part must be no more than 63 bytes`,
    ],
    [
      'labelSelector',
      'a=-b',
      `unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ],
    ['fieldSelector', 'spec.foo=x', 'field label not supported: spec.foo'],
    ['fieldSelector', 'metadata.namespace=x', 'field label not supported: metadata.namespace'],
    ['fieldSelector', 'x', "invalid selector: 'x'; can't understand 'x'"],
    ['fieldSelector', 'metadata.name=a\\x', 'invalid field selector: invalid escape sequence: \\x'],
    ['limit', 'x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['timeoutSeconds', 'abc', 'strconv.ParseInt: parsing "abc": invalid syntax'],
    [
      'resourceVersion',
      'abc',
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
  ])('a bad %s is refused: %s', async (parameter, value, message) => {
    const answer = await ask('/api/v1/nodes', { [parameter]: value });
    expect([answer.status, answer.text]).toEqual([400, failure(400, message, 'BadRequest')]);
  });

  test.each([
    [
      { sendInitialEvents: 'true' },
      'sendInitialEvents',
      'FieldValueForbidden',
      'Forbidden: sendInitialEvents is forbidden for list',
    ],
    [
      { resourceVersionMatch: 'Exact' },
      'resourceVersionMatch',
      'FieldValueForbidden',
      'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      { resourceVersion: '5', resourceVersionMatch: 'Foo' },
      'resourceVersionMatch',
      'FieldValueNotSupported',
      'Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
    ],
    [
      { watch: '1', sendInitialEvents: 'true' },
      'resourceVersionMatch',
      'FieldValueForbidden',
      'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ],
  ])('options that do not go together are refused: %j', async (parameters, field, reason, said) => {
    const answer = await ask('/api/v1/nodes', parameters as Record<string, string>);
    const details = { group: 'meta.k8s.io', kind: 'ListOptions', causes: [{ reason, message: said, field }] };
    expect(answer.text).toBe(
      failure(422, `ListOptions.meta.k8s.io "" is invalid: ${field}: ${said}`, 'Invalid', details),
    );
  });

  test('a list comes in pages of one moment', async () => {
    const first = await ask(pods, { limit: '2' });
    const { metadata } = listOf(first);
    expect(namesOf(first)).toEqual(['db-1', 'web-1']);
    expect(metadata.remainingItemCount).toBe(1);
    await connection().patch(
      { apiVersion: 'v1', kind: 'Pod', namespace: space, name: 'web-2' },
      { metadata: { annotations: { moved: 'on' } } },
    );
    const second = await ask(pods, { limit: '2', continue: metadata.continue ?? '' });
    expect(namesOf(second)).toEqual(['web-2']);
    expect(listOf(second).metadata).toEqual({ resourceVersion: metadata.resourceVersion });
    expect(listOf(second).items[0]?.metadata['annotations']).toBeUndefined();
    expect(listOf(await ask(pods)).items[2]?.metadata['annotations']).toEqual({ moved: 'on' });
  });

  test('what remains of a selection is not counted', async () => {
    const { metadata } = listOf(await ask(pods, { limit: '1', labelSelector: 'app=web' }));
    expect(metadata).toEqual({ resourceVersion: expect.any(String), continue: expect.any(String) });
  });

  test('a broken continue token is refused', async () => {
    const answer = await ask('/api/v1/nodes', { limit: '1', continue: 'zzz' });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      reason: 'BadRequest',
      message: expect.stringMatching(/^invalid continue token: continue key is not valid: /),
    });
  });

  test('a version of the future is waited for in vain', async () => {
    const answer = await ask('/api/v1/nodes', { resourceVersion: '99999999' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([504, '1']);
    expect(answer.body).toMatchObject({
      message: expect.stringMatching(/^Timeout: Too large resource version: 99999999, current: \d+$/),
      reason: 'Timeout',
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    });
  });

  test('a page of a list that the server has forgotten is 410, with a token to go on', async () => {
    const events = `/api/v1/namespaces/${space}/events`;
    const { metadata } = listOf(await ask(events, { limit: '1' }));
    await connection().patch({ apiVersion: 'v1', kind: 'Event', namespace: space, name: 'web-1.1' }, { count: 5 });
    await connection().patch({ apiVersion: 'v1', kind: 'Event', namespace: space, name: 'web-1.1' }, { count: 4 });
    await connection().compact();
    const gone = await ask(events, { limit: '1', continue: metadata.continue ?? '' });
    expect([gone.status, gone.body]).toEqual([
      410,
      expect.objectContaining({
        reason: 'Expired',
        message: expect.stringMatching(
          /^The provided continue parameter is too old to display a consistent list result\./,
        ),
      }),
    ]);
    const { metadata: offered } = gone.body as { metadata: { continue: string } };
    expect(namesOf(await ask(events, { limit: '1', continue: offered.continue }))).toEqual(['web-2.1']);
  });

  test('metadata alone, when that is all that is asked for', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const list = listOf(await connection().admin.ask(pods, { headers: { accept } }));
    expect(list).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
    expect(list.items.map((item) => Object.keys(item))).toEqual(Array(3).fill(['kind', 'apiVersion', 'metadata']));
    const unknown = await connection().admin.ask(pods, { headers: { accept: 'text/html' } });
    const available =
      'application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
    expect(unknown.body).toEqual(
      JSON.parse(failure(406, `406: Not Acceptable\n\nAvailable representations: ${available}`, 'NotAcceptable', {})),
    );
  });
}
