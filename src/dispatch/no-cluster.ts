// The cluster of a person without a level: it refuses everything, and says why.
import type { Cluster } from '../cluster/cluster.ts';
import { UserError } from '../lib/user-error.ts';

export function noCluster(): Cluster {
  const refuse = async (): Promise<never> => {
    throw new UserError('None of your roles gives you a level, so nothing can be asked of Kubernetes for you.');
  };
  return {
    nodes: refuse,
    node: refuse,
    nodeUsage: refuse,
    podCounts: refuse,
    podsOn: refuse,
    eventsOn: refuse,
    deployment: refuse,
    async *watchRollout() {
      yield await refuse();
    },
    podLog: refuse,
    autoscalerOf: refuse,
    scaleOwner: refuse,
    writeScale: refuse,
    apply: refuse,
    render: refuse,
  };
}
