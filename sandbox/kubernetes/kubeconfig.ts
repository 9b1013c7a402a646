// A kubeconfig for this server, as `kubectl config view` would print it.
import { stringify } from 'yaml';

export type KubeconfigUser = 'admin' | { readonly serviceAccount: `${string}/${string}` };

export interface KubeconfigParts {
  readonly url: string;
  readonly user: KubeconfigUser;
  readonly token: string;
  /** PEM, where the server speaks TLS. */
  readonly ca: string | null;
}

export function kubeconfig({ url, user, token, ca }: KubeconfigParts): string {
  const [namespace, name] = user === 'admin' ? ['default', 'admin'] : user.serviceAccount.split('/');
  const authority = ca === null ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'homelab', cluster: { server: url, ...authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'homelab', context: { cluster: 'homelab', user: name, namespace } }],
    'current-context': 'homelab',
  });
}
