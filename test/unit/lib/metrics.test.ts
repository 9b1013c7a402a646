import { expect, test } from '@jest/globals';
import { createMetrics } from '../../../src/lib/metrics.ts';

/** What was counted, without what is 0. */
async function counted({ registry }: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith(`homelab_bot_${name}`));
  return lines.filter((line) => !line.endsWith(' 0'));
}

test('the version and the few figures of the process are told', async () => {
  const text = await createMetrics('1.2.3').registry.metrics();
  expect(text).toContain('homelab_bot_info{version="1.2.3"} 1');
  expect(text).toMatch(/^homelab_bot_process_resident_memory_bytes \d{6,}$/m);
});

test('what has not happened yet is 0, so that the first failure is an increase', async () => {
  const text = await createMetrics('1').registry.metrics();
  expect(text).toContain('homelab_bot_cards_total{outcome="token refused"} 0');
  expect(text).toContain('homelab_bot_webhooks_total{status="503"} 0');
  expect(text).toContain('homelab_bot_discord_requests_total{status="429"} 0');
  expect(text).toContain('homelab_bot_audit_failures_total 0');
});

test('answers of Discord are counted by class, whatever the status is', async () => {
  const metrics = createMetrics('1');
  for (const status of [200, 204, 429, 403, 502, null, 999, 0]) metrics.discordAnswer(status);
  expect(await counted(metrics, 'discord_requests_total')).toEqual([
    'homelab_bot_discord_requests_total{status="2xx"} 2',
    'homelab_bot_discord_requests_total{status="4xx"} 1',
    'homelab_bot_discord_requests_total{status="429"} 1',
    'homelab_bot_discord_requests_total{status="5xx"} 1',
    'homelab_bot_discord_requests_total{status="none"} 3',
  ]);
});

test('a scope that Discord has not named so far makes no new label', async () => {
  const metrics = createMetrics('1');
  metrics.discordLimit('global');
  metrics.discordLimit('of tomorrow');
  expect(await counted(metrics, 'discord_rate_limits_total')).toEqual([
    'homelab_bot_discord_rate_limits_total{scope="user"} 1',
    'homelab_bot_discord_rate_limits_total{scope="global"} 1',
  ]);
});

test('two bots in one process count apart', async () => {
  const [one, two] = [createMetrics('1'), createMetrics('1')];
  one.webhook(418);
  expect(await two.registry.metrics()).not.toContain('status="418"');
});
