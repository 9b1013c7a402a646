// A kubeconfig for programs: the bot's own credentials, acting as someone, as client-node's requests do.
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { seenAs } from '../lib/seen-as.ts';
import type { Identity } from './cluster.ts';

/** JSON, which is YAML. Holds credentials: for a file of mode 0600 alone. */
export function kubeconfigFor(own: KubeConfig, identity: Identity): string {
  const cluster = own.getCurrentCluster();
  const user = own.getCurrentUser();
  if (cluster === null || user === null) throw new Error('The kubeconfig has no current cluster or user');
  const { user: as, group, discordUser } = seenAs(identity);
  const acting = { as, 'as-groups': [group], 'as-user-extra': { 'discord-user': [discordUser] } };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'homelab-bot',
    contexts: [{ name: 'homelab-bot', context: { cluster: 'homelab', user: 'homelab-bot', namespace: 'default' } }],
    clusters: [{ name: 'homelab', cluster: clusterFields(cluster) }],
    users: [{ name: 'homelab-bot', user: { ...userFields(user), ...acting } }],
  });
}

function clusterFields(cluster: Cluster): Record<string, unknown> {
  const insecure = cluster.skipTLSVerify === true && cluster.server.startsWith('https:');
  return present({
    server: cluster.server,
    'certificate-authority-data': insecure ? undefined : cluster.caData,
    'certificate-authority': insecure ? undefined : cluster.caFile,
    'insecure-skip-tls-verify': insecure || undefined,
    'tls-server-name': cluster.tlsServerName,
    'proxy-url': cluster.proxyUrl,
  });
}

function userFields(user: User): Record<string, unknown> {
  return present({
    'client-certificate-data': user.certData,
    'client-certificate': user.certFile,
    'client-key-data': user.keyData,
    'client-key': user.keyFile,
    token: user.token,
    // In a pod: read again and again, since Kubernetes renews it.
    tokenFile: tokenFileOf(user),
    username: user.username,
    password: user.password,
    exec: user.exec,
  });
}

/** client-node calls the token file of a pod an auth provider. */
function tokenFileOf({ authProvider }: User): unknown {
  return authProvider?.name === 'tokenFile' ? authProvider.config?.['tokenFile'] : undefined;
}

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}
