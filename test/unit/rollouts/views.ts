// Views of a rollout for tests: a healthy one of three pods, and what differs from it.
import type { ContainerView, DeploymentView, PodView, RolloutView } from '../../../src/rollouts/view.ts';

export const image = 'ghcr.io/acme/shop:2';
export const startedAt = Date.parse('2026-01-01T00:00:00Z');

export function deployment(more: Partial<DeploymentView> = {}): DeploymentView {
  return {
    generation: 7,
    observedGeneration: 7,
    wanted: 3,
    updated: 3,
    ready: 3,
    available: 3,
    unavailable: 0,
    total: 3,
    paused: false,
    conditions: [],
    images: { app: image },
    ...more,
  };
}

/** The rollout has begun: one of three new pods is there, not ready yet. */
export const begun: DeploymentView = deployment({ updated: 1, total: 4, unavailable: 1 });

export function container(more: Partial<ContainerView> = {}): ContainerView {
  return { name: 'app', init: false, ready: false, restarts: 0, waiting: null, lastExit: null, ...more };
}

export function waiting(reason: string, message = '', since = startedAt): Pick<ContainerView, 'waiting'> {
  return { waiting: { reason, message, since } };
}

export function pod(containers: readonly ContainerView[], more: Partial<PodView> = {}): PodView {
  return {
    name: 'web-1',
    phase: 'Pending',
    ready: false,
    unschedulable: null,
    createdAt: startedAt,
    containers,
    ...more,
  };
}

export function view(of: DeploymentView | null, more: Partial<RolloutView> = {}): RolloutView {
  return {
    deployment: of,
    replicaSet: { name: 'web', failure: null },
    pods: [],
    terminating: 0,
    away: null,
    requests: 6,
    ...more,
  };
}
