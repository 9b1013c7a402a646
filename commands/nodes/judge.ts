// How well a node is, in Kubernetes' own words. Pure.
import type { Condition, NodeInfo, Taint } from '../../src/cluster/schema.ts';

export interface Judgement {
  /** As `kubectl get nodes` says it; `Unknown` where the node reports no readiness at all. */
  readonly ready: 'Ready' | 'NotReady' | 'Unknown';
  /** The condition that says so. */
  readonly condition: Condition | null;
  /** Other conditions that are bad, for example `DiskPressure`. */
  readonly pressures: readonly Condition[];
  /** Cordoned: `SchedulingDisabled`. */
  readonly cordoned: boolean;
  /** 0 is worst: what does not run, then what is under pressure, then what takes no pods. */
  readonly order: 0 | 1 | 2 | 3;
}

// Node problem detector's and the kubelet's; others may be good when true (EtcdIsVoter of K3s).
const badWhenTrue = /^(?:.*Pressure|NetworkUnavailable|KernelDeadlock|ReadonlyFilesystem)$/;

export function judge(node: Pick<NodeInfo, 'conditions' | 'unschedulable'>): Judgement {
  const condition = node.conditions.find(({ type }) => type === 'Ready') ?? null;
  const ready = condition === null ? 'Unknown' : condition.status === 'True' ? 'Ready' : 'NotReady';
  const pressures = node.conditions.filter(({ type, status }) => status === 'True' && badWhenTrue.test(type));
  const cordoned = node.unschedulable;
  const order = ready !== 'Ready' ? 0 : pressures.length > 0 ? 1 : cordoned ? 2 : 3;
  return { ready, condition, pressures, cordoned, order };
}

/** `NotReady,SchedulingDisabled`, as kubectl writes it. */
export function statusOf({ ready, cordoned }: Pick<Judgement, 'ready' | 'cordoned'>): string {
  return cordoned ? `${ready},SchedulingDisabled` : ready;
}

/** `NodeStatusUnknown: Kubelet stopped posting node status.` */
export function whyOf({ reason, message }: Pick<Condition, 'reason' | 'message'>): string {
  return [reason, message].filter((part) => part !== '').join(': ');
}

/** `app-type=db:NoSchedule`, `node-role.kubernetes.io/control-plane:NoSchedule` */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
}

const collator = new Intl.Collator('en', { numeric: true });

/** Problems first, then by name, numbers as numbers. */
export function worstFirst<T extends { readonly name: string; readonly judgement: Judgement }>(all: readonly T[]): T[] {
  return all.toSorted(
    (one, other) => one.judgement.order - other.judgement.order || collator.compare(one.name, other.name),
  );
}
