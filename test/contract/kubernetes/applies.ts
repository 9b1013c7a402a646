// Server-side apply: what it makes, merges, takes over, and refuses.
import { beforeAll, expect, test } from '@jest/globals';
import { app, apply, applyApp, appSpace, deploymentOf, deploymentsPath, until } from './apps.ts';
import type { Asked } from './client.ts';
import { type AnyObject, type Connection, failure, objectOf } from './connection.ts';

const configMaps = `/api/v1/namespaces/${appSpace}/configmaps`;

interface Spec {
  readonly replicas: number;
  readonly template: { readonly spec: { readonly containers: readonly Container[] } };
}

interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

function specOf(object: AnyObject): Spec {
  return object['spec'] as Spec;
}

function envOf(object: AnyObject): Record<string, string> {
  const [container] = specOf(object).template.spec.containers;
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
}

export function applyTests(connection: () => Connection): void {
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
    // Nothing of it starts, so that nothing but the tests changes it.
    await applyApp(connection(), app('still', { replicas: 0, env: { A: '1', B: '2' } }));
  });

  test('what is not there is created, with what it leaves open filled in', async () => {
    const answer = await apply(connection(), one('filled'), app('filled', { replicas: null, spec: { paused: true } }));
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'filled', namespace: appSpace, generation: 1, uid: expect.any(String) },
    });
    expect(objectOf(answer)['spec']).toEqual({
      replicas: 1,
      paused: true,
      selector: { matchLabels: { app: 'filled' } },
      template: {
        metadata: { labels: { app: 'filled' } },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'registry.test:5000/acme/filled:v1',
              ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
  });

  test('the same once more changes nothing; another spec is another generation, other labels are not', async () => {
    const first = await until(
      () => applyApp(connection(), app('still', { replicas: 0, env: { A: '1', B: '2' } })),
      ({ status }) => (status as { observedGeneration?: number } | undefined)?.observedGeneration === 1,
    );
    const again = await apply(connection(), one('still'), app('still', { replicas: 0, env: { A: '1', B: '2' } }));
    expect([again.status, objectOf(again).metadata['resourceVersion']]).toEqual([
      200,
      first.metadata['resourceVersion'],
    ]);
    const labelled = app('still', { replicas: 0, env: { A: '1', B: '2' } });
    const withLabel = { ...labelled, metadata: { ...labelled.metadata, labels: { app: 'still', tier: 'web' } } };
    expect((await applyApp(connection(), withLabel)).metadata['generation']).toBe(first.metadata['generation']);
    const other = await applyApp(connection(), app('still', { replicas: 0, env: { A: '2', B: '2' } }));
    expect(other.metadata['generation']).toBe((first.metadata['generation'] as number) + 1);
    expect(other.metadata['labels']).toEqual({ app: 'still' });
  });

  test('items with a name are merged by it; what a manager no longer names goes, what others named stays', async () => {
    await applyApp(connection(), app('merged', { replicas: 0, env: { A: '1', B: '2' } }), { manager: 'first' });
    const more = app('merged', { replicas: null, env: { C: '3' } });
    await applyApp(connection(), more, { manager: 'second' });
    expect(envOf(await deploymentOf(connection(), 'merged'))).toEqual({ A: '1', B: '2', C: '3' });
    await applyApp(connection(), app('merged', { replicas: 0, env: { A: '9' } }), { manager: 'first' });
    expect(envOf(await deploymentOf(connection(), 'merged'))).toEqual({ A: '9', C: '3' });
  });

  test('replicas that only this manager set fall back to one when it leaves them out; once scaled they stay', async () => {
    const paused = { spec: { paused: true } };
    await applyApp(connection(), app('owned', { replicas: 0, ...paused }));
    const forgotten = await applyApp(connection(), app('owned', { replicas: null, ...paused }));
    expect(specOf(forgotten).replicas).toBe(1);
    await applyApp(connection(), app('owned', { replicas: 0, ...paused }));
    await change(`${one('owned')}/scale`, 'PATCH', 'merge-patch+json', { spec: { replicas: 3 } });
    const kept = await applyApp(connection(), app('owned', { replicas: null, ...paused }));
    expect(specOf(kept).replicas).toBe(3);
  });

  test('the same replicas written again own nothing as an update, but do as an apply of the scale', async () => {
    const paused = { spec: { paused: true } };
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'shared' }, spec: { replicas: 3 } };
    const path = `${one('shared')}/scale`;
    await applyApp(connection(), app('shared', { replicas: 3, ...paused }));
    await change(`${path}?fieldManager=hand`, 'PATCH', 'merge-patch+json', { spec: { replicas: 3 } });
    const lost = await applyApp(connection(), app('shared', { replicas: null, ...paused }));
    expect(specOf(lost).replicas).toBe(1);
    await applyApp(connection(), app('shared', { replicas: 3, ...paused }));
    await change(`${path}?fieldManager=hand&force=true`, 'PATCH', 'apply-patch+yaml', scale);
    const kept = await applyApp(connection(), app('shared', { replicas: null, ...paused }));
    expect(specOf(kept).replicas).toBe(3);
  });

  test('managers are told by name and by what they set', async () => {
    const object = await deploymentOf(connection(), 'still');
    const entries = object.metadata['managedFields'] as readonly Record<string, unknown>[];
    const mine = entries.find(({ manager }) => manager === 'contract');
    expect(mine).toMatchObject({ operation: 'Apply', apiVersion: 'apps/v1', fieldsType: 'FieldsV1' });
    expect(mine?.['fieldsV1']).toEqual({
      'f:metadata': { 'f:labels': { 'f:app': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"app"}': {
                '.': {},
                'f:name': {},
                'f:image': {},
                'f:ports': {
                  'k:{"containerPort":8000,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:containerPort': {} },
                },
                'f:env': {
                  'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} },
                  'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:value': {} },
                },
              },
            },
          },
        },
      },
    });
  });

  test('what another manager set is a conflict, unless forced', async () => {
    await applyApp(connection(), app('contested', { replicas: 0 }), { manager: 'first' });
    const wanted = app('contested', { replicas: 0, tag: 'v2' });
    const refused = await apply(connection(), one('contested'), wanted, { manager: 'second', force: false });
    const field = '.spec.template.spec.containers[name="app"].image';
    const message = 'conflict with "first"';
    const causes = [{ reason: 'FieldManagerConflict', message, field }];
    expect(refused.text).toBe(
      failure(409, `Apply failed with 1 conflict: ${message}: ${field}`, 'Conflict', { causes }),
    );
    await change(`${one('contested')}/scale?fieldManager=hand`, 'PATCH', 'merge-patch+json', { spec: { replicas: 1 } });
    const both = await apply(connection(), one('contested'), wanted, { manager: 'second', force: false });
    expect(both.status).toBe(409);
    expect((both.body as { message: string }).message).toBe(
      `Apply failed with 2 conflicts: conflicts with "first":\n- ${field}\nconflicts with "hand" with subresource "scale" using apps/v1:\n- .spec.replicas`,
    );
    const forced = await applyApp(connection(), wanted, { manager: 'second' });
    expect([specOf(forced).replicas, specOf(forced).template.spec.containers[0]?.image]).toEqual([
      0,
      'registry.test:5000/acme/contested:v2',
    ]);
  });

  test('a dry run answers what would be, and changes nothing', async () => {
    const before = await until(
      () => deploymentOf(connection(), 'still'),
      (object) => {
        const { observedGeneration } = (object['status'] ?? {}) as { observedGeneration?: number };
        return observedGeneration === object.metadata['generation'];
      },
    );
    const would = await applyApp(connection(), app('still', { tag: 'v9', replicas: 0 }), { dryRun: true });
    expect(specOf(would).template.spec.containers[0]?.image).toMatch(/:v9$/);
    expect(would.metadata['generation']).toBe((before.metadata['generation'] as number) + 1);
    expect(await deploymentOf(connection(), 'still')).toEqual(before);
    const fresh = await apply(connection(), one('never'), app('never'), { dryRun: true });
    expect([fresh.status, objectOf(fresh).metadata['resourceVersion']]).toEqual([201, undefined]);
    expect((await connection().admin.ask(one('never'))).status).toBe(404);
  });

  test('an apply needs the right to patch, and to create what is not there', async () => {
    const headers = { 'impersonate-user': 'contract:patcher' };
    const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } });
    const where = `in API group "" in the namespace "${appSpace}"`;
    const refused = await apply(connection(), `${configMaps}/denied`, map('denied'), { headers });
    const said = `configmaps "denied" is forbidden: User "contract:patcher" cannot create resource "configmaps" ${where}`;
    expect(refused.text).toBe(failure(403, said, 'Forbidden', { name: 'denied', kind: 'configmaps' }));
    await apply(connection(), `${configMaps}/open`, map('open'));
    expect((await apply(connection(), `${configMaps}/open`, map('open'), { headers })).status).toBe(200);
    const reader = { 'impersonate-user': 'contract:nobody' };
    const stranger = await apply(connection(), `${configMaps}/open`, map('open'), { headers: reader });
    expect(stranger.body).toMatchObject({
      message: `configmaps "open" is forbidden: User "contract:nobody" cannot patch resource "configmaps" ${where}`,
    });
  });

  const bare = { apiVersion: 'apps/v1', kind: 'Deployment' };
  const refusals: [what: string, name: string, object: unknown, code: number, message: string][] = [
    [
      'another name',
      'still',
      { ...bare, metadata: { name: 'moved' } },
      400,
      'the name of the object (moved) does not match the name on the URL (still)',
    ],
    [
      'another namespace',
      'still',
      { ...bare, metadata: { name: 'still', namespace: 'elsewhere' } },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'another kind',
      'still',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'still' } },
      400,
      'invalid object type: /v1, Kind=Service',
    ],
    [
      'no more than a name',
      'bare',
      { ...bare, metadata: { name: 'bare' } },
      422,
      'Deployment.apps "bare" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value]',
    ],
    [
      'a selector that selects something else',
      'bare',
      {
        ...bare,
        metadata: { name: 'bare' },
        spec: {
          selector: { matchLabels: { app: 'no' } },
          template: { metadata: { labels: { app: 'yes' } }, spec: { containers: [{ name: 'a' }] } },
        },
      },
      422,
      'Deployment.apps "bare" is invalid: [spec.template.metadata.labels: Invalid value: {"app":"yes"}: `selector` does not match template `labels`, spec.template.spec.containers[0].image: Required value]',
    ],
    [
      'another selector than before',
      'still',
      { ...bare, metadata: { name: 'still' }, spec: { selector: { matchLabels: { app: 'no' } } } },
      422,
      'Deployment.apps "still" is invalid: [spec.template.metadata.labels: Invalid value: {"app":"still"}: `selector` does not match template `labels`, spec.selector: Invalid value: {"matchLabels":{"app":"no"}}: field is immutable]',
    ],
  ];
  test.each(refusals)('refused: %s', async (_what, name, object, code, message) => {
    const answer = await apply(connection(), one(name), object, { manager: 'other' });
    expect([answer.status, (answer.body as { message: string }).message]).toEqual([code, message]);
  });

  const mistyped: [change: object, said: string][] = [
    [{ replicsa: 3 }, '.spec.replicsa: field not declared in schema'],
    [{ replicas: '3' }, '.spec.replicas: expected numeric (int or float), got string'],
    [
      { template: { spec: { containers: [{ name: 'app', image: 7 }] } } },
      '.spec.template.spec.containers[name="app"].image: expected string, got &value.valueUnstructured{Value:7}',
    ],
    [
      { template: { spec: { containers: [{ name: 'app', env: [{ name: 'A', value: true }] }] } } },
      '.spec.template.spec.containers[name="app"].env[name="A"].value: expected string, got &value.valueUnstructured{Value:true}',
    ],
    [
      { template: { spec: { containers: [{ name: 'app' }, { name: 'app' }] } } },
      '.spec.template.spec.containers: duplicate entries for key [name="app"]',
    ],
  ];
  test.each(mistyped)('what the kind does not have is told by its path: %j', async (spec, said) => {
    const answer = await apply(connection(), one('still'), { ...bare, metadata: { name: 'still' }, spec });
    const message = `failed to create typed patch object (/still; apps/v1, Kind=Deployment): ${said}`;
    expect([answer.status, (answer.body as { message: string }).message]).toEqual([500, message]);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: appSpace }, data: { a: 1 } };
    const data = await apply(connection(), `${configMaps}/x`, map);
    expect((data.body as { message: string }).message).toBe(
      `failed to create typed patch object (${appSpace}/x; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}`,
    );
  });

  test('nothing is created in a namespace that is not there', async () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost' } };
    const answer = await apply(connection(), '/api/v1/namespaces/nowhere/configmaps/lost', map);
    const details = { name: 'nowhere', kind: 'namespaces' };
    expect(answer.text).toBe(failure(404, 'namespaces "nowhere" not found', 'NotFound', details));
  });

  test.each([
    ['fieldManager', 'force=true', 'FieldValueRequired', 'Required value: is required for apply patch'],
    [
      'dryRun',
      'fieldManager=x&dryRun=yes',
      'FieldValueNotSupported',
      'Unsupported value: ["yes"]: supported values: "All"',
    ],
  ])('an option that cannot be: %s', async (field, query, reason, said) => {
    const answer = await change(`${one('still')}?${query}`, 'PATCH', 'apply-patch+yaml', app('still'));
    const details = { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ reason, message: said, field }] };
    const message = `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${said}`;
    expect(answer.text).toBe(failure(422, message, 'Invalid', details));
  });
}
