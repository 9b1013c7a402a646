// What the cluster can be asked, in the words of those who ask; the one place where others meet the cluster room.
import type { Level } from '../access/level.ts';
import type { EventInfo, NodeInfo, NodeUsage, PodInfo } from './schema.ts';

/** Whom a request is made as: an impersonated user, a group of the same name, and the person in the extra `discord-user`. */
export interface Identity {
  readonly level: Level;
  /** `<id> <username>`, or `homelab-bot` for work without a person. */
  readonly discordUser: string;
}

/** Requests that all act as one identity. Each rejects with a `UserError` that names what is away, refused or missing. */
export interface Cluster {
  nodes(signal: AbortSignal): Promise<NodeInfo[]>;
  node(name: string, signal: AbortSignal): Promise<NodeInfo>;
  /** Use by node name; null where metrics.k8s.io is not served. */
  nodeUsage(signal: AbortSignal): Promise<ReadonlyMap<string, NodeUsage> | null>;
  /** How many pods that are neither Succeeded nor Failed are on each node; nodes without any are not in it. */
  podCounts(signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
  /** Pods of all namespaces on one node that are neither Succeeded nor Failed. */
  podsOn(node: string, signal: AbortSignal): Promise<PodInfo[]>;
  /** Events about one object of the cluster scope, newest first. */
  eventsOn(kind: 'Node', name: string, signal: AbortSignal): Promise<EventInfo[]>;
}

/** Names kept in memory for autocomplete, refreshed in the background as `homelab-bot:viewer`. */
export interface ClusterCache {
  nodeNames(): readonly string[];
}

/** The cluster room as a whole. */
export interface ClusterRoom {
  as(identity: Identity): Cluster;
  readonly cache: ClusterCache;
  /** `ready` once a request succeeded and the last one did not fail; `none` where no cluster is configured. */
  state(): 'ready' | 'away' | 'none';
  /** Starts the background refresh; resolves at once. */
  start(): void;
  stop(): Promise<void>;
}
