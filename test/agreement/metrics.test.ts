// Every metric that the dashboard, the alert rules and the docs name is one that the bot has, with the labels that they use.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../../scripts/check/run-tool.ts';
import type { Outcome } from '../../src/cards/channels.ts';
import { createMetrics } from '../../src/lib/metrics.ts';

const { registry } = createMetrics('0.0.0');
const text = await registry.metrics();

/** Series that the registry gives, by name, with the labels of each. */
const series = new Map(
  [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = '', type]) => {
    const labels = labelsOf(name);
    return type === 'histogram'
      ? ([
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ] as const)
      : ([[name, labels]] as const);
  }),
);

function labelsOf(name: string): readonly string[] {
  const metric = registry.getSingleMetric(name);
  return z.object({ labelNames: z.array(z.string()) }).parse(metric).labelNames;
}

/** Labels that Prometheus adds to whatever it scrapes. */
const added = ['job', 'instance', 'namespace', 'pod', 'service', 'container', 'endpoint'];

const monitoring = join(root, 'manifests/chatops/monitoring');

const Dashboard = z.object({
  panels: z.array(z.object({ id: z.number(), title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});
const dashboard = Dashboard.parse(JSON.parse(readFileSync(join(monitoring, 'homelab-bot.json'), 'utf8')));

const Rules = z.object({
  spec: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            labels: z.object({ severity: z.enum(['critical', 'warning']), component: z.literal('homelab-bot') }),
            annotations: z.object({ summary: z.string(), description: z.string(), action: z.string() }),
          }),
        ),
      }),
    ),
  }),
});
const rules = Rules.parse(parse(readFileSync(join(monitoring, 'rules.yaml'), 'utf8'))).spec.groups.flatMap(
  (group) => group.rules,
);

const expressions = [
  ...rules.map(({ alert, expr }) => [`the alert ${alert}`, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`the panel ${title}`, expr] as const)),
];

/** What an expression asks for: `name`, and the labels of its `{…}`. */
function selectors(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b(homelab_bot_\w+|up)\{([^}]*)\}/g)].map(([, name = '', inside = '']) => ({
    name,
    labels: [...inside.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label),
  }));
}

describe.each(expressions)('%s', (_where, expr) => {
  test('asks for series that there are, of this bot alone, by labels that they have', () => {
    const asked = selectors(expr);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBe(expr.match(/homelab_bot_|\bup\b/g)?.length);
    for (const { name, labels } of asked) {
      if (name !== 'up') expect([...series.keys()]).toContain(name);
      expect(labels).toContain('job');
      expect(labels.filter((label) => !added.includes(label) && !series.get(name)?.includes(label))).toEqual([]);
    }
    const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    const has = [...added, ...asked.flatMap(({ name }) => series.get(name) ?? [])];
    expect(grouped.filter((label) => !has.includes(label))).toEqual([]);
  });
});

test('an alert names the refusals of Discord that trying again does not repair, as the bot counts them', () => {
  const refusals = ['channel refused', 'token refused', 'message refused'] satisfies Outcome['kind'][];
  const expr = rules.find(({ alert }) => alert === 'HomelabBotDeliveriesFail')?.expr ?? '';
  const named = [...expr.matchAll(/outcome=~"([^"]*)"/g)].map(([, list = '']) => list.split('|'));
  expect(named).toEqual([refusals]);
});

test('alerts and panels have names of their own', () => {
  for (const names of [rules.map(({ alert }) => alert), dashboard.panels.map(({ title }) => title)])
    expect(new Set(names).size).toBe(names.length);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});

test('the docs name no metric that there is not', () => {
  const names = [...series.keys()].flatMap((name) => [name, name.replace(/_(bucket|sum|count)$/, '')]);
  const files = [
    'README.md',
    'manifests/chatops/README.md',
    ...readdirSync(join(root, 'docs')).map((one) => `docs/${one}`),
  ];
  const written = files
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => readFileSync(join(root, name), 'utf8').match(/\bhomelab_bot_\w*[a-z]\b/g) ?? []);
  // By which a rule of an alert offers an action; no metric.
  expect(written.filter((name) => name !== 'homelab_bot_command' && !names.includes(name))).toEqual([]);
});
