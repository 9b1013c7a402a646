// Discovery, as far as both servers must agree: whatever the sandbox lists, the real one describes the same.
import { expect, test } from '@jest/globals';
import { resources } from '../../../sandbox/kubernetes/resources.ts';
import type { Connection } from './connection.ts';

interface Discovered {
  readonly kind: string;
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly verbs: readonly string[];
    readonly [field: string]: unknown;
  }[];
}

export function discoveryTests(connection: () => Connection): void {
  test('versions and groups', async () => {
    const core = await connection().admin.ask('/api');
    expect(core.body).toMatchObject({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0' }],
    });
    const groups = (await connection().admin.ask('/apis')).body as {
      kind: string;
      apiVersion: string;
      groups: { name: string }[];
    };
    expect([groups.kind, groups.apiVersion]).toEqual(['APIGroupList', 'v1']);
    const known = { groupVersion: 'rbac.authorization.k8s.io/v1', version: 'v1' };
    const group = { name: 'rbac.authorization.k8s.io', versions: [known], preferredVersion: known };
    expect(groups.groups).toContainEqual(group);
    expect((await connection().admin.ask('/apis/rbac.authorization.k8s.io')).body).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      ...group,
    });
  });

  const served = resources.filter(({ group }) => group !== 'metrics.k8s.io');
  test.each(served.map((one) => [`${one.group}/${one.version} ${one.resource}`, one] as const))(
    '%s',
    async (_name, resource) => {
      const path = resource.group === '' ? '/api/v1' : `/apis/${resource.group}/${resource.version}`;
      const list = (await connection().admin.ask(path)).body as Discovered;
      expect(list.kind).toBe('APIResourceList');
      const found = list.resources.find(({ name }) => name === resource.resource);
      expect(found).toMatchObject({
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
      });
      expect(found?.['shortNames']).toEqual(resource.shortNames);
      expect(found?.['categories']).toEqual(resource.categories);
      expect(found?.verbs).toEqual(expect.arrayContaining([...resource.verbs]));
      for (const part of resource.subresources ?? []) {
        const described = list.resources.find(({ name }) => name === `${resource.resource}/${part.name}`);
        const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
        expect(described).toEqual({
          name: `${resource.resource}/${part.name}`,
          singularName: '',
          namespaced: resource.namespaced,
          verbs: [...part.verbs],
          ...(part.name === 'scale' ? scale : { kind: resource.kind }),
        });
      }
    },
  );
}
