// The metrics are written twice: in the program, and in the table that operators read. They agree, and they keep Prometheus' rules.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { commands } from '../../commands/index.ts';
import { createMetrics } from '../../src/lib/metrics.ts';

const prefix = 'homelab_bot_';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

const { registry } = createMetrics('1');

const metrics: readonly Metric[] = (await registry.getMetricsAsJSON()).map(({ name, help, type }) => {
  // prom-client's types leave the label names out.
  const { labelNames } = z.object({ labelNames: z.array(z.string()) }).parse(registry.getSingleMetric(name));
  return { name, help, type: String(type), labels: labelNames };
});

test('docs/operating.md names every metric with its labels, and no other', () => {
  const text = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const rows =
    text.slice(text.indexOf('| metric, with `homelab_bot_` before it |')).split('\n\n')[0]?.split('\n') ?? [];
  const named = rows
    .slice(2)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const known = metrics.map(
    ({ name, labels }) => `${name.slice(prefix.length)}${labels.length === 0 ? '' : `{${labels.join(',')}}`}`,
  );
  expect(named.sort()).toEqual(known.sort());
});

// What `promtool check metrics` complains of.
test.each(metrics.map((metric) => [metric.name, metric] as const))('%s keeps the rules of its type', (name, metric) => {
  expect(name).toMatch(/^homelab_bot_[a-z][a-z0-9_]*$/);
  expect(metric.help).toMatch(/^\S.{5,}[^.]$/);
  expect(name.endsWith('_total')).toBe(metric.type === 'counter');
  expect(name).not.toMatch(/_(count|sum|bucket|counter|gauge|histogram)$/);
  expect(name).not.toMatch(/_(ms|milliseconds|millis|minutes|hours|days|kb|kilobytes|mb|megabytes|percent)(_|$)/);
  if (metric.type === 'histogram') expect(name).toMatch(/_seconds$/);
  for (const label of metric.labels) expect(label).toMatch(/^(status|outcome|scope|command|procedure|version)$/);
});

test('a scrape holds few series, however much happens', async () => {
  const one = createMetrics('1');
  for (let status = 0; status < 1000; status += 1) one.discordAnswer(status);
  for (const scope of ['user', 'shared', 'global', 'x', 'y', 'z']) one.discordLimit(scope);
  for (const { name: command } of commands)
    for (const outcome of ['answered', 'told', 'failed', 'refused', 'invalid'])
      one.commandDuration.observe({ command, outcome }, 1);
  const series = (await one.registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(series.length).toBeLessThan(150 + commands.length * 5 * 11);
});
