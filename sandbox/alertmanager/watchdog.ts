// The alert of kube-prometheus-stack that always fires: as long as it arrives, Prometheus and Alertmanager work.
import type { Alertmanager } from './alertmanager.ts';
import type { HomelabAlert } from './homelab-alerts.ts';

const watchdog: HomelabAlert = {
  labels: { alertname: 'Watchdog', prometheus: 'monitoring/kube-prometheus-stack-prometheus', severity: 'none' },
  annotations: {
    summary: 'An alert that should always be firing to certify that Alertmanager is working properly.',
    runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/general/watchdog',
  },
};

/** The `repeat_interval` of its own route: a few times within the shortest `alerts.watchdog.after`, which is a minute. */
export const watchdogRepeatMs = 15_000;

export function isWatchdog({ alertname }: HomelabAlert['labels']): boolean {
  return alertname === watchdog.labels['alertname'];
}

export function watchdogFires({ firing }: Pick<Alertmanager, 'firing'>): boolean {
  return firing.some(isWatchdog);
}

export function beginWatchdog(alertmanager: Pick<Alertmanager, 'fire'>): void {
  alertmanager.fire(watchdog.labels, watchdog.annotations);
}

/** As when Prometheus is gone: Alertmanager says that it has ended, and then nothing. */
export function endWatchdog(alertmanager: Pick<Alertmanager, 'resolve'>): void {
  alertmanager.resolve(watchdog.labels);
}
