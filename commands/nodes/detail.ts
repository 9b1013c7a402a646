// One node: what it reports, what its pods ask of it, which pods those are and what happened to it lately. Pure.
import type { EventInfo, NodeInfo, PodInfo } from '../../src/cluster/schema.ts';
import type { Answer } from '../../src/dispatch/command.ts';
import type { Line, Message } from '../../src/message.ts';
import { age, bytes, cores, counted, ofAll, share, short } from './amounts.ts';
import { judge, statusOf, whyOf } from './judge.ts';
import { type Usage, usageNote, usageOf } from './overview.ts';
import { paginate } from './pages.ts';
import { because, mark, taintsText } from './row.ts';
import { toneOf } from './summary.ts';
import { wholeDetail } from './whole.ts';

export interface Detail {
  readonly node: NodeInfo;
  readonly usage: Usage;
  readonly pods: readonly PodInfo[];
  /** Newest first. */
  readonly events: readonly EventInfo[];
  readonly now: Date;
}

const newestShown = 3;

export function detail(given: Detail): Answer {
  const { node, usage } = given;
  const pods = troubledFirst(given.pods);
  const judgement = judge(node);
  const headline = `${short(node.name, 80)} is ${headlineOf(node)}`;
  const note = usageNote(usage);
  const message = (title: string, text: readonly Line[]): Message => ({
    headline,
    tone: toneOf([{ judgement }]),
    title,
    text,
    ...(note !== null && { footer: note }),
  });
  const podPages = paginate(pods.map(podLines), 'no gap');
  const eventPages = paginate(given.events.map(eventLines), 'no gap');
  const pages = [
    message('Node', nodeLines(given)),
    ...(pods.length === 0 ? [] : podPages.map((page) => message(`Pods (${pods.length})`, page))),
    // The overview has shown what fits there.
    ...(given.events.length <= newestShown
      ? []
      : eventPages.map((page) => message(`Events (${given.events.length})`, page))),
  ];
  return { pages, whole: { name: 'node.txt', data: wholeDetail({ ...given, pods, headline }) } };
}

function headlineOf(node: NodeInfo): string {
  const { ready, condition, pressures, cordoned } = judge(node);
  const bad = [
    ...(ready === 'NotReady' && condition !== null ? [short(whyOf(condition), 120)] : []),
    ...pressures.map(({ type }) => short(type, 60)),
  ].filter((part) => part !== '');
  return `${statusOf({ ready, cordoned })}${bad.length === 0 ? '' : ` (${bad.join(', ')})`}`;
}

function nodeLines({ node, usage, pods, events, now }: Detail): Line[] {
  const { system } = node;
  const used = usageOf(usage, node.name);
  const facts: readonly (readonly [string, string])[] = [
    ['CPU', allocation(pods, node.allocatable.cpu, used?.cpu ?? null, 'cpu', cores)],
    ['Memory', allocation(pods, node.allocatable.memory, used?.memory ?? null, 'memory', bytes)],
    ['Pods', ofAll(pods.length, node.allocatable.pods, String)],
    ['Roles', short(node.roles.join(', '), 100)],
    ['Taints', taintsText(node)],
    [
      'Version',
      short([system.kubeletVersion, system.osImage, system.containerRuntimeVersion].filter(Boolean).join(', '), 200),
    ],
    ['Address', short(node.address ?? '', 60)],
    ['Age', age(node.createdAt, now)],
  ];
  return [
    ...conditionLines(node),
    '',
    ...facts.filter(([, value]) => value !== '').map(([name, value]): Line => [{ bold: name }, ` ${value}`]),
    '',
    { bold: events.length === 0 ? 'No recent events' : 'Newest events' },
    ...events.slice(0, newestShown).flatMap(eventLines),
  ];
}

function conditionLines(node: NodeInfo): Line[] {
  if (node.conditions.length === 0) return ['It reports no conditions.'];
  const { pressures } = judge(node);
  return node.conditions.slice(0, 10).map((condition): Line => {
    const good = condition.type === 'Ready' ? condition.status === 'True' : !pressures.includes(condition);
    const sign = condition.status === 'Unknown' ? '❔' : good ? '✅' : '❌';
    return [
      `${sign} `,
      { bold: short(condition.type, 60) },
      ` ${short(condition.status, 20)} · `,
      ...because(condition, 'without a reason'),
    ];
  });
}

/** Requests and limits of its pods against allocatable, as `kubectl describe node` has them, and what is in use. */
function allocation(
  pods: readonly PodInfo[],
  all: number | null,
  used: number | null,
  which: 'cpu' | 'memory',
  format: (value: number) => string,
): string {
  const requests = pods.reduce((sum, pod) => sum + pod.requests[which], 0);
  const limits = pods.reduce((sum, pod) => sum + pod.limits[which], 0);
  return [
    `requested ${ofAll(requests, all, format)}`,
    `limits ${format(limits)}${share(limits, all)}`,
    ...(used === null ? [] : [`in use ${format(used)}${share(used, all)}`]),
  ].join(' · ');
}

function podLines(pod: PodInfo): Line[] {
  const { cpu, memory } = pod.requests;
  const asks = [...(cpu > 0 ? [`${cores(cpu)} CPU`] : []), ...(memory > 0 ? [bytes(memory)] : [])].join(', ');
  const restarts = pod.restarts === '0' || pod.restarts === '' ? [] : [`restarts ${short(pod.restarts, 30)}`];
  const words = [
    `${short(pod.status, 40)} ${short(pod.ready, 10)}`,
    ...restarts,
    ...(asks === '' ? [] : [`requests ${asks}`]),
  ];
  const order = troubled(pod) ? 1 : 3;
  return [[`${mark({ order })} `, { bold: short(`${pod.namespace}/${pod.name}`, 120) }, ` ${words.join(' · ')}`]];
}

function eventLines(event: EventInfo): Line[] {
  const times = event.count > 1 ? [` (${counted(event.count, 'time')})`] : [];
  const when = event.at === null ? [] : [' ', { time: event.at, style: 'relative' as const }];
  const sign = event.type === 'Warning' ? '⚠️' : 'ℹ️';
  return [[`${sign} `, { bold: short(event.reason, 60) }, ...when, ...times, ` ${short(event.message, 160)}`]];
}

function troubled({ status, ready }: PodInfo): boolean {
  const [up, all] = ready.split('/');
  return status !== 'Running' || up !== all;
}

function troubledFirst(pods: readonly PodInfo[]): PodInfo[] {
  const key = (pod: PodInfo) => `${troubled(pod) ? 0 : 1} ${pod.namespace}/${pod.name}`;
  return pods.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}
