// The six alerts of the homelab's specification, as its rules write them for one thing each.
import type { Labels } from './fingerprint.ts';

export interface HomelabAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

const prometheus = 'monitoring/kube-prometheus-stack-prometheus';

/** As manifests/settings/homelab.env has it. */
const runbooks = 'https://github.com/acme/homelab-bot/blob/main/docs/runbooks';

export const homelabAlerts = {
  nodeDown: {
    labels: {
      alertname: 'NodeDown',
      category: 'node-health',
      instance: '100.64.0.13:9100',
      job: 'node-exporter',
      namespace: 'monitoring',
      node: 'desktop-3',
      prometheus,
      severity: 'critical',
    },
    annotations: {
      summary: 'Node desktop-3 is down',
      description: 'node-exporter on desktop-3 (100.64.0.13:9100) has not answered for more than 2 minutes.',
      action: 'Investigate hardware, power and tailscaled on that desktop.',
      runbook_url: `${runbooks}/NodeDown.md`,
      homelab_bot_command: '/nodes node:desktop-3',
    },
  },
  nodeMemoryLow: {
    labels: {
      alertname: 'NodeMemoryLow',
      category: 'resource-usage',
      instance: '100.64.0.12:9100',
      job: 'node-exporter',
      namespace: 'monitoring',
      node: 'desktop-2',
      prometheus,
      severity: 'warning',
    },
    annotations: {
      summary: 'Node desktop-2 has 11.4% memory available',
      description: 'Available memory on desktop-2 is below 20%.',
      action: 'Scale down non-critical workloads.',
      runbook_url: `${runbooks}/NodeMemoryLow.md`,
      homelab_bot_command: '/nodes node:desktop-2',
    },
  },
  nodeDiskSpaceLow: {
    labels: {
      alertname: 'NodeDiskSpaceLow',
      category: 'disk-space',
      device: '/dev/nvme0n1p2',
      instance: '100.64.0.21:9100',
      node: 'worker-db-01',
      prometheus,
      severity: 'warning',
    },
    annotations: {
      summary: '/dev/nvme0n1p2 on worker-db-01 has 8.7% free',
      description: 'Less than 15% of /dev/nvme0n1p2 on worker-db-01 is free.',
      action: 'Clean up logs and images, or extend storage.',
      runbook_url: `${runbooks}/NodeDiskSpaceLow.md`,
      homelab_bot_command: '/nodes node:worker-db-01',
    },
  },
  podFailed: {
    labels: {
      alertname: 'PodFailed',
      category: 'pod-status',
      namespace: 'laravel-apps',
      pod: 'laravel-multi-tenant-6d5f9c7b8-4xj2q',
      prometheus,
      severity: 'warning',
    },
    annotations: {
      summary: 'Pod laravel-apps/laravel-multi-tenant-6d5f9c7b8-4xj2q is in phase Failed',
      description:
        'The pod has been Failed for more than 5 minutes (evicted, node shutdown, or a finished Job that failed).',
      action: 'Check its logs and events, restart the deployment, delete the dead pod.',
      runbook_url: `${runbooks}/PodFailed.md`,
      homelab_bot_command: '/status',
    },
  },
  laravelSlowResponses: {
    labels: {
      alertname: 'LaravelSlowResponses',
      category: 'laravel-app',
      namespace: 'laravel-apps',
      prometheus,
      service: 'laravel-apps-laravel-multi-tenant-service-80@kubernetes',
      severity: 'warning',
    },
    annotations: {
      summary: 'p95 response time of the Laravel app is 3.42s',
      description:
        'p95 over 5 minutes, measured at Traefik for laravel-apps-laravel-multi-tenant-service-80@kubernetes, is above 2 seconds.',
      action: 'Scale up replicas, check the database.',
      runbook_url: `${runbooks}/LaravelSlowResponses.md`,
      homelab_bot_command: '/status',
    },
  },
  mysqlDown: {
    labels: {
      alertname: 'MySQLDown',
      category: 'database',
      namespace: 'laravel-apps',
      prometheus,
      severity: 'critical',
    },
    annotations: {
      summary: 'MySQL is down',
      description: 'mysql_up is 0, or the exporter beside MySQL is gone, for more than 30 seconds.',
      action: 'Check the pod and worker-db-01; if the data is lost restore from the latest dump.',
      runbook_url: `${runbooks}/MySQLDown.md`,
      homelab_bot_command: '/nodes node:worker-db-01',
    },
  },
} as const satisfies Readonly<Record<string, HomelabAlert>>;

/** Figures of the warnings, and those of a second threshold. */
const worseFigures = {
  '11.4%': '3.1%',
  '20%': '5%',
  '8.7%': '1.9%',
  '15%': '3%',
  'more than 5 minutes': 'more than 30 minutes',
  '3.42s': '9.71s',
  '2 seconds': '8 seconds',
};

/** What a warning's second threshold fires besides: the same alert, of the same group, as a critical one. */
export function worse({ labels, annotations }: HomelabAlert): HomelabAlert {
  return {
    labels: { ...labels, severity: 'critical' },
    annotations: renamed(annotations, Object.entries(worseFigures)),
  };
}

/** The same alert about another thing: these labels have other values, also where the annotations name the old ones. */
export function aboutAnother({ labels, annotations }: HomelabAlert, changed: Labels): HomelabAlert {
  const words = Object.entries(changed).map(([name, value]) => [labels[name] ?? value, value] as const);
  return { labels: { ...labels, ...changed }, annotations: renamed(annotations, words) };
}

/** The same texts with these words instead of those. */
function renamed(annotations: Labels, words: readonly (readonly [string, string])[]): Labels {
  const texts = Object.entries(annotations).map(([name, text]) => [
    name,
    words.reduce((changed, [from, to]) => changed.replaceAll(from, to), text),
  ]);
  return Object.fromEntries(texts);
}
