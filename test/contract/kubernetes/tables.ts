// Tables, as kubectl asks for them.
import { expect, test } from '@jest/globals';
import { app, apply, applyApp, appSpace, rolledOut, setsOf } from './apps.ts';
import type { Watched } from './client.ts';
import type { Connection } from './connection.ts';
import { space } from './fixture.ts';

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const age = expect.stringMatching(/^(\d+[smhdy]){1,2}$/);

/** What is answered to `accept`, and watched with it. */
interface Table extends Watched {
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

  const apps: [path: string, columns: string][] = [
    [
      `/apis/apps/v1/namespaces/${appSpace}/deployments`,
      'Name Ready Up-to-date Available Age Containers* Images* Selector*',
    ],
    [
      `/apis/apps/v1/namespaces/${appSpace}/replicasets`,
      'Name Desired Current Ready Age Containers* Images* Selector*',
    ],
    [`/api/v1/namespaces/${appSpace}/services`, 'Name Type Cluster-IP External-IP Port(s) Age Selector*'],
    [`/api/v1/namespaces/${appSpace}/configmaps`, 'Name Data Age'],
    [
      `/api/v1/namespaces/${appSpace}/persistentvolumeclaims`,
      'Name Status Volume Capacity Access Modes StorageClass VolumeAttributesClass Age VolumeMode*',
    ],
    [`/api/v1/namespaces/${appSpace}/resourcequotas`, 'Name Request Limit Age'],
    [
      `/apis/autoscaling/v2/namespaces/${appSpace}/horizontalpodautoscalers`,
      'Name Reference Targets MinPods MaxPods Replicas Age',
    ],
    [
      `/apis/batch/v1/namespaces/${appSpace}/cronjobs`,
      'Name Schedule Timezone Suspend Active Last Schedule Age Containers* Images* Selector*',
    ],
    [
      `/apis/batch/v1/namespaces/${appSpace}/jobs`,
      'Name Status Completions Duration Age Containers* Images* Selector*',
    ],
    [`/apis/networking.k8s.io/v1/namespaces/${appSpace}/ingresses`, 'Name Class Hosts Address Ports Age'],
    [`/apis/networking.k8s.io/v1/namespaces/${appSpace}/networkpolicies`, 'Name Pod-Selector Age'],
    [
      `/apis/policy/v1/namespaces/${appSpace}/poddisruptionbudgets`,
      'Name Min Available Max Unavailable Allowed Disruptions Age',
    ],
  ];
  test.each(apps)('the columns of %s', async (path, expected) => {
    const { columnDefinitions } = await table(path);
    const names = columnDefinitions.map(({ name, priority }) => `${name}${priority === 1 ? '*' : ''}`);
    expect(names.join(' ')).toBe(expected);
  });

  test('the rows of what an app brings along', async () => {
    for (const object of surroundings) {
      const [group, resource] = object.where;
      const path = `/${group}/namespaces/${appSpace}/${resource}/${object.metadata.name}`;
      const { where: _w, types, cells, ...sent } = object;
      expect([201, 200]).toContain((await apply(connection(), path, sent)).status);
      const { rows, columnDefinitions } = await table(path);
      expect(columnDefinitions.map(({ type }) => type)).toEqual(types);
      expect(rows.map(({ cells }) => cells)).toEqual([cells]);
    }
  });

  test('the row of a Deployment', async () => {
    await applyApp(connection(), app('drawn', { replicas: 2 }));
    await rolledOut(connection(), 'drawn');
    const { rows, columnDefinitions } = await table(`/apis/apps/v1/namespaces/${appSpace}/deployments/drawn`);
    const image = 'registry.test:5000/acme/drawn:v1';
    expect(rows[0]?.cells).toEqual(['drawn', '2/2', 2, 2, age, 'app', image, 'app=drawn']);
    expect(new Set(columnDefinitions.map(({ type }) => type))).toEqual(new Set(['string']));
    const [set] = await setsOf(connection(), 'drawn');
    const sets = await table(`/apis/apps/v1/namespaces/${appSpace}/replicasets/${set?.metadata.name}`);
    const hash = `app=drawn,pod-template-hash=${set?.metadata.name.slice('drawn-'.length)}`;
    expect(sets.rows[0]?.cells).toEqual([set?.metadata.name, 2, 2, 2, age, 'app', image, hash]);
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
    const next = async () => (await watching.next())?.object as Table;
    const first = await next();
    const second = await next();
    watching.stop();
    expect([first.columnDefinitions.length, second.columnDefinitions]).toEqual([9, null]);
    expect([first.rows[0]?.cells[0], second.rows[0]?.cells[0]]).toEqual(['web-1', 'web-2']);
  });
}

/** Each with where it is, the types of its columns and the cells of its row. */
const surroundings = [
  {
    where: ['api/v1', 'services'] as const,
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: {
      selector: { tier: 'web', app: 'x' },
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    },
    types: ['string', 'string', 'string', 'string', 'string', 'string', 'string'],
    cells: ['web', 'ClusterIP', expect.stringMatching(/^10\.43\./), '<none>', '80/TCP,53/UDP', age, 'app=x,tier=web'],
  },
  {
    where: ['api/v1', 'configmaps'] as const,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { a: '1', b: '2' },
    types: ['string', 'string', 'string'],
    cells: ['settings', 2, age],
  },
  {
    where: ['apis/networking.k8s.io/v1', 'ingresses'] as const,
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'router' },
    spec: {
      ingressClassName: 'traefik',
      rules: ['a.test', 'b.test', 'c.test', 'd.test'].map((host) => ({ host })),
    },
    types: ['string', 'string', 'string', 'string', 'string', 'string'],
    cells: ['router', 'traefik', 'a.test,b.test,c.test + 1 more...', '', '80', age],
  },
  {
    where: ['apis/networking.k8s.io/v1', 'networkpolicies'] as const,
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'inside' },
    spec: { podSelector: { matchLabels: { app: 'x' } }, ingress: [{ ports: [{ port: 8000 }] }] },
    types: ['string', 'string', 'string'],
    cells: ['inside', 'app=x', age],
  },
  {
    where: ['apis/policy/v1', 'poddisruptionbudgets'] as const,
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'some' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'nobody' } } },
    types: ['string', 'string', 'string', 'integer', 'string'],
    cells: ['some', 'N/A', '1', 0, age],
  },
  {
    where: ['apis/autoscaling/v2', 'horizontalpodautoscalers'] as const,
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'wide' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' },
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    },
    types: ['string', 'string', 'string', 'string', 'string', 'string', 'string'],
    cells: ['wide', 'Deployment/nobody', 'cpu: <unknown>/80%', '1', 5, 0, age],
  },
  {
    where: ['apis/batch/v1', 'cronjobs'] as const,
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: {
      schedule: '0 3 * * *',
      suspend: true,
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b:c' }] } } },
      },
    },
    types: ['string', 'string', 'string', 'boolean', 'integer', 'string', 'string', 'string', 'string', 'string'],
    cells: ['nightly', '0 3 * * *', '<none>', 'True', 0, '<none>', age, 'a', 'b:c', '<none>'],
  },
];
