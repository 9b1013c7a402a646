// What the Kubernetes API answers, only the fields used; what is missing or of the wrong kind becomes null or empty, never a failure.
import { z } from 'zod';
import { parseQuantity } from './quantity.ts';
import { podResources } from './resources.ts';

/** Characters; Kubernetes' own names have at most 253, labels' values 63. */
const nameLength = 253;
const messageLength = 1000;

/** Nothing here fails for what is absent: thousands of fields are, and each failure would cost as much as the rest. */
const anything = z.unknown().optional();

export function text(max: number) {
  return anything.transform((value) => (typeof value === 'string' ? value.slice(0, max) : ''));
}

export const name = text(nameLength);
export const message = text(messageLength);

export const flag = anything.transform((value) => value === true);

export const time = anything.transform((value) => {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
});

const quantity = anything.transform((value) => {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value).slice(0, 100)) : null;
});

export const count = anything.transform((value) =>
  Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : null,
);

/** Go leaves lists out or writes null where they are empty. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .catch(null)
    .transform((items) => items ?? []);
}

/** An object whose own fields all have a fallback, and which may itself be missing. */
export function part<S extends z.ZodRawShape>(shape: S) {
  const object = z.object(shape);
  return object.catch(() => object.parse({}));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const amounts = part({ cpu: quantity, memory: quantity, pods: quantity });

const Condition = part({ type: name, status: name, reason: name, message, lastTransitionTime: time }).transform(
  ({ lastTransitionTime, ...rest }) => ({ ...rest, since: lastTransitionTime }),
);
export type Condition = z.output<typeof Condition>;

const Taint = part({ key: text(317), value: text(63), effect: name });
export type Taint = z.output<typeof Taint>;

/** Without a name it is no object of Kubernetes. */
const metadata = z.object({ name: z.string().min(1).max(nameLength), namespace: name, creationTimestamp: time });

const labels = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((value) => value ?? {});

export const NodeInfo = z
  .object({
    metadata: metadata.extend({ labels }),
    spec: part({ unschedulable: flag, taints: list(Taint) }),
    status: part({
      conditions: list(Condition),
      allocatable: amounts,
      addresses: list(part({ type: name, address: name })),
      nodeInfo: part({
        kubeletVersion: name,
        osImage: name,
        kernelVersion: name,
        containerRuntimeVersion: name,
        architecture: name,
      }),
    }),
  })
  .transform(({ metadata, spec, status }) => ({
    name: metadata.name,
    createdAt: metadata.creationTimestamp,
    roles: rolesOf(metadata.labels),
    unschedulable: spec.unschedulable,
    taints: spec.taints,
    conditions: status.conditions,
    /** Cores, bytes and a number of pods; null where the node does not say. */
    allocatable: status.allocatable,
    address: status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? null,
    system: status.nodeInfo,
  }));
export type NodeInfo = z.output<typeof NodeInfo>;

/** As `kubectl get nodes` finds them. */
function rolesOf(labels: Readonly<Record<string, unknown>>): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith('node-role.kubernetes.io/')) roles.add(key.slice('node-role.kubernetes.io/'.length));
    else if (key === 'kubernetes.io/role' && typeof value === 'string') roles.add(value);
  }
  roles.delete('');
  return [...roles].sort();
}

export const NodeMetrics = z
  .object({ metadata: metadata, usage: amounts })
  .transform(({ metadata, usage }) => ({ name: metadata.name, usage: { cpu: usage.cpu, memory: usage.memory } }));
/** Cores and bytes in use. */
export type NodeUsage = z.output<typeof NodeMetrics>['usage'];

const given = part({ cpu: quantity, memory: quantity }).transform(({ cpu, memory }) => ({
  ...(cpu !== null && { cpu }),
  ...(memory !== null && { memory }),
}));
const ask = part({ requests: given, limits: given });

const Pod = z
  .object({
    metadata: metadata,
    spec: part({
      containers: list(part({ resources: ask })),
      initContainers: list(part({ resources: ask, restartPolicy: name })),
      resources: ask,
      overhead: given,
    }),
  })
  .transform(({ metadata, spec }) => ({
    namespace: metadata.namespace,
    name: metadata.name,
    createdAt: metadata.creationTimestamp,
    ...podResources({
      containers: spec.containers.map(({ resources }) => resources),
      initContainers: spec.initContainers.map(({ resources, restartPolicy }) => ({
        ...resources,
        restartable: restartPolicy === 'Always',
      })),
      pod: spec.resources,
      overhead: spec.overhead,
    }),
  }));

/** One row of a Table of pods that holds the objects: the server has computed the words of `kubectl get pods`. */
export const PodInfo = z
  .object({
    object: Pod,
    cells: part({
      Status: name,
      Ready: name,
      Restarts: anything.transform((value) => String(value ?? '').slice(0, 40)),
    }),
  })
  .transform(({ object, cells }) => ({
    ...object,
    /** `Running`, `CrashLoopBackOff`, `Init:0/1` … */
    status: cells.Status,
    /** `1/2` */
    ready: cells.Ready,
    /** `0`, `4 (3m ago)` */
    restarts: cells.Restarts,
  }));
export type PodInfo = z.output<typeof PodInfo>;

export const EventInfo = part({
  type: name,
  reason: name,
  message,
  count,
  firstTimestamp: time,
  lastTimestamp: time,
  eventTime: time,
  series: part({ count, lastObservedTime: time }),
  source: part({ component: name }),
  reportingComponent: name,
  metadata: part({ creationTimestamp: time }),
}).transform((event) => ({
  type: event.type,
  reason: event.reason,
  message: event.message,
  count: event.series.count ?? event.count ?? 1,
  /** When it was last seen. */
  at: event.series.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp,
  from: event.source.component || event.reportingComponent,
}));
export type EventInfo = z.output<typeof EventInfo>;

/** Items are parsed one by one, so that one that is broken does not take the others with it. */
export const List = z.object({
  metadata: part({ continue: text(10_000), resourceVersion: name }),
  items: z.array(z.unknown()).nullable(),
});

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
export const Table = z.object({
  kind: z.literal('Table'),
  metadata: part({ continue: text(10_000) }),
  columnDefinitions: z.array(z.object({ name: z.string() })),
  /** Looked into one by one, without a schema: there is one for each pod of the cluster. */
  rows: z.array(z.unknown()).nullable(),
});

/** What the API answers where it refuses. */
export const Status = part({
  reason: name,
  message,
  details: part({ kind: name, name }),
});
