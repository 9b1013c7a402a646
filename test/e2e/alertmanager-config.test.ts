// Alertmanager's own tool takes the configuration, and tells which receiver each alert goes to.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { generatedAlertmanagerConfig, rules } from '../manifests/monitoring.ts';
import { rendered } from '../manifests/render.ts';

/** The first minor version that knows `timeout`; Debian's is older than the Alertmanager of the chart. */
const firstWhole = 28;

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-amtool-'));
  file = join(folder, 'alertmanager.yml');
  const { stdout, stderr } = await amtool('--version');
  const minor = /version 0\.(\d+)\./.exec(`${stdout}${stderr}`)?.[1];
  const whole = stringify(generatedAlertmanagerConfig());
  const known = whole.replace(/^ +timeout: .*\n/gm, '');
  await writeFile(file, minor !== undefined && Number(minor) < firstWhole ? known : whole);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Rejects with what it says where it finds a fault. */
async function amtool(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)('amtool', args, { timeout: 30_000 }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`);
    },
  );
}

/** In the order in which they are notified. */
async function receiversOf(labels: Readonly<Record<string, string>>): Promise<string[]> {
  const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return (await amtool('config', 'routes', 'test', `--config.file=${file}`, ...given)).stdout.trim().split(',');
}

test('Alertmanager takes it', async () => {
  expect((await amtool('check-config', file)).stdout).toContain('SUCCESS');
});

describe('goes to the bot alone', () => {
  test.each([
    [{ alertname: 'Watchdog', severity: 'none' }],
    [{ alertname: 'KubePodCrashLooping', severity: 'warning', namespace: 'laravel-apps' }],
    [{ alertname: 'KubeletDown', severity: 'critical' }],
    [{ alertname: 'HomelabBotQueueLong', severity: 'warning', component: 'homelab-bot' }],
    [{ alertname: 'AlertmanagerFailedToSendAlerts', severity: 'warning', integration: 'discord' }],
  ])('%j', async (labels) => {
    expect(await receiversOf(labels)).toEqual(['discord-bot']);
  });

  test('each alert of the homelab', async () => {
    for (const { alert, labels } of await rules()) {
      expect({ alert, to: await receiversOf({ alertname: alert, ...labels }) }).toEqual({ alert, to: ['discord-bot'] });
    }
  });
});

describe('goes past the bot as well', () => {
  test('what the bot cannot show: each critical alert about itself', async () => {
    const groups = z.object({
      spec: z.object({
        groups: z.array(
          z.object({ rules: z.array(z.object({ alert: z.string(), labels: z.record(z.string(), z.string()) })) }),
        ),
      }),
    });
    const object = (await rendered('chatops/monitoring')).find(({ kind }) => kind === 'PrometheusRule');
    const about = groups.parse(object).spec.groups.flatMap((group) => group.rules);
    const critical = about.filter(({ labels }) => labels['severity'] === 'critical');
    expect(critical.map(({ alert }) => alert)).toContain('HomelabBotDown');
    for (const { alert, labels } of critical) {
      const to = await receiversOf({ alertname: alert, ...labels });
      const past = 'monitoring/past-the-bot/discord';
      expect({ alert, to }).toEqual({ alert, to: [past, 'discord-bot'] });
    }
  });

  test('that Alertmanager cannot send to it', async () => {
    for (const severity of ['warning', 'critical']) {
      const labels = { alertname: 'AlertmanagerClusterFailedToSendAlerts', severity, integration: 'webhook' };
      expect(await receiversOf(labels)).toEqual(['monitoring/past-the-bot-unreached/discord', 'discord-bot']);
    }
  });
});

test('what exists only to inhibit is shown to nobody', async () => {
  expect(await receiversOf({ alertname: 'InfoInhibitor', severity: 'none', namespace: 'monitoring' })).toEqual([
    'null',
  ]);
});
