// What is looked at of a rollout: a Deployment, its newest ReplicaSet, and the Pods of that; times are milliseconds since 1970.

export interface RolloutView {
  /** Null when the Deployment is not there (any more). */
  readonly deployment: {
    readonly generation: number;
    readonly observedGeneration: number;
    readonly wanted: number;
    readonly updated: number;
    readonly ready: number;
    readonly available: number;
    readonly unavailable: number;
    readonly total: number;
    readonly paused: boolean;
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
    /** Container name → image of the pod template. */
    readonly images: Readonly<Record<string, string>>;
  } | null;
  /** Conditions of the newest ReplicaSet, for example ReplicaFailure (quota, admission). */
  readonly replicaSet: {
    readonly name: string;
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  } | null;
  /** Pods of the newest ReplicaSet. */
  readonly pods: readonly {
    readonly name: string;
    readonly phase: string;
    readonly ready: boolean;
    /** Message of the condition PodScheduled=False, else null. */
    readonly unschedulable: string | null;
    readonly createdAt: number;
    /** Init containers too. */
    readonly containers: readonly {
      readonly name: string;
      readonly init: boolean;
      readonly ready: boolean;
      readonly restarts: number;
      /** For example CrashLoopBackOff, ImagePullBackOff, CreateContainerConfigError. */
      readonly waiting: { readonly reason: string; readonly message: string } | null;
      readonly lastExit: { readonly code: number; readonly reason: string } | null;
    }[];
  }[];
}
