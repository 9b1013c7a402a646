// What a pod asks for and may use at most, computed as the scheduler and `kubectl describe node` do.

/** Cores and bytes. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

export interface Ask {
  readonly requests: Partial<Resources>;
  readonly limits: Partial<Resources>;
}

export interface PodAsk {
  readonly containers: readonly Ask[];
  /** In order; `restartable` are those with restartPolicy Always, which run on beside the containers. */
  readonly initContainers: readonly (Ask & { readonly restartable: boolean })[];
  /** Resources of the pod as a whole; they take the place of the sum. */
  readonly pod: Ask;
  readonly overhead: Partial<Resources>;
}

export const nothing: Resources = { cpu: 0, memory: 0 };

/** Source: `PodRequests` and `PodLimits` of k8s.io/component-helpers/resource. */
export function podResources(ask: PodAsk): { requests: Resources; limits: Resources } {
  const limits = { ...total(ask, 'limits'), ...ask.pod.limits };
  return {
    requests: sum([{ ...total(ask, 'requests'), ...ask.pod.requests }, ask.overhead]),
    // What has no limit does not get one from the overhead.
    limits: {
      cpu: limits.cpu === 0 ? 0 : limits.cpu + (ask.overhead.cpu ?? 0),
      memory: limits.memory === 0 ? 0 : limits.memory + (ask.overhead.memory ?? 0),
    },
  };
}

export function sum(all: readonly Partial<Resources>[]): Resources {
  return all.reduce<Resources>(
    (so, one) => ({ cpu: so.cpu + (one.cpu ?? 0), memory: so.memory + (one.memory ?? 0) }),
    nothing,
  );
}

/** The containers together, or the neediest moment of the start, whichever is more. */
function total({ containers, initContainers }: PodAsk, which: 'requests' | 'limits'): Resources {
  let beside = nothing;
  let neediest = nothing;
  for (const container of initContainers) {
    const now = sum([beside, container[which]]);
    if (container.restartable) beside = now;
    neediest = { cpu: Math.max(neediest.cpu, now.cpu), memory: Math.max(neediest.memory, now.memory) };
  }
  const running = sum([beside, ...containers.map((container) => container[which])]);
  return { cpu: Math.max(running.cpu, neediest.cpu), memory: Math.max(running.memory, neediest.memory) };
}
