// Watching.
import { expect, test } from '@jest/globals';
import { type Connection, listOf, query } from './connection.ts';
import { pod, space } from './fixture.ts';

const pods = `/api/v1/namespaces/${space}/pods`;

export function watchTests(connection: () => Connection): void {
  const reference = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: space, name });
  const version = async () => listOf(await connection().admin.ask(`${pods}?limit=1`)).metadata.resourceVersion ?? '';

  test('without a version it begins with what is there', async () => {
    const watching = await connection().admin.watch(`${pods}${query({ watch: '1', labelSelector: 'app=web' })}`);
    const seen = [await watching.next(), await watching.next()];
    watching.stop();
    expect(seen.map((event) => [event?.type, event?.object['kind'], event?.object.metadata['name']])).toEqual([
      ['ADDED', 'Pod', 'web-1'],
      ['ADDED', 'Pod', 'web-2'],
    ]);
  });

  test('from a version on it tells what happened since, as the selector sees it', async () => {
    const since = await version();
    await connection().create([pod('passing', { app: 'other' })]);
    await connection().patch(reference('passing'), { metadata: { labels: { app: 'watched' } } });
    await connection().patch(reference('passing'), { metadata: { annotations: { note: 'here' } } });
    const path = `${pods}${query({ watch: 'true', resourceVersion: since, labelSelector: 'app=watched' })}`;
    const watching = await connection().admin.watch(path);
    const added = await watching.next();
    expect([added?.type, added?.object.metadata['name']]).toEqual(['ADDED', 'passing']);
    // A pod's own life goes on beside the test, so that there may be more changes than were made here.
    let modified = await watching.next();
    while (modified?.type === 'MODIFIED' && !modified.object.metadata['annotations']) modified = await watching.next();
    expect([modified?.type, modified?.object.metadata['annotations']]).toEqual(['MODIFIED', { note: 'here' }]);
    await connection().patch(reference('passing'), { metadata: { labels: { app: 'left' } } });
    let deleted = await watching.next();
    while (deleted?.type === 'MODIFIED') deleted = await watching.next();
    watching.stop();
    // What leaves the selection is shown as it last was within it, at the version of its going.
    expect([deleted?.type, deleted?.object.metadata['labels']]).toEqual(['DELETED', { app: 'watched' }]);
    expect(Number(deleted?.object.metadata['resourceVersion'])).toBeGreaterThan(
      Number(modified?.object.metadata['resourceVersion']),
    );
    await connection().remove(reference('passing'));
  });

  test('a removed object is told as it last was', async () => {
    await connection().create([pod('leaving', { app: 'leaving' })]);
    const since = await version();
    await connection().remove(reference('leaving'));
    const path = `${pods}${query({ watch: 'true', resourceVersion: since, fieldSelector: 'metadata.name=leaving' })}`;
    const watching = await connection().admin.watch(path);
    let event = await watching.next();
    while (event?.type === 'MODIFIED') event = await watching.next();
    watching.stop();
    expect([event?.type, event?.object.metadata['name']]).toEqual(['DELETED', 'leaving']);
  });

  test('the end of what was there is marked, and the server ends the watch in time', async () => {
    const options = {
      watch: '1',
      allowWatchBookmarks: 'true',
      fieldSelector: 'metadata.name=web-1',
      timeoutSeconds: '1',
    };
    const watching = await connection().admin.watch(`${pods}${query(options)}`);
    expect((await watching.next())?.type).toBe('ADDED');
    expect(await watching.next()).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'Pod',
        apiVersion: 'v1',
        metadata: {
          resourceVersion: expect.stringMatching(/^\d+$/),
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
        spec: { containers: null },
        status: {},
      },
    });
    expect(await watching.next()).toBeNull();
  });

  test.each([
    ['/api/v1/nodes', 'Node'],
    ['/api/v1/namespaces', 'Namespace'],
    ['/api/v1/events', 'Event'],
    ['/api/v1/serviceaccounts', 'ServiceAccount'],
    ['/apis/rbac.authorization.k8s.io/v1/roles', 'Role'],
    ['/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', 'ClusterRoleBinding'],
  ])('a bookmark is an empty object of its kind: %s', async (path, kind) => {
    const options = {
      watch: '1',
      allowWatchBookmarks: 'true',
      fieldSelector: 'metadata.name=nope',
      timeoutSeconds: '1',
    };
    const watching = await connection().admin.watch(`${path}${query(options)}`);
    const event = await watching.next();
    watching.stop();
    expect([event?.type, event?.object['kind']]).toEqual(['BOOKMARK', kind]);
    expect(emptyKinds[kind]).toBe(
      JSON.stringify({ ...event?.object, kind: undefined, apiVersion: undefined, metadata: undefined }),
    );
  });

  test('a version that the server has forgotten is told as 410, inside the watch', async () => {
    const events = `/api/v1/namespaces/${space}/events`;
    const since = listOf(await connection().admin.ask(`${events}?limit=1`)).metadata.resourceVersion ?? '';
    const event = { apiVersion: 'v1', kind: 'Event', namespace: space, name: 'web-2.1' };
    await connection().patch(event, { count: 9 });
    await connection().patch(event, { count: 4 });
    await connection().compact();
    const watching = await connection().admin.watch(`${events}${query({ watch: '1', resourceVersion: since })}`);
    expect(watching.status).toBe(200);
    expect(await watching.next()).toEqual({
      type: 'ERROR',
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'The resourceVersion for the provided watch is too old.',
        reason: 'Expired',
        code: 410,
      },
    });
    expect(await watching.next()).toBeNull();
  });
}

const emptyKinds: Readonly<Record<string, string>> = {
  Node: '{"spec":{},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":0}},"nodeInfo":{"machineID":"","systemUUID":"","bootID":"","kernelVersion":"","osImage":"","containerRuntimeVersion":"","kubeletVersion":"","kubeProxyVersion":"","operatingSystem":"","architecture":""}}}',
  Namespace: '{"spec":{},"status":{}}',
  Event:
    '{"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"reportingComponent":"","reportingInstance":""}',
  ServiceAccount: '{}',
  Role: '{"rules":null}',
  ClusterRoleBinding: '{"roleRef":{"apiGroup":"","kind":"","name":""}}',
};
