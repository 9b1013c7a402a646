// What is asked about a Deployment besides its rollout: how it stands, its logs, who decides on its replicas.
import { z } from 'zod';
import type { Bound } from './bound.ts';
import type { Cluster, ScaleOwner } from './cluster.ts';
import { Deployment } from './rollout-schema.ts';
import { isRecord, List, name, part } from './schema.ts';

type Workloads = Pick<Cluster, 'deployment' | 'podLog' | 'autoscalerOf' | 'scaleOwner' | 'writeScale'>;

/** Not the manager of applies: it stays an owner of the replicas when those do without. */
const scaleManager = 'homelab-bot-scale';
const mostLines = 1000;
const logBytes = 64 * 1024;
const lineLength = 1000;

export function createWorkloads({ send, ask, explain }: Bound): Workloads {
  async function read<T>(namespace: string, of: string, parse: (body: unknown) => T | null, signal: AbortSignal) {
    const what = { verb: 'get', resource: 'deployments.apps' } as const;
    const outcome = await send({ path: deploymentPath(namespace, of) }, what, signal);
    if (outcome.kind === 'refused' && outcome.status === 404) return null;
    if (outcome.kind !== 'answered') throw explain(outcome, what);
    const value = parse(outcome.body);
    if (value === null) throw explain({ kind: 'unreadable' }, what);
    return value;
  }

  return {
    deployment: (namespace, of, signal) =>
      read(namespace, of, (body) => Deployment.safeParse(body).data?.view ?? null, signal),
    async podLog({ namespace, pod, container, previous, lines }, signal) {
      const what = { verb: 'get', resource: 'pods/log' } as const;
      const query = new URLSearchParams({
        container,
        previous: String(previous),
        tailLines: String(Math.min(lines, mostLines)),
        limitBytes: String(logBytes),
      });
      const path = `${inNamespace('/api/v1', namespace)}/pods/${encodeURIComponent(pod)}/log?${query}`;
      const outcome = await send({ path, accept: '*/*', text: true }, what, signal);
      // There is no such pod any more, or no run before this one.
      if (outcome.kind === 'refused' && (outcome.status === 404 || outcome.status === 400)) return [];
      if (outcome.kind !== 'answered') throw explain(outcome, what);
      const all = String(outcome.body)
        .split('\n')
        .filter((line) => line !== '');
      return all.slice(-lines).map((line) => line.slice(0, lineLength));
    },
    async autoscalerOf(namespace, deployment, signal) {
      const what = { verb: 'list', resource: 'horizontalpodautoscalers.autoscaling' } as const;
      const path = `${inNamespace('/apis/autoscaling/v2', namespace)}/horizontalpodautoscalers?limit=500`;
      const all = await ask({ path }, what, signal, readAutoscalers);
      return all.find(({ kind, target }) => kind === 'Deployment' && target === deployment)?.name ?? null;
    },
    scaleOwner: (namespace, of, signal) => read(namespace, of, readOwner, signal),
    async writeScale(namespace, of, replicas, signal) {
      const what = { verb: 'patch', resource: 'deployments.apps/scale' } as const;
      const query = new URLSearchParams({ fieldManager: scaleManager, force: 'true' });
      const path = `${deploymentPath(namespace, of)}/scale?${query}`;
      const metadata = { namespace, name: of };
      const apply = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata, spec: { replicas } };
      await ask({ path, apply }, what, signal, () => true);
    },
  };
}

function inNamespace(group: string, namespace: string): string {
  return `${group}/namespaces/${encodeURIComponent(namespace)}`;
}

function deploymentPath(namespace: string, of: string): string {
  return `${inNamespace('/apis/apps/v1', namespace)}/deployments/${encodeURIComponent(of)}`;
}

const Autoscaler = part({
  metadata: part({ name }),
  spec: part({ scaleTargetRef: part({ kind: name, name }) }),
}).transform(({ metadata, spec: { scaleTargetRef } }) => ({
  name: metadata.name,
  kind: scaleTargetRef.kind,
  target: scaleTargetRef.name,
}));

function readAutoscalers(body: unknown): z.output<typeof Autoscaler>[] | null {
  const list = List.safeParse(body);
  return list.success ? (list.data.items ?? []).map((item) => Autoscaler.parse(item)) : null;
}

const Owned = z.object({
  metadata: part({
    managedFields: z.array(part({ manager: name, fieldsV1: z.record(z.string(), z.unknown()).catch({}) })).catch([]),
  }),
  spec: part({ replicas: z.number().int().nonnegative().catch(1) }),
});

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
function readOwner(body: unknown): ScaleOwner | null {
  const owned = Owned.safeParse(body);
  if (!owned.success) return null;
  const { metadata, spec } = owned.data;
  const owns = (fields: Readonly<Record<string, unknown>>): boolean => {
    const ofSpec = fields['f:spec'];
    return isRecord(ofSpec) && Object.hasOwn(ofSpec, 'f:replicas');
  };
  return {
    replicas: spec.replicas,
    managers: metadata.managedFields.filter(({ fieldsV1 }) => owns(fieldsV1)).map(({ manager }) => manager),
  };
}
