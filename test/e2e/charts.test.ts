// What the charts are told: every key of our values is one that the chart knows, by its own default values, and helm takes all of it by the chart's
// own schema where it has one.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { root } from '../../scripts/check/run-tool.ts';
import { textOf } from '../manifests/everything.ts';
import { rendered } from '../manifests/render.ts';

const charts = resolve(root, '../shared/charts');

/** Each chart with the files that it is given, in their order; subcharts by the key that their values stand under. */
const uses = [
  {
    chart: 'nfs-subdir-external-provisioner',
    files: ['storage/values.yaml', 'settings/values/nfs-subdir-external-provisioner.yaml'],
    subcharts: [],
  },
  {
    chart: 'kube-prometheus-stack',
    files: ['monitoring/monitoring-values.yaml', 'settings/values/prometheus.yaml'],
    subcharts: ['grafana', 'kube-state-metrics', 'prometheus-node-exporter'],
  },
  { chart: 'loki', files: ['logging/loki-values.yaml', 'settings/values/loki.yaml'], subcharts: [] },
  { chart: 'alloy', files: ['logging/alloy-values.yaml'], subcharts: [] },
];

const Values = z.record(z.string(), z.unknown());

const defaultsText = (chart: string) => readFileSync(join(charts, `${chart}.values.yaml`), 'utf8');

/** What the chart does without us, its subcharts' own defaults included. */
function defaultsOf(chart: string, subcharts: readonly string[]): unknown {
  const own = Values.parse(parse(defaultsText(chart)));
  for (const one of subcharts) own[one] = merged(parse(defaultsText(one)), own[one] ?? {});
  return own;
}

/** As helm merges: maps are merged, all else is replaced. */
function merged(under: unknown, over: unknown): unknown {
  const [below, above] = [Values.safeParse(under), Values.safeParse(over)];
  if (!below.success || !above.success || Array.isArray(under) || Array.isArray(over)) return over ?? under;
  const result = { ...below.data };
  for (const [key, value] of Object.entries(above.data))
    result[key] = key in result ? merged(result[key], value) : value;
  return result;
}

/** What a chart hands on as it is: to Kubernetes, to the program's own configuration. */
const handedOn = /^(.*[sS]ecurityContext|resources|spec|grafana\.ini|limits_config)$/;

/** Paths of `values` that the defaults do not have. Below an empty map of theirs anything goes; a key that they show behind a # is known. */
function unknownKeys(values: unknown, defaults: unknown, shown: ReadonlySet<string>, path = ''): string[] {
  const [ours, theirs] = [Values.safeParse(values), Values.safeParse(defaults)];
  if (!ours.success || !theirs.success || Array.isArray(defaults) || Object.keys(theirs.data).length === 0) return [];
  return Object.entries(ours.data).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!(key in theirs.data)) return shown.has(key) ? [] : [at];
    return handedOn.test(key) ? [] : unknownKeys(value, theirs.data[key], shown, at);
  });
}

function shownKeys(chart: string, subcharts: readonly string[]): Set<string> {
  const text = [chart, ...subcharts].map(defaultsText).join('\n');
  return new Set([...text.matchAll(/^\s*#+\s*([A-Za-z][\w-]*):/gm)].map(([, key = '']) => key));
}

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-bot-charts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Has the real helm take the values for a chart with these defaults and that schema; nothing is rendered. @throws what helm says of them. */
async function helmTakes(chart: string, values: readonly string[]): Promise<void> {
  const at = join(folder, chart);
  await mkdir(join(at, 'templates'), { recursive: true });
  await writeFile(join(at, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: chart, version: '0.0.0' }));
  await copyFile(join(charts, `${chart}.values.yaml`), join(at, 'values.yaml'));
  const schema = join(charts, `${chart}.values.schema.json`);
  if (existsSync(schema)) await copyFile(schema, join(at, 'values.schema.json'));
  const files: string[] = [];
  for (const [index, text] of values.entries()) {
    files.push('-f', join(at, `given-${index}.yaml`));
    await writeFile(join(at, `given-${index}.yaml`), text);
  }
  await promisify(execFile)('helm', ['template', chart, at, ...files], {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
  });
}

describe.each(uses)('$chart', ({ chart, files, subcharts }) => {
  test.each(files)('knows every key of %s', (file) => {
    expect(unknownKeys(parse(textOf(file)), defaultsOf(chart, subcharts), shownKeys(chart, subcharts))).toEqual([]);
  });

  test('takes them together', async () => {
    await helmTakes(chart, files.map(textOf));
  });

  test('is named with its version in the README that installs it', () => {
    const folders: Record<string, string> = {
      alloy: 'logging',
      loki: 'logging',
      'kube-prometheus-stack': 'monitoring',
    };
    expect(textOf(`${folders[chart] ?? 'storage'}/README.md`)).toMatch(
      new RegExp(`${chart}[\\s\\\\]+--version [0-9.]+`),
    );
  });
});

describe('traefik, as K3s brings it', () => {
  const given = async () => {
    const [config] = await rendered('ingress');
    return z.looseObject({ spec: z.object({ valuesContent: z.string() }) }).parse(config).spec.valuesContent;
  };

  test('knows every key', async () => {
    expect(unknownKeys(parse(await given()), defaultsOf('traefik', []), shownKeys('traefik', []))).toEqual([]);
  });

  test('takes them by its schema, and would not take another', async () => {
    await helmTakes('traefik', [await given()]);
    await expect(helmTakes('traefik', ['deployment: { replicas: many }\n'])).rejects.toThrow(/replicas/);
  });

  test('is given the address for certificates from the settings', async () => {
    const email = /^ACME_EMAIL=(.*)$/m.exec(textOf('settings/homelab.env'))?.[1];
    expect(parse(await given())).toMatchObject({ certificatesResolvers: { letsencrypt: { acme: { email } } } });
  });
});

test('a key that no chart knows is found', () => {
  const defaults = defaultsOf('kube-prometheus-stack', ['grafana']);
  const specification = { grafana: { adminPassword: { existingSecret: 'x' }, admin: { secretKey: 'y' } }, nothing: 1 };
  expect(unknownKeys(specification, defaults, new Set())).toEqual([
    'grafana.adminPassword',
    'grafana.admin.secretKey',
    'nothing',
  ]);
});
