// The sandbox fires the homelab's alerts as the manifests' own rules do, with what becomes a button on each.
import { expect, test } from '@jest/globals';
import { homelabAlerts } from '../../sandbox/alertmanager/homelab-alerts.ts';
import { playedAlerts } from './played.ts';

const played = await playedAlerts();

test.each(Object.values(homelabAlerts))('$labels.alertname has the runbook and the command of its rule', (alert) => {
  const rule = played.find((one) => one.alert === alert.labels.alertname);
  const { runbook_url, homelab_bot_command } = rule?.annotations ?? {};
  expect(alert.annotations.runbook_url).toBe(runbook_url);
  expect(alert.annotations.homelab_bot_command.split(' ')[0]).toBe(homelab_bot_command?.split(' ')[0]);
});
