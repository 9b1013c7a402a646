// The suite that the sandbox's cluster passes, run against a real control plane: what is asserted there is true.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type Client, createClient } from '../contract/kubernetes/client.ts';
import type { AnyObject, Connection, Reference } from '../contract/kubernetes/connection.ts';
import { describeKubernetes } from '../contract/kubernetes/suite.ts';
import { type Cluster, startCluster } from './cluster.ts';

describeKubernetes('a real control plane', async () => connectionTo(await startCluster()));

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ];
}

async function connectionTo(cluster: Cluster): Promise<Connection> {
  const { clusters, users } = parse(await readFile(cluster.kubeconfigPath, 'utf8')) as Kubeconfig;
  const pem = (text: string) => Buffer.from(text, 'base64').toString();
  const endpoint = { url: clusters[0].cluster.server, ca: pem(clusters[0].cluster['certificate-authority-data']) };
  const { user } = users[0];
  const admin = createClient(endpoint, {
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  });
  return {
    endpoint,
    admin,
    async create(objects) {
      for (const object of objects) await create(admin, object);
    },
    async patch(which, change) {
      const headers = { 'content-type': 'application/merge-patch+json' };
      await settled(admin, pathOf(which), { method: 'PATCH', headers, body: change });
    },
    remove: async (which) => settled(admin, `${pathOf(which)}?gracePeriodSeconds=0`, { method: 'DELETE' }),
    async token(namespace, name) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const { body } = await admin.ask(path, { method: 'POST', body: { spec: {} } });
      return (body as { status: { token: string } }).status.token;
    },
    compact: () => cluster.compact(),
    close: () => cluster.stop(),
  };
}

const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  Pod: 'pods',
  Event: 'events',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
};

function collectionOf({ apiVersion, kind, namespace }: Omit<Reference, 'name'>): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plurals[kind]}`;
}

function pathOf(which: Reference): string {
  return `${collectionOf(which)}/${which.name}`;
}

async function settled(admin: Client, path: string, asked: Parameters<Client['ask']>[1]): Promise<void> {
  const answer = await admin.ask(path, asked);
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
}

/** A pod can only be made once its namespace has a default ServiceAccount; here it is waited for, and then for the pod to be ready. */
async function create(admin: Client, object: AnyObject): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const where = { apiVersion, kind, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) };
  if (kind === 'Pod')
    await until(admin, `/api/v1/namespaces/${metadata.namespace}/serviceaccounts/default`, () => true);
  await settled(admin, collectionOf(where), { method: 'POST', body: object });
  if (kind === 'Pod')
    await until(admin, pathOf({ ...where, name: metadata.name }), (pod) =>
      /"type":"Ready"[^}]*"status":"True"/.test(pod),
    );
}

async function until(admin: Client, path: string, done: (text: string) => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { status, text } = await admin.ask(path);
    if (status === 200 && done(text)) return;
    if (Date.now() > deadline) throw new Error(`${path} is not as it should be: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
