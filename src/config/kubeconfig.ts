// Which cluster, if any: a kubeconfig, the pod's own account, or none.
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Kubernetes, Problem } from './config.ts';
import type { Variables } from './environment.ts';
import type { ReadFile } from './local-files.ts';

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const largest = 1024 * 1024;

/** Only what is checked here; the cluster room reads the rest. */
const Kubeconfig = z.object({
  'current-context': z.string().optional(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ user: z.string().optional() }).optional() }))
    .nullish(),
  users: z.array(z.object({ name: z.string(), user: z.record(z.string(), z.unknown()).nullish() })).nullish(),
});

/** The bot impersonates by itself; a kubeconfig that already does would have its say overwritten or mixed in. */
const impersonating = ['as', 'as-uid', 'as-groups', 'as-user-extra'];

/** @param path from KUBECONFIG, null where it is not set. */
export function chooseKubernetes(path: string | null, variables: Variables, readFile: ReadFile): Kubernetes | Problem {
  if (path === null) return ownAccount(variables, readFile) ? { kind: 'in cluster' } : { kind: 'none' };
  const wrong = (what: string): Problem => ({
    where: 'KUBECONFIG',
    what,
    example: 'KUBECONFIG=/home/ops/.kube/config',
  });
  const read = readFile(path, largest);
  if (!read.ok && read.missing && path.includes(':')) return wrong('must be the path of one file, not of several');
  if (!read.ok) return wrong(`names a file that ${read.what}`);
  const config = parse(read.text);
  if (config === null) return wrong('names a file that is not a kubeconfig');
  const current = config['current-context'] ?? '';
  const context = config.contexts?.find((one) => one.name === current);
  if (context === undefined)
    return wrong('names a kubeconfig whose current-context is missing or not among its contexts');
  const user = config.users?.find((one) => one.name === context.context?.user)?.user ?? {};
  const used = impersonating.find((key) => Object.hasOwn(user, key));
  if (used !== undefined) return wrong(`names a kubeconfig that impersonates already (${used}:); use one without`);
  return { kind: 'file', path };
}

function parse(text: string): z.output<typeof Kubeconfig> | null {
  try {
    const document = parseDocument(text, { prettyErrors: false });
    if (document.errors.length > 0) return null;
    return Kubeconfig.safeParse(document.toJS({ maxAliasCount: 100 })).data ?? null;
  } catch {
    return null;
  }
}

/** What Kubernetes puts into every pod that has an account. */
function ownAccount(variables: Variables, readFile: ReadFile): boolean {
  if (!variables['KUBERNETES_SERVICE_HOST'] || !variables['KUBERNETES_SERVICE_PORT']) return false;
  return ['token', 'ca.crt'].every((name) => readFile(`${accountFolder}/${name}`, largest).ok);
}
