import { expect, test } from '@jest/globals';
import { createMetrics } from '../../../src/lib/metrics.ts';

test('every metric bears the name of the bot, and the process tells its few figures', async () => {
  const metrics = createMetrics('1.2.3');
  metrics.webhooks.inc({ status: '202' });
  metrics.commandDuration.observe({ command: 'nodes', outcome: 'done' }, 0.2);
  const text = await metrics.registry.metrics();
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(10);
  expect(names.every((name) => name?.startsWith('homelab_bot_'))).toBe(true);
  expect(text).toContain('homelab_bot_info{version="1.2.3"} 1');
  expect(text).toContain('homelab_bot_webhooks_total{status="202"} 1');
  expect(text).toMatch(/^homelab_bot_process_resident_memory_bytes \d{6,}$/m);
});

test('two bots in one process count apart', async () => {
  const [one, two] = [createMetrics('1'), createMetrics('1')];
  one.webhooks.inc({ status: '202' });
  expect(await two.registry.metrics()).not.toContain('status="202"');
});
