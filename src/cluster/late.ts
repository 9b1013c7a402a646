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
