// The sandbox's cluster behaves as a real API server does; test/e2e/kubernetes-contract.test.ts runs the same against one.
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { createClient } from './kubernetes/client.ts';
import type { Connection } from './kubernetes/connection.ts';
import { describeKubernetes } from './kubernetes/suite.ts';

const delays = { ready: 20, failed: 20, backOff: 100, terminate: 5 };

describeKubernetes('the sandbox', async () => connectionTo(await startKubernetes({ anonymous: true, delays })));

function connectionTo(cluster: Kubernetes): Connection {
  const endpoint = { url: cluster.url };
  return {
    endpoint,
    admin: createClient(endpoint, { token: cluster.token('admin') }),
    create: async (objects) => cluster.apply(objects),
    patch: async (which, change) => void cluster.patch(which, { ...change }),
    remove: async (which) => cluster.remove(which),
    token: async (namespace, name) => cluster.token({ serviceAccount: `${namespace}/${name}` }),
    compact: async () => cluster.compact(),
    close: () => cluster.stop(),
  };
}
