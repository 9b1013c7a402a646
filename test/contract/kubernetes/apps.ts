// Deployments for the suite, in a namespace of their own, and waiting for what becomes of them.
import type { Answered, Asked } from './client.ts';
import { type AnyObject, type Connection, listOf, objectOf } from './connection.ts';

export const appSpace = 'contract-apps';

export const deploymentsPath = `/apis/apps/v1/namespaces/${appSpace}/deployments`;
export const setsPath = `/apis/apps/v1/namespaces/${appSpace}/replicasets`;
export const podsPath = `/api/v1/namespaces/${appSpace}/pods`;

export interface AppOptions {
  readonly tag?: string;
  /** Left out where null. */
  readonly replicas?: number | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly pod?: Readonly<Record<string, unknown>>;
}

/** As a manifest has it. */
export function app(
  name: string,
  { tag = 'v1', replicas = 2, env = {}, spec = {}, pod = {} }: AppOptions = {},
): AnyObject {
  const variables = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  const container = {
    name: 'app',
    image: `registry.test:5000/acme/${name}:${tag}`,
    ports: [{ name: 'http', containerPort: 8000 }],
    ...(variables.length === 0 ? {} : { env: variables }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: appSpace, labels: { app: name } },
    spec: {
      ...(replicas === null ? {} : { replicas }),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { ...pod, containers: [container] } },
      ...spec,
    },
  };
}

export interface ApplyOptions {
  readonly manager?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly headers?: Asked['headers'];
}

/** A server-side apply, as kubectl sends it. */
export function apply(
  { admin }: Connection,
  path: string,
  object: unknown,
  { manager = 'contract', force = true, dryRun = false, headers = {} }: ApplyOptions = {},
): Promise<Answered> {
  const query = new URLSearchParams({ fieldManager: manager, fieldValidation: 'Strict', force: `${force}` });
  if (dryRun) query.set('dryRun', 'All');
  const type = { 'content-type': 'application/apply-patch+yaml' };
  return admin.ask(`${path}?${query}`, { method: 'PATCH', headers: { ...type, ...headers }, body: object });
}

export async function applyApp(
  connection: Connection,
  object: AnyObject,
  options: ApplyOptions = {},
): Promise<AnyObject> {
  return objectOf(await apply(connection, `${deploymentsPath}/${object.metadata.name}`, object, options));
}

/** Asks until the answer is as it should be; fails after half a minute with what it was last. */
export async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`it never became as it should be: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

export interface Status {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly conditions?: readonly Condition[];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function statusOf(object: AnyObject): Status {
  return (object['status'] ?? {}) as Status;
}

export function conditionOf(object: AnyObject, type: string): Condition | undefined {
  return statusOf(object).conditions?.find((one) => one.type === type);
}

export async function deploymentOf({ admin }: Connection, name: string): Promise<AnyObject> {
  return objectOf(await admin.ask(`${deploymentsPath}/${name}`));
}

/** By name, in the order of their revisions. */
export async function setsOf({ admin }: Connection, name: string): Promise<readonly AnyObject[]> {
  const { items } = listOf(await admin.ask(`${setsPath}?labelSelector=app%3D${name}`));
  return items.toSorted((a, b) => revisionOf(a) - revisionOf(b));
}

export async function podsOf({ admin }: Connection, name: string): Promise<readonly AnyObject[]> {
  return listOf(await admin.ask(`${podsPath}?labelSelector=app%3D${name}`)).items;
}

export function revisionOf(object: AnyObject): number {
  const annotations = object.metadata['annotations'] as Readonly<Record<string, string>> | undefined;
  return Number(annotations?.['deployment.kubernetes.io/revision'] ?? '0');
}

/** Until all of the newest template are available and nothing else is left. */
export function rolledOut(connection: Connection, name: string): Promise<AnyObject> {
  return until(
    () => deploymentOf(connection, name),
    (object) => {
      const { observedGeneration, replicas, updatedReplicas, availableReplicas } = statusOf(object);
      const wanted = (object['spec'] as { replicas: number }).replicas;
      const settled = observedGeneration === object.metadata['generation'];
      const all = [replicas, updatedReplicas, availableReplicas].every((count) => (count ?? 0) === wanted);
      return settled && all && conditionOf(object, 'Progressing')?.reason === 'NewReplicaSetAvailable';
    },
  );
}
