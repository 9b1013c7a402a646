// What is looked at of a rollout: a Deployment, its newest ReplicaSet, and the Pods of that; times are milliseconds since 1970.

export interface RolloutView {
  /** Null when the Deployment is not there (any more). */
  readonly deployment: DeploymentView | null;
  /** The one of the Deployment's present pod template; null until it is made, and while only an older one is known. */
  readonly replicaSet: {
    readonly name: string;
    /** Why it cannot make pods: its condition ReplicaFailure (quota, admission); `since` is when it was first seen here. */
    readonly failure: { readonly reason: string; readonly message: string; readonly since: number } | null;
  } | null;
  /** Pods of that ReplicaSet, without those that are being deleted. */
  readonly pods: readonly PodView[];
  /** Pods of the Deployment, of any ReplicaSet, that are being deleted: until they are gone they take room and quota. */
  readonly terminating: number;
  /** Null while it is current; else why it is not, since when, and in words for people: the cluster is away, and this is what was last seen. */
  readonly away: { readonly said: string; readonly since: number } | null;
  /** Requests to the API server so far. */
  readonly requests: number;
}

export interface DeploymentView {
  readonly generation: number;
  readonly observedGeneration: number;
  readonly wanted: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly unavailable: number;
  readonly total: number;
  readonly paused: boolean;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
  /** Container name → image of the pod template. */
  readonly images: Readonly<Record<string, string>>;
}

export interface PodView {
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  /** Message of the condition PodScheduled=False, and when it was first seen here; else null. */
  readonly unschedulable: { readonly message: string; readonly since: number } | null;
  /** By the cluster's clock. */
  readonly createdAt: number;
  /** Init containers too. */
  readonly containers: readonly ContainerView[];
}

export interface ContainerView {
  readonly name: string;
  readonly init: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  /** For example CrashLoopBackOff, ImagePullBackOff, CreateContainerConfigError; `since` is when this reason was first seen here. */
  readonly waiting: { readonly reason: string; readonly message: string; readonly since: number } | null;
  /** Of the run before, or of this one where it has ended. `message` is empty but where the container could not be started at all. */
  readonly lastExit: { readonly code: number; readonly reason: string; readonly message: string } | null;
}
