// /history: who changed the tag of an app, when and why, from the manifest repository.
import { command } from '../src/dispatch/command.ts';
import { shortTag } from '../src/lib/tag.ts';
import type { Line } from '../src/message.ts';
import type { TagChange } from '../src/repository/repository.ts';
import { appOption, someApps } from './apps/options.ts';

const most = 25;

export const history = command({
  name: 'history',
  summary: 'Lists the deploys and rollbacks of an app: when, who, from which tag to which, why',
  level: 'viewer',
  options: { app: appOption },
  async *run({ deploys, signal }, { app }) {
    const apps = someApps(deploys.apps, app);
    const each = Math.max(5, Math.floor(most / apps.length));
    const changes = await Promise.all(apps.map((one) => deploys.history(one, each, signal)));
    const rows = apps.flatMap((one, index) => (changes[index] ?? []).map((change) => ({ name: one.name, change })));
    rows.sort((a, b) => b.change.at.getTime() - a.change.at.getTime());
    yield {
      tone: 'info',
      headline:
        rows.length === 0
          ? 'Nothing was deployed yet.'
          : `${rows.length} changes of ${apps.map((one) => one.name).join(', ')}, newest first`,
      list: {
        items: rows.map(({ name, change }) => ({ lines: [lineOf(name, change)], whole: wholeOf(name, change) })),
        noun: 'change',
        file: 'history.txt',
      },
    };
  },
});

function lineOf(name: string, change: TagChange): Line {
  const { at, from, to, person, reason, reverts, commit } = change;
  return [
    { time: at, style: 'relative' },
    ` ${reverts.length > 0 ? '↩️ ' : ''}`,
    { bold: name },
    ' ',
    ...(from === null ? [] : [{ code: shortTag(from) }, ' → ']),
    { code: shortTag(to) },
    ` by ${person?.username ?? 'hand'} (`,
    { code: commit.slice(0, 7) },
    ')',
    reason === null ? '' : `: ${reason}`,
  ];
}

function wholeOf(name: string, { at, from, to, person, reason, reverts, commit }: TagChange): string {
  const reverted = reverts.length > 0 ? `, reverts ${reverts.join(' ')}` : '';
  return `${at.toISOString()} ${name} ${from ?? '(none)'} -> ${to} by ${person?.username ?? 'hand'}, commit ${commit}${reverted}${reason === null ? '' : `: ${reason}`}`;
}
