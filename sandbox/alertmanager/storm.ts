// A storm: a switch fails, and every rule of every namespace fires at once, a group each.
import type { Alertmanager } from './alertmanager.ts';
import type { Labels } from './fingerprint.ts';

const rules = [
  { alertname: 'TargetDown', severity: 'warning' },
  { alertname: 'KubePodNotReady', severity: 'warning' },
  { alertname: 'KubeDeploymentReplicasMismatch', severity: 'warning' },
  { alertname: 'CPUThrottlingHigh', severity: 'info' },
  { alertname: 'KubePersistentVolumeFillingUp', severity: 'warning' },
] as const;

/** Every so many groups one of them is critical. */
const criticalEvery = 40;

/** What marks these alerts. */
const mark = { storm: 'switch-1' };

/** Fires this many groups. */
export function beginStorm(alertmanager: Pick<Alertmanager, 'fire'>, groups: number): void {
  for (let index = 0; index < groups; index += 1) {
    const { alertname, severity } = rules[index % rules.length] ?? rules[0];
    const namespace = `team-${String(Math.floor(index / rules.length) + 1).padStart(2, '0')}`;
    const labels = {
      alertname,
      namespace,
      ...mark,
      severity: index % criticalEvery === criticalEvery - 1 ? 'critical' : severity,
    };
    alertmanager.fire(labels, { summary: `${alertname} in ${namespace}: switch-1 does not answer` });
  }
}

function isOfStorm(labels: Labels): boolean {
  return labels['storm'] === mark.storm;
}

export function stormSize({ firing }: Pick<Alertmanager, 'firing'>): number {
  return firing.filter(isOfStorm).length;
}

/** Ends all of it. */
export function endStorm(alertmanager: Pick<Alertmanager, 'firing' | 'resolve'>): void {
  for (const labels of alertmanager.firing.filter(isOfStorm)) alertmanager.resolve(labels);
}
