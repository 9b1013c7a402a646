// Every folder of manifests/ renders, and every object is one that Kubernetes or the operator of Prometheus takes, by their own schemas.
// Fields that they do not know are found by the real API server: test/e2e/manifests.test.ts.
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { everything, nameOf, renders } from './everything.ts';
import type { Manifest } from './render.ts';

const folders = await renders();
const objects = await everything();

/** Kinds that no package carries a schema of; the real API server has the first's. */
const withoutSchema = ['HelmChartConfig', 'ProxyClass'];

const Model = z.looseObject({ validate: z.custom<() => void>((value) => typeof value === 'function') });

/** What the schema says against an object; null where it says nothing. */
async function complaint(object: Manifest): Promise<string | null> {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const folder = group === '' ? version : `${group}/${version}`;
  const name =
    group === 'monitoring.coreos.com'
      ? `@kubernetes-models/prometheus-operator/${folder}`
      : `kubernetes-models/${folder}`;
  const models: Record<string, new (data: object) => object> = await import(`${name}/${object.kind}`);
  const Kind = models[object.kind];
  if (Kind === undefined) return `${object.apiVersion} has no ${object.kind}`;
  const model = Model.parse(new Kind(object));
  try {
    model.validate.call(model);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('every folder that is applied', () => {
  test('is found', () => {
    expect(folders.length).toBeGreaterThan(8);
    expect(objects.length).toBeGreaterThan(60);
  });

  test('renders something', () => {
    expect(folders.filter((one) => one.objects.length === 0)).toEqual([]);
  });
});

test.each(
  objects
    .filter(({ object }) => !withoutSchema.includes(object.kind))
    .map(({ object }): [string, Manifest] => [nameOf(object), object]),
)('%s has the right shape', async (_name, object) => {
  expect(await complaint(object)).toBe(null);
});

test('a wrong shape is noticed', async () => {
  const wrong = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'one' }, spec: { ports: 'http' } };
  expect(await complaint(wrong)).toContain('ports');
});

test('only the kinds that are known to lack a schema go without', () => {
  const kinds = objects.filter(({ object }) => withoutSchema.includes(object.kind)).map(({ object }) => object.kind);
  expect([...new Set(kinds)].sort()).toEqual(withoutSchema);
});

test('no object is made by two folders, but where one includes the other', () => {
  const owners = Map.groupBy(
    folders.flatMap(({ folder, objects: own }) => own.map((object) => ({ folder, name: nameOf(object) }))),
    ({ name }) => name,
  );
  const shared = [...owners].filter(([, among]) =>
    among.some(({ folder }) => !folder.startsWith(among[0]?.folder ?? '')),
  );
  expect(shared.map(([name]) => name)).toEqual([]);
});
