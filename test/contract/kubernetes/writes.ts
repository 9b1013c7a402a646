// Changes by other means than an apply: patches, whole objects, the scale, deletion.
import { beforeAll, expect, test } from '@jest/globals';
import { app, apply, applyApp, appSpace, deploymentOf, deploymentsPath, setsOf, until } from './apps.ts';
import type { Asked } from './client.ts';
import { type AnyObject, type Connection, failure, objectOf } from './connection.ts';

const configMaps = `/api/v1/namespaces/${appSpace}/configmaps`;

export function writeTests(connection: () => Connection): void {
  const change = (
    path: string,
    method: string,
    type: string,
    body: unknown,
  ): ReturnType<Connection['admin']['ask']> => {
    const asked: Asked = { method, headers: { 'content-type': `application/${type}` }, body };
    return connection().admin.ask(path, asked);
  };
  const one = (name: string) => `${deploymentsPath}/${name}`;

  beforeAll(async () => {
    await applyApp(connection(), app('written', { replicas: 0 }));
    await apply(connection(), `${configMaps}/written`, configMap('written', { a: 'b' }));
  });

  test('a merge patch and a JSON patch change what they name', async () => {
    const merged = await change(one('written'), 'PATCH', 'merge-patch+json', {
      metadata: { annotations: { note: 'a' } },
    });
    expect(objectOf(merged).metadata['annotations']).toMatchObject({ note: 'a' });
    const operations = [
      { op: 'test', path: '/metadata/annotations/note', value: 'a' },
      { op: 'replace', path: '/metadata/annotations/note', value: 'b' },
      { op: 'add', path: '/metadata/annotations/with~1slash', value: 'c' },
    ];
    const patched = await change(one('written'), 'PATCH', 'json-patch+json', operations);
    expect(objectOf(patched).metadata['annotations']).toMatchObject({ note: 'b', 'with/slash': 'c' });
    const wrong = await change(one('written'), 'PATCH', 'json-patch+json', operations);
    const said = 'the server rejected our request due to an error in our request';
    expect(wrong.text).toBe(failure(422, said, 'Invalid', {}));
    const unknown = await change(one('written'), 'PATCH', 'json', {});
    expect(unknown.text).toBe(failure(415, '415: Unsupported Media Type', 'UnsupportedMediaType', {}));
    const forced = await change(`${one('written')}?force=true`, 'PATCH', 'merge-patch+json', {});
    expect((forced.body as { message: string }).message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
    const absent = await change(one('nope'), 'PATCH', 'merge-patch+json', {});
    const details = { name: 'nope', group: 'apps', kind: 'deployments' };
    expect(absent.text).toBe(failure(404, 'deployments.apps "nope" not found', 'NotFound', details));
  });

  test('whoever names an older version is told that it is one', async () => {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    const conflict = failure(409, `Operation cannot be fulfilled on configmaps "written": ${why}`, 'Conflict', {
      name: 'written',
      kind: 'configmaps',
    });
    const map = objectOf(await apply(connection(), `${configMaps}/written`, configMap('written', { a: 'b' })));
    const next = await change(`${configMaps}/written`, 'PUT', 'json', { ...map, data: { a: 'c' } });
    expect([next.status, objectOf(next)['data']]).toEqual([200, { a: 'c' }]);
    expect((await change(`${configMaps}/written`, 'PUT', 'json', { ...map, data: { a: 'd' } })).text).toBe(conflict);
    const patch = { metadata: { resourceVersion: map.metadata['resourceVersion'] } };
    expect((await change(`${configMaps}/written`, 'PATCH', 'merge-patch+json', patch)).text).toBe(conflict);
    expect((await change(`${configMaps}/written`, 'PUT', 'json', configMap('written', { a: 'e' }))).status).toBe(200);
  });

  test('an object is created once, by a name that can be one, and deleted once', async () => {
    const create = (name: string) => change(configMaps, 'POST', 'json', configMap(name, { a: 'b' }));
    const made = await create('made');
    expect([made.status, objectOf(made)['data']]).toEqual([201, { a: 'b' }]);
    const twice = await create('made');
    const details = { name: 'made', kind: 'configmaps' };
    expect(twice.text).toBe(failure(409, 'configmaps "made" already exists', 'AlreadyExists', details));
    expect((await create('Not_A_Name')).body).toMatchObject({
      code: 422,
      message: expect.stringMatching(
        /^ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value: "Not_A_Name": a/,
      ),
    });
    const gone = await connection().admin.ask(`${configMaps}/made`, { method: 'DELETE' });
    expect(gone.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { ...details, uid: objectOf(made).metadata['uid'] },
    });
    const again = await connection().admin.ask(`${configMaps}/made`, { method: 'DELETE' });
    expect(again.text).toBe(failure(404, 'configmaps "made" not found', 'NotFound', details));
  });

  test('the scale is an object of its own', async () => {
    await applyApp(connection(), app('scaled', { replicas: 2, spec: { paused: true } }));
    const path = `${one('scaled')}/scale`;
    const scale = objectOf(await connection().admin.ask(path));
    expect(scale).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: {
        name: 'scaled',
        namespace: appSpace,
        uid: expect.any(String),
        resourceVersion: expect.any(String),
        creationTimestamp: expect.any(String),
      },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=scaled' },
    });
    const bare = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'scaled', namespace: appSpace } };
    const put = await change(path, 'PUT', 'json', { ...bare, spec: { replicas: 3 } });
    expect(objectOf(put)['spec']).toEqual({ replicas: 3 });
    const dry = await change(`${path}?dryRun=All`, 'PATCH', 'merge-patch+json', { spec: { replicas: 7 } });
    expect(objectOf(dry)['spec']).toEqual({ replicas: 7 });
    const none = await change(path, 'PATCH', 'merge-patch+json', { spec: { replicas: 0 } });
    expect(objectOf(none)['spec']).toEqual({});
    expect((await deploymentOf(connection(), 'scaled'))['spec']).toMatchObject({ replicas: 0 });
    const negative = await change(path, 'PATCH', 'merge-patch+json', { spec: { replicas: -1 } });
    const said = 'Invalid value: -1: must be greater than or equal to 0';
    const causes = [{ reason: 'FieldValueInvalid', message: said, field: 'spec.replicas' }];
    const details = { name: 'scaled', group: 'autoscaling', kind: 'Scale', causes };
    const message = `Scale.autoscaling "scaled" is invalid: spec.replicas: ${said}`;
    expect(negative.text).toBe(failure(422, message, 'Invalid', details));
  });

  test('a Deployment that is deleted takes its ReplicaSets along', async () => {
    await applyApp(connection(), app('passing', { replicas: 0 }));
    await until(
      () => setsOf(connection(), 'passing'),
      (sets) => sets.length === 1,
    );
    await connection().admin.ask(one('passing'), { method: 'DELETE' });
    await until(
      () => setsOf(connection(), 'passing'),
      (sets) => sets.length === 0,
    );
  });
}

function configMap(name: string, data: Readonly<Record<string, string>>): AnyObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: appSpace }, data };
}
