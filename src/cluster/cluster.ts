// What the cluster can be asked, in the words of those who ask; the one place where others meet the cluster room.
import type { Level } from '../access/level.ts';
import type { DeploymentView, RolloutView } from '../rollouts/view.ts';
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
  /** Null where there is none. */
  deployment(namespace: string, name: string, signal: AbortSignal): Promise<DeploymentView | null>;
  /**
   * The state of a Deployment's rollout now, and again after each change, by one watch each on the Deployment, its ReplicaSets and its Pods.
   * While the API is away the last state is given with `away`, and it is tried again. Ends once the Deployment is gone; rejects where the
   * identity may not look, and with the signal's reason.
   */
  watchRollout(namespace: string, name: string, signal: AbortSignal): AsyncIterable<RolloutView>;
  /** The last lines, at most `lines` of them and 64 KiB; none where there is no log. */
  podLog(of: LogOf, signal: AbortSignal): Promise<readonly string[]>;
  /** Name of the HorizontalPodAutoscaler that targets the Deployment, or null. */
  autoscalerOf(namespace: string, deployment: string, signal: AbortSignal): Promise<string | null>;
  /** The live replicas of a Deployment and who owns that field; null where there is no such Deployment. */
  scaleOwner(namespace: string, name: string, signal: AbortSignal): Promise<ScaleOwner | null>;
  /**
   * Writes the replicas by the scale subresource, as a server-side apply of the manager `homelab-bot-scale`: it becomes an owner of the field beside
   * others, also where the value stays the same (an update that changes nothing would change no owner), so that an apply of
   * `homelab-bot` without the field leaves it alone.
   */
  writeScale(namespace: string, name: string, replicas: number, signal: AbortSignal): Promise<void>;
  /** Applies exactly these bytes on the server's side, as the field manager `homelab-bot`, and takes conflicting fields over. */
  apply(manifest: string, options: { readonly dryRun?: boolean }, signal: AbortSignal): Promise<readonly Applied[]>;
  /** What `kubectl kustomize` makes of a folder, given by its absolute path. It contacts nothing. */
  render(folder: string, signal: AbortSignal): Promise<string>;
}

export interface LogOf {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the run before the present one. */
  readonly previous: boolean;
  /** At most 1,000. */
  readonly lines: number;
}

export interface ScaleOwner {
  readonly replicas: number;
  /** Field managers that own `.spec.replicas`; usually one. Empty where nobody does. */
  readonly managers: readonly string[];
}

/** An object as kubectl names what it did with it. */
export interface Applied {
  readonly kind: string;
  /** Empty for objects of the cluster scope, and where the manifest leaves it to kubectl. */
  readonly namespace: string;
  readonly name: string;
  readonly result: 'created' | 'configured' | 'unchanged' | 'serverside-applied';
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
