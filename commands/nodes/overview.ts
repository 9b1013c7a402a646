// All nodes at once: what is wrong first, a page of them at a time. Pure.

import type { NodeInfo, NodeUsage } from '../../src/cluster/schema.ts';
import type { Answer } from '../../src/dispatch/command.ts';
import { UserError } from '../../src/lib/user-error.ts';
import type { Line, Message } from '../../src/message.ts';
import { age, bytes, cores } from './amounts.ts';
import { columns } from './columns.ts';
import { judge, statusOf, taintText, whyOf, worstFirst } from './judge.ts';
import { paginate } from './pages.ts';
import { amount, type Row, rowLines } from './row.ts';
import { summarise } from './summary.ts';

/** Use by node name, null where it is not served, or why it could not be had. */
export type Usage = ReadonlyMap<string, NodeUsage> | null | UserError;

export function overview(options: {
  readonly nodes: readonly NodeInfo[];
  readonly usage: Usage;
  /** Pods by node name. */
  readonly pods: ReadonlyMap<string, number>;
  readonly now: Date;
}): Answer {
  const { nodes, usage, pods, now } = options;
  const rows = worstFirst(
    nodes.map(
      (node): Row => ({
        name: node.name,
        node,
        judgement: judge(node),
        usage: usageOf(usage, node.name),
        pods: pods.get(node.name) ?? 0,
      }),
    ),
  );
  const { text: headline, tone } = summarise(rows);
  const note = usageNote(usage);
  const message = (text: readonly Line[]): Message => ({
    headline,
    tone,
    ...(text.length > 0 && { text }),
    ...(rows.length > 0 && note !== null && { footer: note }),
  });
  const pages = paginate(rows.map((row) => rowLines(row, now)));
  const [only] = pages;
  if (pages.length === 1) return message(only ?? []);
  return { pages: pages.map(message), whole: { name: 'nodes.txt', data: `${headline}\n\n${wholeOf(rows, now)}` } };
}

export function usageOf(usage: Usage, name: string): NodeUsage | null {
  return usage === null || usage instanceof UserError ? null : (usage.get(name) ?? null);
}

/** Why CPU and memory in use are missing. */
export function usageNote(usage: Usage): string | null {
  if (usage === null)
    return 'Use of CPU and memory is not known: metrics.k8s.io is not served here. Amounts are allocatable.';
  if (usage instanceof UserError) return `Use of CPU and memory is not known. ${usage.message}`;
  return null;
}

function wholeOf(rows: readonly Row[], now: Date): string {
  const heading = ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION', 'CPU', 'MEMORY', 'PODS', 'TAINTS', 'BECAUSE'];
  return columns(
    heading,
    rows.map(({ name, node, judgement, usage, pods }) => [
      name,
      statusOf(judgement),
      node.roles.join(','),
      age(node.createdAt, now),
      node.system.kubeletVersion,
      amount(usage?.cpu ?? null, node.allocatable.cpu, cores),
      amount(usage?.memory ?? null, node.allocatable.memory, bytes),
      `${pods}${node.allocatable.pods === null ? '' : `/${node.allocatable.pods}`}`,
      node.taints.map(taintText).join(','),
      [
        ...(judgement.ready === 'NotReady' && judgement.condition !== null ? [whyOf(judgement.condition)] : []),
        ...judgement.pressures.map((pressure) => `${pressure.type} ${whyOf(pressure)}`),
      ].join('; '),
    ]),
  );
}
