// Which cluster, and with which credentials of the bot's own: a kubeconfig, the pod's ServiceAccount, or none.
import { existsSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';

/** As the configuration has it. */
export type Source =
  /** A kubeconfig file. */
  | { readonly kind: 'file'; readonly path: string }
  /** The ServiceAccount of the pod that this runs in; its token is read again each minute. */
  | { readonly kind: 'in cluster' }
  | { readonly kind: 'none' };

/**
 * @param root stands before the path of the ServiceAccount's files; for tests.
 * @returns null where there is no cluster.
 * @throws Error one sentence about what is wrong with the kubeconfig.
 */
export function connect(source: Source, root = ''): KubeConfig | null {
  if (source.kind === 'none') return null;
  if (source.kind === 'file') return fromFile(source.path);
  const config = new KubeConfig();
  config.loadFromCluster(root);
  return config;
}

function fromFile(path: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(path);
  } catch (cause) {
    throw new Error(`The kubeconfig ${path} ${whyUnreadable(cause)}.`, { cause });
  }
  const problem = problemOf(config);
  if (problem !== null) throw new Error(`The kubeconfig ${path} ${problem}.`);
  // The library takes plain http only where this says that there is no certificate to verify.
  config.clusters = config.clusters.map((one) =>
    one.server.startsWith('http:') ? { ...one, skipTLSVerify: true } : one,
  );
  return config;
}

/** Where `kubectl proxy`, a tunnel or a test listens. */
function isThisMachine(server: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(server).hostname);
}

/** The parser's own words may quote the file, which holds secrets. */
function whyUnreadable(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES') return 'may not be read by the bot';
  if (code === 'EISDIR') return 'is a directory';
  return 'is not a kubeconfig';
}

function problemOf(config: KubeConfig): string | null {
  const context = config.getContextObject(config.getCurrentContext());
  if (context === null) return 'names no current-context that it holds';
  const cluster = config.getCurrentCluster();
  if (cluster === null) return `lacks the cluster of its context ${context.name}`;
  const user = config.getCurrentUser();
  if (user === null) return `lacks the user of its context ${context.name}`;
  // Impersonation on top of impersonation does not exist: one would silently take the place of the other.
  if (user.impersonateUser !== undefined && user.impersonateUser !== null) {
    return 'impersonates already (as:), but the bot impersonates by itself: give it one without';
  }
  if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server)) return 'has a server that is no URL';
  if (cluster.server.startsWith('http:') && !isThisMachine(cluster.server)) {
    return 'has a server with http://, which would show the credentials to the network';
  }
  for (const file of [cluster.caFile, user.certFile, user.keyFile]) {
    if (file !== undefined && !existsSync(file)) return `names the file ${file}, which does not exist`;
  }
  return null;
}
