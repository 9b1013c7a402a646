// Looks whether the bot can work with the reader's kubeconfig, before anything is started. It changes nothing.
import { open } from 'node:fs/promises';
import { isRecord, listAt, textAt } from '../kubernetes/objects.ts';
import { findPrograms } from '../programs.ts';
import { rbacObjects } from '../rbac.ts';
import { type Kubectl, openKubectl } from './kubectl.ts';
import { nameOf, type Right, rightsOf } from './rights.ts';

/** What is in the way, in words for whoever typed the command. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

const levels = ['viewer', 'operator', 'admin'] as const;

/** So many missing rights are named; the rest is counted. */
const mostNamed = 4;

/** @throws NotReady what is wrong with the file, that its cluster does not answer, or which rights are missing and how to give them. */
export async function checkCluster(kubeconfig: string): Promise<void> {
  await mustBeFile(kubeconfig);
  const { path, advice } = await findPrograms();
  if (advice !== null) throw new NotReady(advice);
  const kubectl = await openKubectl(path, kubeconfig);
  try {
    await mustBeKubeconfig(kubectl, kubeconfig);
    await mustHaveRights(kubectl, kubeconfig);
  } finally {
    await kubectl.end();
  }
}

async function mustBeFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'r');
    const isFile = (await file.stat()).isFile();
    await file.close();
    if (isFile) return;
  } catch (error) {
    const code = isRecord(error) ? error['code'] : undefined;
    if (code === 'ENOENT') throw new NotReady(`There is no file ${path}.`);
    throw new NotReady(`${path} may not be read (${String(code)}).`);
  }
  throw new NotReady(`${path} is a folder: --kubeconfig needs the path of a file.`);
}

async function mustBeKubeconfig(kubectl: Kubectl, path: string): Promise<void> {
  // Without --raw, so that no secret of it comes along.
  const { ok, stdout, complaint } = await kubectl.run(['config', 'view', '--minify', '-o', 'json']);
  if (/current-context|context ".*" does not exist|cannot locate context/.test(complaint)) {
    throw new NotReady(`${path} is no kubeconfig with a current-context.`);
  }
  if (!ok) throw new NotReady(`${path} is not a kubeconfig.`);
  const [user] = listAt(JSON.parse(stdout), 'users');
  const as = textAt(user, 'user.as');
  if (as !== '') {
    throw new NotReady(
      `${path} acts as ${as} already (as:). The bot impersonates by itself and refuses such a kubeconfig: give one without.`,
    );
  }
}

async function mustHaveRights(kubectl: Kubectl, path: string): Promise<void> {
  const objects = await rbacObjects();
  const own = await missing(kubectl, path, rightsOf(objects, { kind: 'ServiceAccount', name: 'homelab-bot' }));
  const lines = own.length === 0 ? [] : [`  the user of the kubeconfig may not ${listed(own)}`];
  // Whoever may not impersonate cannot ask for the levels either.
  for (const level of own.length === 0 ? levels : []) {
    const group = `homelab-bot:${level}`;
    const needed = rightsOf(objects, { kind: 'Group', name: group });
    const lacking = await missing(kubectl, path, needed, ['--as', group, '--as-group', group]);
    if (lacking.length > 0) lines.push(`  ${group} may not ${listed(lacking)}`);
  }
  if (lines.length === 0) return;
  throw new NotReady(
    [
      'Rights are missing in this cluster:',
      ...lines,
      '',
      'This gives them, and nothing else; run it, then start again:',
      '',
      `  kubectl --kubeconfig ${quoted(path)} apply -k manifests/chatops/rbac`,
      ...(own.length === 0
        ? []
        : [
            '',
            'It lets the ServiceAccount chatops/homelab-bot impersonate the levels, and nobody else: start again with a kubeconfig of that',
            'account, or of an administrator of the cluster.',
          ]),
      '',
      'Nothing was applied, and nothing was started.',
    ].join('\n'),
  );
}

/** Asks what `kubectl auth can-i` asks, of many rights at once: one review each, which the API answers and does not keep. */
async function missing(
  kubectl: Kubectl,
  path: string,
  rights: readonly Right[],
  as: readonly string[] = [],
): Promise<readonly Right[]> {
  const items = rights.map((resourceAttributes) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes },
  }));
  const format = 'jsonpath={.status.allowed}{"\\n"}';
  const { ok, stdout, complaint } = await kubectl.run(
    ['create', '--validate=false', '-f', '-', '-o', format, ...as],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  const answers = stdout.trim().split('\n');
  if (!ok || answers.length !== rights.length) throw new NotReady(explained(path, complaint));
  return rights.filter((_, index) => answers[index] !== 'true');
}

/** In one sentence; kubectl's own words stand at its end. */
function explained(path: string, complaint: string): string {
  if (/provide credentials|Unauthorized|must be logged in/.test(complaint)) {
    return `The cluster does not take the credentials of ${path}.`;
  }
  const said = complaint.replace(/^error: |unable to recognize "STDIN": /g, '');
  const away = /refused|timeout|timed out|deadline|no such host|unreachable|no route|EOF/i.test(said);
  return `The cluster of ${path} ${away ? 'does not answer' : 'could not be asked for its rights'}: ${said}`;
}

function listed(rights: readonly Right[]): string {
  const names = [...new Set(rights.map(nameOf))];
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
