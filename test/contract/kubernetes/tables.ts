// Tables, as kubectl asks for them.
import { expect, test } from '@jest/globals';
import type { Connection } from './connection.ts';
import { space } from './fixture.ts';

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const age = expect.stringMatching(/^(\d+[smhdy]){1,2}$/);

interface Table {
  readonly kind: string;
  readonly columnDefinitions: readonly {
    readonly name: string;
    readonly type: string;
    readonly format: string;
    readonly priority: number;
  }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: unknown }[];
}

export function tableTests(connection: () => Connection): void {
  const table = async (path: string) => (await connection().admin.ask(path, { headers: { accept } })).body as Table;

  const columns: [path: string, columns: string][] = [
    [
      '/api/v1/nodes',
      'Name Status Roles Age Version Internal-IP* External-IP* OS-Image* Kernel-Version* Container-Runtime*',
    ],
    [`/api/v1/namespaces/${space}/pods`, 'Name Ready Status Restarts Age IP* Node* Nominated Node* Readiness Gates*'],
    [
      `/api/v1/namespaces/${space}/events`,
      'Last Seen Type Reason Object Subobject* Source* Message First Seen* Count* Name*',
    ],
    [
      `/apis/events.k8s.io/v1/namespaces/${space}/events`,
      'Last Seen Type Reason Object Subobject* Source* Message First Seen* Count* Name*',
    ],
    ['/api/v1/namespaces', 'Name Status Age'],
    [`/api/v1/namespaces/${space}/serviceaccounts`, 'Name Age'],
    ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'Name Created At'],
    ['/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', 'Name Role Age Users* Groups* ServiceAccounts*'],
    [
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${space}/rolebindings`,
      'Name Role Age Users* Groups* ServiceAccounts*',
    ],
    [`/apis/rbac.authorization.k8s.io/v1/namespaces/${space}/roles`, 'Name Created At'],
  ];
  test.each(columns)('the columns of %s', async (path, expected) => {
    const { kind, columnDefinitions, rows } = await table(`${path}?limit=1`);
    expect(kind).toBe('Table');
    expect(columnDefinitions.map(({ name, priority }) => `${name}${priority === 1 ? '*' : ''}`).join(' ')).toBe(
      expected,
    );
    expect(columnDefinitions.filter(({ format }) => format === 'name').map(({ name }) => name)).toEqual(['Name']);
    expect(columnDefinitions.filter(({ type }) => type === 'date').map(({ name }) => name)).toEqual(
      expected.includes('Created At') ? ['Created At'] : [],
    );
    expect(rows[0]?.cells).toHaveLength(columnDefinitions.length);
  });

  test('the rows of nodes', async () => {
    const { rows } = await table('/api/v1/nodes');
    const cells = new Map(rows.map((row) => [row.cells[0], row.cells]));
    const rest = (roles: string) => [
      'Ready',
      roles,
      age,
      expect.stringMatching(/^v1\.36\./),
      expect.any(String),
      '<none>',
      'Arch Linux',
    ];
    expect(cells.get('desktop-1')?.slice(1, 8)).toEqual(rest('control-plane'));
    expect(cells.get('worker-db-01')?.slice(1, 8)).toEqual(rest('<none>'));
    expect(cells.get('desktop-2')?.[8]).toMatch(/ \(amd64\)$/);
  });

  test('the rows of pods', async () => {
    const { rows } = await table(`/api/v1/namespaces/${space}/pods`);
    const rest = ['1/1', 'Running', '0', age, expect.any(String), 'desktop-2', '<none>', '<none>'];
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['db-1', ...rest],
      ['web-1', ...rest],
      ['web-2', ...rest],
    ]);
  });

  test('the rows of events', async () => {
    const { rows } = await table(`/api/v1/namespaces/${space}/events?fieldSelector=involvedObject.name%3Dweb-1`);
    expect(rows.map(({ cells }) => cells)).toEqual([
      [
        age,
        'Warning',
        'Unhealthy',
        'pod/web-1',
        '',
        'kubelet, desktop-2',
        'Readiness probe failed: <timeout>',
        age,
        4,
        'web-1.1',
      ],
    ]);
  });

  test('the rows of bindings', async () => {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/contract-impersonation';
    const { rows } = await table(path);
    expect(rows[0]?.cells).toEqual([
      'contract-impersonation',
      'ClusterRole/contract-impersonation',
      age,
      '',
      '',
      `${space}/robot`,
    ]);
  });

  test.each([
    ['None', null],
    ['Object', { kind: 'Pod', apiVersion: 'v1', spec: expect.anything() }],
    ['Metadata', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'web-1' } }],
  ])('a row carries what includeObject asks for: %s', async (include, expected) => {
    const { rows } = await table(`/api/v1/namespaces/${space}/pods/web-1?includeObject=${include}`);
    if (expected === null) expect(rows[0]?.object).toBeNull();
    else expect(rows[0]?.object).toMatchObject(expected);
  });

  test('a watched table defines its columns once', async () => {
    const path = `/api/v1/namespaces/${space}/pods?watch=1&labelSelector=app%3Dweb`;
    const watching = await connection().admin.watch(path, { headers: { accept } });
    const first = (await watching.next())?.object as unknown as Table;
    const second = (await watching.next())?.object as unknown as Table;
    watching.stop();
    expect([first.columnDefinitions.length, second.columnDefinitions]).toEqual([9, null]);
    expect([first.rows[0]?.cells[0], second.rows[0]?.cells[0]]).toEqual(['web-1', 'web-2']);
  });
}
