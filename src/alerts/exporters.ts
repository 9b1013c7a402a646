// Which labels of an alert name the exporter that measured, not the thing that is broken.
import { type Labels, labelOf } from './schema.ts';

const noLabels: ReadonlySet<string> = new Set();

/** A job of a PodMonitor is called `namespace/name`, one of a chart may have its release before it. */
const jobs = { nodeExporter: /(?:^|[/-])node-exporter$/, stateMetrics: /(?:^|[/-])kube-state-metrics$/ };

const ofNodeExporter: ReadonlySet<string> = new Set(['namespace', 'pod', 'container', 'service', 'job']);

/** Its pod's, where nothing of the thing stands in their place: `honorLabels` lets the thing's win. */
const named = ['pod', 'container', 'service'];
const isStateMetrics = /(?:^|-)kube-state-metrics(?:-|$)/;

/** Labels of kube-state-metrics that name a thing, which is in the namespace that stands beside it. */
const namespaced = [
  ...['deployment', 'statefulset', 'daemonset', 'replicaset', 'job_name', 'cronjob', 'persistentvolumeclaim'],
  ...['horizontalpodautoscaler', 'hpa', 'poddisruptionbudget', 'resourcequota', 'limitrange', 'ingress'],
  ...['configmap', 'secret', 'networkpolicy', 'lease', 'customresource_kind'],
];

/** Those that are in none. */
const clusterWide = ['node', 'persistentvolume', 'storageclass', 'certificatesigningrequest', 'volumeattachment'];

/**
 * The labels that a scrape of node-exporter or kube-state-metrics adds about their own pod. None where the alert may be about that pod:
 * nothing else in its labels says what it is about.
 */
export function exporterLabels(labels: Labels): ReadonlySet<string> {
  // What the kubelet or kube-state-metrics tell of an exporter's container is about that container.
  const teller = labelOf(labels, 'job') || labelOf(labels, 'container');
  if (teller === undefined || teller === '') return noLabels;
  if (jobs.nodeExporter.test(teller)) return has(labels, 'instance') || has(labels, 'node') ? ofNodeExporter : noLabels;
  return jobs.stateMetrics.test(teller) ? ofStateMetrics(labels) : noLabels;
}

function ofStateMetrics(labels: Labels): ReadonlySet<string> {
  const own = named.filter((name) => isStateMetrics.test(labelOf(labels, name) ?? ''));
  const isNamespaced =
    namespaced.some((name) => has(labels, name)) || named.some((name) => has(labels, name) && !own.includes(name));
  if (!isNamespaced && !clusterWide.some((name) => has(labels, name))) return noLabels;
  const isOwnNamespace = !isNamespaced && own.length > 0;
  return new Set([...own, 'instance', 'job', ...(isOwnNamespace ? ['namespace'] : [])]);
}

function has(labels: Labels, name: string): boolean {
  return (labelOf(labels, name) ?? '') !== '';
}
