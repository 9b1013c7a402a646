// /status: what each app should run and what it runs, a line an app.
import type { AppStatus } from '../src/deploys/deploys.ts';
import { command } from '../src/dispatch/command.ts';
import { shortTag } from '../src/lib/tag.ts';
import type { Item, Line, Message, Run, Tone } from '../src/message.ts';
import { statusRights } from '../src/rollouts/rights.ts';
import { appOption, someApps } from './apps/options.ts';

export const status = command({
  name: 'status',
  summary: 'Shows what each app should run, what it runs, and what happens to it',
  level: 'viewer',
  options: { app: appOption },
  rights: statusRights,
  async *run({ deploys, cluster, firing, signal }, { app }) {
    const all = await deploys.status(someApps(deploys.apps, app), cluster, signal);
    const alerts = await Promise.all(all.map(({ app: { namespace } }) => firing(namespace)));
    yield statusMessage(all.map((one, index) => ({ ...one, alerts: alerts[index] ?? [] })));
  },
});

type Shown = AppStatus & { readonly alerts: readonly string[] };

export function statusMessage(all: readonly Shown[]): Message {
  const wrong = all.filter((one) => toneOf(one) !== 'good');
  const many = all.length === 1 ? `${all[0]?.app.name}` : `${all.length} apps`;
  return {
    tone: wrong.length === 0 ? 'good' : 'warning',
    headline:
      wrong.length === 0 ? `${many}: as wanted` : `${many}: look at ${wrong.map(({ app }) => app.name).join(', ')}`,
    list: {
      items: all.toSorted((a, b) => Number(toneOf(a) === 'good') - Number(toneOf(b) === 'good')).map(itemOf),
      noun: 'app',
      file: 'apps.txt',
    },
  };
}

function toneOf({ wanted, running, operation, alerts }: Shown): Tone {
  if (operation !== null) return 'info';
  if ('said' in wanted || 'said' in running || alerts.length > 0) return 'warning';
  return wanted.tag === running.tag && running.ready >= running.replicas ? 'good' : 'warning';
}

const marks: Partial<Record<Tone, string>> = { good: '✅', warning: '🟠', info: '🚀' };

function itemOf(one: Shown): Item {
  const { app, wanted, running, last, operation, alerts } = one;
  const lines: Line[] = [
    [
      `${marks[toneOf(one)] ?? ''} `,
      { bold: app.name },
      ' wants ',
      ...wantedRuns(wanted),
      ', runs ',
      ...runningRuns(running),
    ],
  ];
  if (operation !== null) {
    lines.push([
      `${operation.kind} to `,
      { code: shortTag(operation.state.to) },
      ` by ${operation.requester.username} is running`,
    ]);
  } else if (last !== null) {
    const when: Run = { time: new Date(last.endedAt ?? last.startedAt), style: 'relative' };
    lines.push([
      `last ${last.kind} to `,
      { code: shortTag(last.state.to) },
      ` by ${last.requester.username}, ${last.ending}, `,
      when,
    ]);
  }
  if (alerts.length > 0) lines.push(`alerts: ${alerts.join(', ')}`);
  return { lines, whole: JSON.stringify({ app: app.name, wanted, running, alerts, last: last?.id ?? null }) };
}

function wantedRuns(wanted: AppStatus['wanted']): readonly Run[] {
  if ('said' in wanted) return [`? (${wanted.said})`];
  return [wanted.tag === null ? 'no tag' : { code: shortTag(wanted.tag) }];
}

function runningRuns(running: AppStatus['running']): readonly Run[] {
  if ('said' in running) return [`? (${running.said})`];
  return [
    running.tag === null ? 'no tag' : { code: shortTag(running.tag) },
    `, ${running.ready} of ${running.replicas} ready`,
  ];
}
