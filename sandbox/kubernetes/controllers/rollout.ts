// The arithmetic of a rolling update.
import { at, type KubernetesObject, numberAt, textAt } from '../objects.ts';

export interface Rollout {
  readonly deployment: KubernetesObject;
  /** The set of the template that is wanted. */
  readonly fresh: KubernetesObject;
  readonly olds: readonly KubernetesObject[];
  readonly again: (ms: number) => void;
}

/** How many pods there may be above, and how many below, what is wanted. Percentages round up and down; both zero would never move. */
export function bounds(deployment: KubernetesObject): { maxSurge: number; maxUnavailable: number } {
  if (textAt(deployment, 'spec.strategy.type') === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const wanted = numberAt(deployment, 'spec.replicas', 1);
  const maxSurge = share(at(deployment, 'spec.strategy.rollingUpdate.maxSurge'), wanted, Math.ceil);
  const maxUnavailable = share(at(deployment, 'spec.strategy.rollingUpdate.maxUnavailable'), wanted, Math.floor);
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : Math.min(maxUnavailable, wanted) };
}

function share(value: unknown, of: number, round: (figure: number) => number): number {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : '25%';
  const figure = Number.parseInt(text, 10) || 0;
  return text.endsWith('%') ? round((figure * of) / 100) : figure;
}

export function wantedOf(set: KubernetesObject): number {
  return numberAt(set, 'spec.replicas', 1);
}

export function available(set: KubernetesObject): number {
  return numberAt(set, 'status.availableReplicas', 0);
}

export function sum(sets: readonly KubernetesObject[], figure: (set: KubernetesObject) => number): number {
  return sets.reduce((total, set) => total + figure(set), 0);
}

export function totalOf({ fresh, olds }: Rollout): number {
  return sum([fresh, ...olds], wantedOf);
}
