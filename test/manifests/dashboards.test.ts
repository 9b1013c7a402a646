// The five dashboards: that Grafana finds them, that each query is one, and that each variable is there.
import { describe, expect, test } from '@jest/globals';
import { dashboardQueries, dashboards, filledIn, rules } from './monitoring.ts';
import { grammarErrors, metricsOf } from './queries.ts';

const all = await dashboards();
const queries = await dashboardQueries();

test('are those of the specification', () => {
  expect(all.map(({ title }) => title).sort()).toEqual([
    'Application Performance',
    'Cluster Overview',
    'Database Monitoring',
    'Node Details',
    'Traefik Ingress',
  ]);
  expect(new Set(all.map(({ uid }) => uid)).size).toBe(5);
});

/** What the specification wants to see on each, as the series that show it. */
const shown: Readonly<Record<string, readonly string[]>> = {
  'Cluster Overview': ['kube_node_status_condition', 'node_cpu_seconds_total', 'kube_pod_info'],
  'Node Details': [
    'node_cpu_seconds_total',
    'node_memory_MemAvailable_bytes',
    'node_filesystem_avail_bytes',
    'node_network_receive_bytes_total',
  ],
  'Application Performance': ['traefik_service_request_duration_seconds_bucket', 'traefik_service_requests_total'],
  'Database Monitoring': [
    'mysql_global_status_threads_connected',
    'mysql_global_status_slow_queries',
    'mysql_slave_status_seconds_behind_source',
  ],
  'Traefik Ingress': [
    'traefik_entrypoint_requests_total',
    'traefik_tls_certs_not_after',
    'kube_deployment_status_replicas_ready',
  ],
};

test.each(all.map((one) => [one.title, one] as const))('%s shows what it is for', (title, { panels }) => {
  const asked = panels.flatMap(({ targets }) => targets).filter(({ datasource }) => datasource.type === 'prometheus');
  const metrics = asked.flatMap(({ expr }) => metricsOf(filledIn(expr)));
  expect(metrics).toEqual(expect.arrayContaining([...(shown[title] ?? [title])]));
});

test('the series of each alert about a node, the application or the database are on a dashboard', async () => {
  const onDashboards = queries
    .filter(({ language }) => language === 'prometheus')
    .flatMap(({ expr }) => metricsOf(filledIn(expr)));
  for (const { alert, expr } of await rules()) {
    const missing = metricsOf(expr).filter((metric) => !onDashboards.includes(metric));
    expect({ alert, missing }).toEqual({
      alert,
      missing: alert === 'MySQLBackupStale' ? ['kube_cronjob_created'] : [],
    });
  }
});

test.each(queries.map(({ where, language, expr }) => [where, language, expr] as const))(
  '%s asks a %s query',
  (_where, language, expr) => {
    expect(grammarErrors(language, filledIn(expr))).toEqual([]);
  },
);

describe.each(all.map((one) => [one.title, one] as const))('%s', (_title, dashboard) => {
  test('uses variables that it has, and has none that nothing uses', () => {
    const { templating, panels } = dashboard;
    const text = JSON.stringify(panels);
    const used = [...text.matchAll(/\$\{?(\w+)\}?/g)].map(([, name]) => name).filter((name) => !name?.startsWith('__'));
    expect([...new Set(used)].sort()).toEqual(templating.list.map(({ name }) => name).sort());
  });

  test('has panels side by side, each with an id of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
  });

  test('asks the Prometheus that is chosen, and Loki by the id that Grafana is given', () => {
    const sources = dashboard.panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource));
    for (const { type, uid } of sources) expect(uid).toMatch(type === 'loki' ? /^loki$/ : /^\$\{datasource\}$/);
  });
});
