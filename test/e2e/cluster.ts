// A real control plane for tests: etcd, kube-apiserver, controllers and scheduler, its nodes played by kwok.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export interface ClusterOptions {
  /** 3 by default: desktop-1 (control plane), desktop-2, worker-db-01; more are desktop-3 and on. */
  readonly nodes?: number;
  /** Seconds after which a silent node counts as lost; 50 by default. */
  readonly nodeGrace?: number;
  /** Writes every request to `audit.log` in the cluster's directory. */
  readonly audit?: boolean;
}

export type ClusterUser =
  | { readonly name: string; readonly groups?: readonly string[] }
  | { readonly serviceAccount: `${string}/${string}` };

export interface Cluster {
  /** Of the administrator, who is in system:masters. */
  readonly kubeconfigPath: string;
  readonly dir: string;
  /** The directory with kubectl and helm of the cluster's version. */
  programs(): Promise<string>;
  /** The text of a kubeconfig: of a person by client certificate, or of a ServiceAccount by its token. */
  user(who: ClusterUser): Promise<string>;
  node(name: string, state: 'notready' | 'lost' | 'ready'): Promise<void>;
  /** Grows it, and waits until all is ready. */
  scale(to: { readonly nodes?: number; readonly pods?: number }): Promise<void>;
  /** Makes etcd forget all history before this moment. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const scripts = resolve(import.meta.dirname, '../../../shared/cluster');

/** Why no cluster can be started here, and what would help; null when one can. */
export function missingCluster(): string | null {
  if (!existsSync(join(scripts, 'up'))) {
    return 'The real control plane is missing: it is started by ../shared/cluster/up, beside the repository.';
  }
  const tools = ['go', 'openssl', 'flock', 'ps'].filter((tool) => !onPath(tool));
  return tools.length === 0
    ? null
    : `The real control plane needs ${tools.join(', ')} (its build needs Go 1.26); install ${tools.length === 1 ? 'it' : 'them'}.`;
}

/** Rejects with what is missing. The first start builds everything, which takes minutes; later ones take seconds. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const missing = missingCluster();
  if (missing !== null) throw new Error(missing);
  const dir = await mkdtemp(join(tmpdir(), 'homelab-e2e-'));
  const flags = [
    ...(options.nodes === undefined ? [] : ['--nodes', `${options.nodes}`]),
    ...(options.nodeGrace === undefined ? [] : ['--node-grace', `${options.nodeGrace}`]),
    ...(options.audit ? ['--audit'] : []),
  ];
  const { stdout } = await script('up', ['--dir', dir, ...flags]).catch((error: unknown) => {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  });
  const kubeconfigPath = /^KUBECONFIG=(.+)$/m.exec(stdout)?.[1] ?? join(dir, 'kubeconfig');
  return {
    kubeconfigPath,
    dir,
    programs: async () => (await script('build', ['--print'])).stdout.trim(),
    async user(who) {
      const flags =
        'name' in who
          ? [who.name, ...(who.groups ?? []).flatMap((group) => ['--group', group])]
          : ['--serviceaccount', who.serviceAccount];
      return (await script('user', [dir, ...flags])).stdout;
    },
    node: async (name, state) => void (await script('node', [dir, name, state])),
    async scale({ nodes, pods }) {
      const wanted = [
        ...(nodes === undefined ? [] : ['--nodes', `${nodes}`]),
        ...(pods === undefined ? [] : ['--pods', `${pods}`]),
      ];
      await script('scale', [dir, ...wanted]);
    },
    compact: () => compact(dir),
    stop: async () => void (await script('down', [dir])),
  };
}

async function script(name: string, args: readonly string[]): Promise<{ stdout: string }> {
  try {
    return await run(join(scripts, name), [...args], { timeout: 900_000, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? `${error.stderr}`.trim() : `${error}`;
    throw new Error(`${name} failed: ${said}`, { cause: error });
  }
}

/** etcd answers JSON over HTTP beside gRPC; its address is among the arguments it was started with. */
async function compact(dir: string): Promise<void> {
  const pid = (await readFile(join(dir, 'pids/etcd'), 'utf8')).trim();
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const url = args[args.indexOf('--listen-client-urls') + 1] ?? '';
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as { header?: { revision?: string } };
  };
  const { header } = await post('/v3/kv/range', { key: Buffer.from('\0').toString('base64'), limit: 1 });
  await post('/v3/kv/compaction', { revision: header?.revision ?? '0' });
}

function onPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, tool)));
}
