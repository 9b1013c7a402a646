// The labels of an exporter's own pod do not pass for what is broken.
import { describe, expect, test } from '@jest/globals';
import { distinguishingLabels } from '../../../src/alerts/describe.ts';
import { headlineOf, opened } from './saying.ts';

const nodeExporter = {
  container: 'node-exporter',
  endpoint: 'http-metrics',
  instance: '192.168.1.20:9100',
  job: 'node-exporter',
  namespace: 'monitoring',
  pod: 'kube-prometheus-stack-prometheus-node-exporter-x7k2p',
  service: 'kube-prometheus-stack-prometheus-node-exporter',
};
const stateMetrics = {
  container: 'kube-state-metrics',
  endpoint: 'http',
  instance: '10.42.0.12:8080',
  job: 'kube-state-metrics',
  namespace: 'monitoring',
  pod: 'kube-prometheus-stack-kube-state-metrics-5d8f7c9b6-q2x4z',
  service: 'kube-prometheus-stack-kube-state-metrics',
};

const cases: [what: string, labels: Record<string, string>, where: string, shown: Record<string, string>][] = [
  [
    "node-exporter's: the machine",
    { ...nodeExporter, mountpoint: '/' },
    ' at 192.168.1.20:9100',
    { instance: '192.168.1.20:9100', mountpoint: '/' },
  ],
  [
    'the machine by its name',
    { ...nodeExporter, node: 'desktop-1' },
    ' on desktop-1',
    { node: 'desktop-1', instance: '192.168.1.20:9100' },
  ],
  [
    'node-exporter under the name that a PodMonitor gives it',
    { ...nodeExporter, job: 'monitoring/node-exporter' },
    ' at 192.168.1.20:9100',
    { instance: '192.168.1.20:9100' },
  ],
  [
    'what has no namespace',
    { ...stateMetrics, persistentvolume: 'pvc-1', phase: 'Failed' },
    '',
    { persistentvolume: 'pvc-1', phase: 'Failed' },
  ],
  [
    'a thing in a namespace',
    { ...stateMetrics, namespace: 'shop', job_name: 'backup-29001500' },
    ' in shop',
    { namespace: 'shop', job_name: 'backup-29001500' },
  ],
  [
    "somebody else's pod",
    { ...stateMetrics, namespace: 'shop', pod: 'web-1' },
    ' in shop',
    { namespace: 'shop', pod: 'web-1' },
  ],
  [
    'a container of it',
    { ...stateMetrics, namespace: 'shop', pod: 'web-1', container: 'app' },
    ' in shop',
    { namespace: 'shop', pod: 'web-1', container: 'app' },
  ],
  [
    "somebody else's service",
    { ...stateMetrics, namespace: 'shop', service: 'web' },
    ' in shop',
    { namespace: 'shop', service: 'web' },
  ],
];

describe.each(cases)('%s', (_, labels, where, shown) => {
  test('is named in the headline, and nothing else', () => {
    const alert = { labels: { alertname: 'Broken', severity: 'warning', ...labels }, annotations: {} };
    expect(headlineOf(opened([alert]))).toBe(`🟠 warning firing: Broken${where}`);
  });

  test('is shown without the pod that told of it', () => {
    expect(Object.fromEntries(distinguishingLabels(labels))).toEqual(shown);
  });
});

test.each([
  ["an exporter's own pod that crashes", { ...stateMetrics, reason: 'CrashLoopBackOff' }],
  [
    'the pod of node-exporter that crashes',
    { ...stateMetrics, pod: nodeExporter.pod, container: 'node-exporter', job: 'kube-state-metrics' },
  ],
  ['a namespace', { ...stateMetrics, namespace: 'monitoring', phase: 'Terminating' }],
  [
    'node-exporter that is not reached anywhere',
    { job: 'node-exporter', namespace: 'monitoring', service: nodeExporter.service },
  ],
  ['what the kubelet tells of an exporter', { ...nodeExporter, job: 'kubelet', instance: '192.168.1.20:10250' }],
])('%s is named as any other', (_, labels) => {
  const alert = { labels: { alertname: 'Broken', severity: 'warning', ...labels }, annotations: {} };
  expect(headlineOf(opened([alert]))).toBe('🟠 warning firing: Broken in monitoring');
  const shown = Object.fromEntries(distinguishingLabels(labels));
  expect(shown).toMatchObject({ namespace: 'monitoring' });
  if ('pod' in labels) expect(shown).toMatchObject({ pod: labels.pod, container: labels.container });
});
