// One node among others: two lines where it is well, more where there is something to say. Pure.
import type { NodeInfo, NodeUsage } from '../../src/cluster/schema.ts';
import type { Line, Run } from '../../src/message.ts';
import { age, bytes, cores, ofAll, short } from './amounts.ts';
import { type Judgement, statusOf, taintText, whyOf } from './judge.ts';

export interface Row {
  readonly name: string;
  readonly node: NodeInfo;
  readonly judgement: Judgement;
  /** Null where metrics.k8s.io does not know it. */
  readonly usage: NodeUsage | null;
  /** Pods on it that are neither Succeeded nor Failed. */
  readonly pods: number;
}

const mostTaints = 4;

export function rowLines(row: Row, now: Date): Line[] {
  const { node, judgement } = row;
  const { condition, ready, pressures } = judgement;
  return [
    [
      `${mark(judgement)} `,
      { bold: short(row.name, 80) },
      ` ${[statusOf(judgement), ...about(node, now)].join(' · ')}`,
    ],
    capacity(row),
    ...(ready === 'Ready' ? [] : [because(condition, 'it reports no Ready condition')]),
    ...pressures.map((pressure) => [`${short(pressure.type, 60)}: `, ...because(pressure, '')]),
    ...(node.taints.length === 0 ? [] : [`taints ${taintsText(node)}`]),
  ];
}

export function mark({ order }: Pick<Judgement, 'order'>): string {
  return order === 0 ? '❌' : order === 3 ? '✅' : '⚠️';
}

/** Reason, message and since when, bounded: both come from whoever reports the condition. */
export function because(
  condition: { readonly reason: string; readonly message: string; readonly since: Date | null } | null,
  otherwise: string,
): Run[] {
  const why = condition === null ? '' : short(whyOf(condition), 160);
  const since = condition?.since ?? null;
  return [
    why === '' ? otherwise : why,
    ...(since === null ? [] : [', since ', { time: since, style: 'relative' as const }]),
  ];
}

function about(node: NodeInfo, now: Date): string[] {
  return [
    ...(node.roles.length === 0 ? [] : [short(node.roles.join(', '), 60)]),
    ...(node.system.kubeletVersion === '' ? [] : [short(node.system.kubeletVersion, 40)]),
    `age ${age(node.createdAt, now)}`,
  ];
}

function capacity({ node, usage, pods }: Row): string {
  const { allocatable } = node;
  return [
    `CPU ${amount(usage?.cpu ?? null, allocatable.cpu, cores)}`,
    `memory ${amount(usage?.memory ?? null, allocatable.memory, bytes)}`,
    `pods ${allocatable.pods === null ? pods : `${pods} of ${allocatable.pods}`}`,
  ].join(' · ');
}

/** Use against allocatable; what is not known is left out. */
export function amount(used: number | null, all: number | null, format: (value: number) => string): string {
  if (used !== null) return ofAll(used, all, format);
  return all === null ? 'unknown' : format(all);
}

export function taintsText({ taints }: Pick<NodeInfo, 'taints'>): string {
  const shown = taints.slice(0, mostTaints).map((taint) => short(taintText(taint), 80));
  const more = taints.length > mostTaints ? [`${taints.length - mostTaints} more`] : [];
  return [...shown, ...more].join(', ');
}
