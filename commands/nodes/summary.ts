// The one line that says how the nodes are as a whole. Pure.
import type { Tone } from '../../src/message.ts';
import { counted, short } from './amounts.ts';
import type { Judgement } from './judge.ts';

export interface Judged {
  readonly name: string;
  readonly judgement: Judgement;
}

/** `4 nodes: 3 ready, 1 not ready (desktop-2), 1 cordoned` */
export function summarise(nodes: readonly Judged[]): { readonly text: string; readonly tone: Tone } {
  if (nodes.length === 0) return { text: 'The cluster has no nodes.', tone: 'warning' };
  const having = (test: (judgement: Judgement) => boolean) => nodes.filter(({ judgement }) => test(judgement));
  const down = having(({ ready }) => ready === 'NotReady');
  const unknown = having(({ ready }) => ready === 'Unknown');
  const pressed = having(({ pressures }) => pressures.length > 0);
  const cordoned = having((judgement) => judgement.cordoned);
  const parts = [
    `${nodes.length - down.length - unknown.length} ready`,
    ...said(down, 'not ready'),
    ...said(unknown, 'of unknown readiness'),
    ...said(pressed, 'under pressure'),
    ...said(cordoned, 'cordoned'),
  ];
  return { text: `${counted(nodes.length, 'node')}: ${parts.join(', ')}`, tone: toneOf(nodes) };
}

export function toneOf(nodes: readonly Pick<Judged, 'judgement'>[]): Tone {
  const worst = Math.min(...nodes.map(({ judgement }) => judgement.order));
  return worst === 0 ? 'critical' : worst < 3 ? 'warning' : 'good';
}

function said(nodes: readonly Judged[], what: string): string[] {
  if (nodes.length === 0) return [];
  const names = nodes.slice(0, 2).map(({ name }) => short(name, 40));
  const more = nodes.length > names.length ? [`${nodes.length - names.length} more`] : [];
  return [`${nodes.length} ${what} (${[...names, ...more].join(', ')})`];
}
