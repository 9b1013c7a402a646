// Who selects whom in manifests/: label selectors, and the pods that they may pick, those of the charts included.
import { z } from 'zod';
import { everything, nameOf, pods } from './everything.ts';

const objects = (await everything()).map(({ object }) => object);

export const Labels = z.record(z.string(), z.string());
export const Selector = z.object({
  matchLabels: Labels.default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.enum(['In', 'Exists']), values: z.array(z.string()).default([]) }))
    .default([]),
});
export type Selector = z.infer<typeof Selector>;

/** A pod that somebody makes, and what it listens on, by number and by name. */
export interface Party {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly (string | number)[];
}

const named = 'app.kubernetes.io/name';

/** What K3s and the charts make, as far as something here names it; from their templates. */
const ofCharts: readonly Party[] = [
  { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ports: [53, 9153] },
  { namespace: 'kube-system', labels: { [named]: 'traefik' }, ports: [8000, 8443, 9100, 'metrics'] },
  { namespace: 'monitoring', labels: { [named]: 'prometheus' }, ports: [9090, 8080] },
  { namespace: 'monitoring', labels: { [named]: 'alertmanager' }, ports: [9093, 8080] },
  { namespace: 'monitoring', labels: { [named]: 'grafana' }, ports: [3000] },
  { namespace: 'monitoring', labels: { [named]: 'kube-state-metrics' }, ports: [8080] },
  { namespace: 'monitoring', labels: { [named]: 'kube-prometheus-stack-prometheus-operator' }, ports: [10250] },
  { namespace: 'monitoring', labels: { [named]: 'loki' }, ports: [3100, 7946, 9095] },
  { namespace: 'monitoring', labels: { [named]: 'alloy' }, ports: [12345] },
  { namespace: 'tailscale', labels: { 'tailscale.com/managed': 'true' }, ports: [] },
  { namespace: 'storage', labels: { app: 'nfs-subdir-external-provisioner' }, ports: [] },
];

export const ofPods: readonly Party[] = (await pods()).map((pod) => ({
  namespace: pod.namespace,
  labels: pod.metadata.labels,
  ports: pod.spec.containers.flatMap(({ ports }) => ports.flatMap((one) => [one.containerPort, one.name ?? ''])),
}));

export const everyone: readonly Party[] = [...ofPods, ...ofCharts];

export function picks({ matchLabels, matchExpressions }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) =>
      operator === 'In' ? values.includes(labels[key] ?? '') : key in labels,
    )
  );
}

/** A selector for each value of an `In`, since each value has to be somebody's. */
export function oneByOne(selector: Selector): Selector[] {
  const [expression, ...rest] = selector.matchExpressions;
  if (expression === undefined) return [selector];
  return expression.values.flatMap((value) =>
    oneByOne({ matchLabels: { ...selector.matchLabels, [expression.key]: value }, matchExpressions: rest }),
  );
}

/** Every object of a kind in the shape that a test needs; `name` is as `Service chatops/homelab-bot`. */
export function all<Shape>(
  kind: string,
  shape: z.ZodType<Shape>,
): (Shape & { readonly name: string; readonly namespace: string })[] {
  return objects
    .filter((one) => one.kind === kind)
    .map((one) => ({ ...shape.parse(one), name: nameOf(one), namespace: one.metadata.namespace ?? '' }));
}
