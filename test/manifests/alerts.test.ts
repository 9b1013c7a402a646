// The alerts of the homelab: that each is right by the specification, says what to do, and leads to a page and a command that there are.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../../commands/index.ts';
import { root } from '../../scripts/check/run-tool.ts';
import { readTyped } from '../../src/dispatch/typed-command.ts';
import { everything, textOf } from './everything.ts';
import { rules } from './monitoring.ts';
import { grammarErrors, metricsOf } from './queries.ts';

const all = await rules();
const named = all.map((rule) => [rule.alert, rule] as const);
const byName = new Map(commands.map((command) => [command.name, command]));
const runbooks = join(root, 'docs/runbooks');

test('are the six of the specification, and two more', () => {
  expect(
    all.map(({ alert, expr, for: after, labels }) => [alert, metricsOf(expr)[0], after, labels['severity']]),
  ).toEqual([
    ['NodeDown', 'up', '2m', 'critical'],
    ['NodeMemoryLow', 'node_memory_MemAvailable_bytes', '5m', 'warning'],
    ['NodeDiskSpaceLow', 'node_filesystem_avail_bytes', '5m', 'warning'],
    ['PodFailed', 'kube_pod_status_phase', '5m', 'warning'],
    ['LaravelSlowResponses', 'traefik_service_request_duration_seconds_bucket', '5m', 'warning'],
    ['MySQLDown', 'mysql_up', '30s', 'critical'],
    ['MySQLBackupStale', 'kube_cronjob_status_last_successful_time', '10m', 'warning'],
    ['TLSCertificateExpiringSoon', 'traefik_tls_certs_not_after', '1h', 'warning'],
  ]);
});

describe.each(named)('%s', (alert, { expr, annotations, labels }) => {
  test('asks a query', () => {
    expect(grammarErrors('prometheus', expr)).toEqual([]);
  });

  test('says in a line what happened, then what it means and what to do', () => {
    const { summary = '', description = '', action = '' } = annotations;
    for (const text of [summary, description, action]) {
      expect(text).not.toBe('');
      expect(text).not.toContain('\n');
    }
    expect(labels['category']).toMatch(/^[a-z-]+$/);
  });

  test('has a runbook, where its link leads, with what can be done from Discord', () => {
    const base = /^RUNBOOKS=(.*)$/m.exec(textOf('settings/homelab.env'))?.[1];
    expect(annotations['runbook_url']).toBe(`${base}/${alert}.md`);
    const text = readFileSync(join(runbooks, `${alert}.md`), 'utf8');
    expect(text.startsWith(`# ${alert}\n\n**${labels['severity'] === 'critical' ? 'Critical' : 'Warning'}.**`)).toBe(
      true,
    );
    expect(text).toContain('\n## What to do\n\n1. ');
    for (const command of annotatedCommands(annotations['homelab_bot_command'] ?? '')) {
      expect(text).toContain(`\`${command.split(' ')[0]}`);
    }
  });

  test('offers a command that only reads, as a person would type it', () => {
    const offered = annotatedCommands(annotations['homelab_bot_command'] ?? '');
    expect(offered.length).toBeGreaterThan(0);
    for (const text of offered) expect({ text, read: readTyped(text, byName) }).not.toEqual({ text, read: null });
  });
});

describe('the runbooks', () => {
  const texts = readdirSync(runbooks).map((name) => [name, readFileSync(join(runbooks, name), 'utf8')] as const);

  test('are a page an alert, and a list of them with what each waits for', () => {
    const pages = all.map(({ alert }) => `${alert}.md`);
    expect(texts.map(([name]) => name).sort()).toEqual([...pages, 'README.md'].sort());
    const rows = all.map(({ alert, for: after, labels }) => [alert, labels['severity'], after]);
    const list = texts.find(([name]) => name === 'README.md')?.[1] ?? '';
    const listed = [...list.matchAll(/^\| \[(\w+)\]\(\1\.md\) \| (\w+) \| .* \| (\w+) \|$/gm)];
    expect(listed.map(([, ...cells]) => cells)).toEqual(rows);
  });

  test.each(texts)('%s names commands of the bot as they are, and links to pages that there are', (_name, text) => {
    const typed = [...text.matchAll(/`(\/[a-z]+(?: [a-z]+:[^`\s]+)*)`/g)].map(([, command = '']) => command);
    expect(typed.flatMap(wrongIn)).toEqual([]);
    const links = [...text.matchAll(/\]\((?!https:)([^)#]+)(?:#([^)]+))?\)/g)];
    for (const [, target = '', anchor] of links) {
      const headings = [...readFileSync(join(runbooks, target), 'utf8').matchAll(/^#+ (.*)$/gm)];
      const anchors = headings.map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'));
      if (anchor !== undefined) expect(anchors).toContain(anchor);
    }
  });
});

describe('what the queries name is what there is', () => {
  test('the limit of slow answers is a boundary of the histogram, and there is one above it', async () => {
    const config = (await everything()).find(({ object }) => object.kind === 'HelmChartConfig')?.object;
    const { valuesContent } = z.object({ spec: z.object({ valuesContent: z.string() }) }).parse(config).spec;
    const Values = z.object({ metrics: z.object({ prometheus: z.object({ buckets: z.string() }) }) });
    const buckets = Values.parse(parse(valuesContent)).metrics.prometheus.buckets.split(',').map(Number);
    const limit = Number(/> (\d+)\s*$/.exec(ruleOf('LaravelSlowResponses').expr)?.[1]);
    expect(buckets).toContain(limit);
    expect(Math.max(...buckets)).toBeGreaterThan(limit);
  });

  test('the application, the database and its dumps', async () => {
    const names = (await everything()).map(
      ({ object: { kind, metadata } }) => `${kind} ${metadata.namespace} ${metadata.name}`,
    );
    expect(names).toContain('Service laravel-apps laravel-multi-tenant-service');
    expect(ruleOf('LaravelSlowResponses').expr).toContain(
      'service=~"laravel-apps-laravel-multi-tenant-service-.+@kubernetes"',
    );
    expect(names).toContain('CronJob laravel-apps mysql-backup');
    expect(ruleOf('MySQLBackupStale').expr).toContain('namespace="laravel-apps",cronjob="mysql-backup"');
  });

  test('Prometheus reads the exporter beside MySQL at a port of its Service', async () => {
    const objects = (await everything()).map(({ object }) => object);
    const Labels = z.record(z.string(), z.string());
    const { spec } = z
      .object({
        spec: z.object({
          namespaceSelector: z.object({ matchNames: z.array(z.string()) }),
          selector: z.object({ matchLabels: Labels }),
          endpoints: z.tuple([z.object({ port: z.string() })]),
        }),
      })
      .parse(objects.find(({ kind, metadata }) => kind === 'ServiceMonitor' && metadata.name === 'mysql'));
    const Service = z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), labels: Labels.default({}) }),
      spec: z.object({ ports: z.array(z.object({ name: z.string() })) }),
    });
    const read = objects
      .filter(({ kind }) => kind === 'Service')
      .map((object) => Service.parse(object))
      .filter(({ metadata, spec: { ports } }) => {
        const isNamed = ports.some(({ name }) => name === spec.endpoints[0].port);
        const isIn = spec.namespaceSelector.matchNames.includes(metadata.namespace);
        const wanted = Object.entries(spec.selector.matchLabels);
        return isNamed && isIn && wanted.every(([label, value]) => metadata.labels[label] === value);
      });
    expect(read.map(({ metadata }) => metadata.name)).toEqual(['mysql-multi-tenant-service']);
    expect(ruleOf('MySQLDown').expr).toContain('namespace="laravel-apps",service="mysql-multi-tenant-service"');
  });
});

function ruleOf(alert: string) {
  const found = all.find((rule) => rule.alert === alert);
  if (found === undefined) throw new Error(`there is no alert ${alert}`);
  return found;
}

/** Every text that an annotation may become: each branch of its conditions, labels filled in. */
function annotatedCommands(template: string): string[] {
  return template
    .split(/\{\{ *(?:if [^}]*|else|end) *\}\}/)
    .filter((text) => text !== '')
    .map((text) => text.replaceAll(/\{\{ *\$labels\.(\w+) *\}\}/g, 'a-$1'));
}

/** What the bot would not take in a command as a person would type it. */
function wrongIn(typed: string): string[] {
  const [, name = '', rest = ''] = /^\/([a-z]+)((?: [a-z]+:\S+)*)$/.exec(typed) ?? [];
  const command = byName.get(name);
  if (command === undefined) return [`there is no ${typed}`];
  const given = [...rest.matchAll(/ ([a-z]+):/g)].map(([, option = '']) => option);
  return given.filter((option) => !Object.hasOwn(command.options, option)).map((option) => `/${name} has no ${option}`);
}
