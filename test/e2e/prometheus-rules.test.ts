// The alerts as Prometheus evaluates them: promtool checks every rule, and plays to each alert the minutes before, at and after its time, and what looks like it.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { dashboardQueries, filledIn, ruleGroups } from '../manifests/monitoring.ts';
import { rendered } from '../manifests/render.ts';

const played = join(import.meta.dirname, 'prometheus-rules');
const plays = (await readdir(played)).filter((name) => name.endsWith('.yaml'));

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-rules-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Rejects with what it says where it finds a fault. */
async function promtool(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('promtool', args, { cwd: folder, timeout: 60_000 }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`);
    },
  );
  return stdout;
}

test.each(['monitoring', 'chatops/monitoring'])('Prometheus takes every rule of %s', async (from) => {
  const objects = (await rendered(from)).filter(({ kind }) => kind === 'PrometheusRule');
  expect(objects).toHaveLength(1);
  const { spec } = z.object({ spec: z.object({ groups: z.array(z.unknown()) }) }).parse(objects[0]);
  await writeFile(join(folder, 'checked.yaml'), stringify({ groups: spec.groups }));
  expect(await promtool('check', 'rules', 'checked.yaml')).toContain('SUCCESS');
});

test('Prometheus takes every query of the dashboards: its functions, types and labels', async () => {
  const queries = (await dashboardQueries()).filter(({ language }) => language === 'prometheus');
  expect(queries.length).toBeGreaterThan(80);
  const rules = queries.map(({ where, expr }, index) => ({
    record: `query:${index}`,
    expr: filledIn(expr),
    labels: { where },
  }));
  await writeFile(join(folder, 'queries.yaml'), stringify({ groups: [{ name: 'dashboards', rules }] }));
  expect(await promtool('check', 'rules', 'queries.yaml')).toContain(`SUCCESS: ${queries.length} rules found`);
});

test('each of the six alerts is played, and so are the others', async () => {
  const alerts = (await ruleGroups()).flatMap(({ rules }) => rules.map(({ alert }) => alert));
  expect(plays).toEqual(expect.arrayContaining(alerts.slice(0, 6).map((alert) => `${alert}.yaml`)));
});

test.each(plays)('%s', async (play) => {
  // The words that are filled in are compared; the others stand in one place.
  const groups = (await ruleGroups()).map((group) => ({
    ...group,
    rules: group.rules.map(({ annotations: { summary, homelab_bot_command }, ...rule }) => ({
      ...rule,
      annotations: { summary, homelab_bot_command },
    })),
  }));
  await writeFile(join(folder, 'rules.yaml'), stringify({ groups }));
  await copyFile(join(played, play), join(folder, play));
  expect(await promtool('test', 'rules', play)).toContain('SUCCESS');
});
