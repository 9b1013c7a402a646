// A cluster room that is loaded after the webhooks are taken: its library is the largest, and alerts must not wait for it.
import type { Cluster, ClusterRoom, Identity } from './cluster.ts';

/**
 * @param load opens the real room; called once, by `start`. What is asked before it is there waits for it; where loading fails,
 * every request rejects with its error.
 */
export function lateClusterRoom(load: () => Promise<ClusterRoom>): ClusterRoom {
  let loading: Promise<ClusterRoom> | null = null;
  let room: ClusterRoom | null = null;

  function loaded(): Promise<ClusterRoom> {
    loading ??= load().then((opened) => {
      room = opened;
      return opened;
    });
    return loading;
  }

  function as(identity: Identity): Cluster {
    const bound = async (): Promise<Cluster> => (await loaded()).as(identity);
    return {
      nodes: async (signal) => (await bound()).nodes(signal),
      node: async (name, signal) => (await bound()).node(name, signal),
      nodeUsage: async (signal) => (await bound()).nodeUsage(signal),
      podCounts: async (signal) => (await bound()).podCounts(signal),
      podsOn: async (node, signal) => (await bound()).podsOn(node, signal),
      eventsOn: async (kind, name, signal) => (await bound()).eventsOn(kind, name, signal),
      deployment: async (namespace, name, signal) => (await bound()).deployment(namespace, name, signal),
      async *watchRollout(namespace, name, signal) {
        yield* (await bound()).watchRollout(namespace, name, signal);
      },
      podLog: async (of, signal) => (await bound()).podLog(of, signal),
      autoscalerOf: async (namespace, name, signal) => (await bound()).autoscalerOf(namespace, name, signal),
      scaleOwner: async (namespace, name, signal) => (await bound()).scaleOwner(namespace, name, signal),
      writeScale: async (namespace, name, replicas, signal) =>
        (await bound()).writeScale(namespace, name, replicas, signal),
      apply: async (manifest, options, signal) => (await bound()).apply(manifest, options, signal),
      render: async (folder, signal) => (await bound()).render(folder, signal),
    };
  }

  return {
    as,
    cache: { nodeNames: () => room?.cache.nodeNames() ?? [] },
    state: () => room?.state() ?? 'away',
    start() {
      loaded().then(
        (opened) => opened.start(),
        () => undefined,
      );
    },
    async stop() {
      await (await loading?.catch(() => null))?.stop();
    },
  };
}
