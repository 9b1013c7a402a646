// The values of the charts of monitoring/ and logging/: what K3s needs, what belongs on which disk, what every container is given, and that they agree with each other.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { textOf } from './everything.ts';

const Values = z.record(z.string(), z.unknown());

/** One chart's values, files in helm's order: maps are merged, all else is replaced. */
function valuesOf(...files: readonly string[]): unknown {
  return files.map((file): unknown => parse(textOf(file))).reduce(merged);
}

function merged(under: unknown, over: unknown): unknown {
  const [below, above] = [Values.safeParse(under), Values.safeParse(over)];
  if (!below.success || !above.success) return over;
  const keys = new Set([...Object.keys(below.data), ...Object.keys(above.data)]);
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      key in above.data && key in below.data
        ? merged(below.data[key], above.data[key])
        : (above.data[key] ?? below.data[key]),
    ]),
  );
}

function at(values: unknown, path: string): unknown {
  return path.split('/').reduce((value: unknown, key) => Values.safeParse(value).data?.[key], values);
}

const prometheus = valuesOf('monitoring/monitoring-values.yaml', 'settings/values/prometheus.yaml');
const loki = valuesOf('logging/loki-values.yaml', 'settings/values/loki.yaml');
const alloy = valuesOf('logging/alloy-values.yaml');

describe('on K3s', () => {
  test('what is no process of its own is neither scraped nor missed', () => {
    for (const one of ['kubeControllerManager', 'kubeScheduler', 'kubeProxy', 'kubeEtcd']) {
      expect(at(prometheus, `${one}/enabled`)).toBe(false);
    }
    for (const group of ['kubeControllerManager', 'kubeSchedulerAlerting', 'kubeProxy', 'etcd']) {
      expect(at(prometheus, `defaultRules/rules/${group}`)).toBe(false);
    }
  });

  test('the mounts of its sandboxes are no file systems of the node', () => {
    const args = z.array(z.string()).parse(at(prometheus, 'prometheus-node-exporter/extraArgs'));
    const [excluded = ''] = args.filter((arg) => arg.includes('mount-points-exclude'));
    const pattern = new RegExp(excluded.replace(/^[^=]*=/, ''));
    expect('/run/k3s/containerd/io.containerd.grpc.v1.cri/sandboxes/5f0c/shm').toMatch(pattern);
    for (const mountpoint of ['/', '/home', '/var', '/var/lib/rancher/k3s/storage']) {
      expect(mountpoint).not.toMatch(pattern);
    }
  });
});

test('Prometheus takes rules and monitors whatever their labels', () => {
  for (const kind of ['rule', 'serviceMonitor', 'podMonitor', 'probe', 'scrapeConfig']) {
    expect(at(prometheus, `prometheus/prometheusSpec/${kind}SelectorNilUsesHelmValues`)).toBe(false);
  }
});

test.each([
  [
    'Prometheus',
    prometheus,
    'prometheus/prometheusSpec/storageSpec/volumeClaimTemplate/spec/storageClassName',
    'local-path',
  ],
  ['Grafana', prometheus, 'grafana/persistence/storageClassName', 'local-path'],
  ['Loki', loki, 'singleBinary/persistence/storageClass', 'local-path'],
  [
    'Alertmanager',
    prometheus,
    'alertmanager/alertmanagerSpec/storage/volumeClaimTemplate/spec/storageClassName',
    'nfs-client',
  ],
])('the data of %s is on the disk that bears it', (_what, values, path, storageClass) => {
  expect(at(values, path)).toBe(storageClass);
});

test('Prometheus begins to delete before its volume is full', () => {
  const claim = 'prometheus/prometheusSpec/storageSpec/volumeClaimTemplate/spec/resources/requests/storage';
  const [, room] = /^(\d+)Gi$/.exec(`${at(prometheus, claim)}`) ?? [];
  const [, kept] = /^(\d+)GB$/.exec(`${at(prometheus, 'prometheus/prometheusSpec/retentionSize')}`) ?? [];
  expect(Number(kept)).toBeLessThanOrEqual(Number(room) * 0.85);
  expect(Number(kept)).toBeGreaterThan(0);
});

test('Grafana is one pod that keeps its volume, and is reached over the tailnet alone', () => {
  expect(at(prometheus, 'grafana/persistence/type')).toBe('sts');
  for (const page of ['grafana', 'prometheus', 'alertmanager']) {
    expect(at(prometheus, `${page}/ingress/ingressClassName`)).toBe('tailscale');
    expect(at(prometheus, `${page}/ingress/tls`)).toEqual([{ hosts: at(prometheus, `${page}/ingress/hosts`) }]);
  }
});

/** Where each container's are. */
const resources = [
  ...[
    'prometheusOperator',
    'prometheusOperator/admissionWebhooks/patch',
    'prometheusOperator/prometheusConfigReloader',
    'prometheus/prometheusSpec',
    'alertmanager/alertmanagerSpec',
    'grafana',
    'grafana/sidecar',
    'kube-state-metrics',
    'prometheus-node-exporter',
  ].map((path) => [path, prometheus] as const),
  ['singleBinary', loki] as const,
  ['alloy', alloy] as const,
  ['configReloader', alloy] as const,
];

test.each(resources)('%s says what it needs, and where it ends', (path, values) => {
  const amounts = { cpu: expect.stringMatching(/^\d+m?$/), memory: expect.stringMatching(/^\d+[MG]i$/) };
  expect(at(values, `${path}/resources`)).toEqual({ requests: amounts, limits: amounts });
});

test('each Secret that is named is one that the README makes, with that key', () => {
  const made = textOf('monitoring/README.md');
  const secrets = z.array(z.string()).parse(at(prometheus, 'alertmanager/alertmanagerSpec/secrets'));
  for (const name of [...secrets, at(prometheus, 'grafana/admin/existingSecret')]) {
    expect(made).toContain(`create secret generic ${name} `);
  }
  for (const key of [at(prometheus, 'grafana/admin/userKey'), at(prometheus, 'grafana/admin/passwordKey')]) {
    expect(made).toMatch(new RegExp(`--from-(literal|file)=${key}=`));
  }
});

test('Alloy writes to the Loki that Grafana reads', () => {
  const [source] = z.array(z.looseObject({ url: z.string() })).parse(at(prometheus, 'grafana/additionalDataSources'));
  const written = /url = "(.*)\/loki\/api\/v1\/push"/.exec(textOf('logging/config.alloy'))?.[1];
  expect(source).toMatchObject({ uid: 'loki', url: written });
  expect(at(loki, 'loki/auth_enabled')).toBe(false);
});

test('Loki is one process, and deletes what is old', () => {
  expect(at(loki, 'deploymentMode')).toBe('Monolithic');
  expect(at(loki, 'singleBinary/replicas')).toBe(1);
  for (const other of ['read', 'write', 'backend']) expect(at(loki, `${other}/replicas`)).toBe(0);
  expect(at(loki, 'loki/compactor/retention_enabled')).toBe(true);
  expect(at(loki, 'loki/limits_config/retention_period')).toMatch(/^\d+h$/);
});

test('nobody of them may read every Secret of the cluster', () => {
  expect(at(prometheus, 'grafana/rbac/useExistingClusterRole')).toBe('grafana-dashboards');
  expect(at(prometheus, 'kube-state-metrics/collectorsExclude')).toContain('secrets');
  expect(at(loki, 'sidecar/rules/enabled')).toBe(false);
  const Rules = z.array(z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) }));
  for (const path of ['rbac/rules', 'rbac/clusterRules']) {
    const given = Rules.parse(at(alloy, path));
    expect(given.flatMap((rule) => rule.resources)).not.toContain('secrets');
    expect(new Set(given.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list', 'watch']));
  }
});

test.each([
  ['monitoring/README.md', 'prometheus-community/kube-prometheus-stack', 'monitoring/monitoring-values.yaml'],
  ['logging/README.md', 'grafana-community/loki', 'logging/loki-values.yaml'],
  ['logging/README.md', 'grafana/alloy', 'logging/alloy-values.yaml'],
])('%s installs the version of %s that %s is for', (readme, chart, file) => {
  const named = new RegExp(`${chart.split('/')[1]} ([0-9.]+[0-9])`).exec(textOf(file))?.[1];
  const installed = [...textOf(readme).matchAll(new RegExp(`${chart} --version ([0-9.]+[0-9])`, 'g'))];
  expect(installed.length).toBeGreaterThan(0);
  for (const [, version] of installed) expect(version).toBe(named);
});
