// /rollback: takes deploys of an app back by a revert.
import { z } from 'zod';
import { command, type Option } from '../src/dispatch/command.ts';
import { appOption, deployersOf, oneApp, reasonOption } from './apps/options.ts';
import { changeRights } from './apps/rights.ts';
import { linkOf, startedMessage } from './apps/started.ts';

const toOption = {
  description: 'Tag or commit of an earlier deploy; the one before the running one unless told',
  type: 'string',
  required: false,
  schema: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
      'A tag or commit holds letters, digits, dots, dashes and underscores',
    ),
  complete: (typed, { apps, earlier, options }) => {
    const app = typeof options['app'] === 'string' ? options['app'] : apps.length === 1 ? apps[0]?.name : undefined;
    if (app === undefined) return [];
    return earlier(app).filter(({ name, value }) => value.startsWith(typed) || name.includes(typed));
  },
} as const satisfies Option<string>;

export const rollback = command({
  name: 'rollback',
  summary: 'Takes the last deploy of an app back by a git revert, applies it and follows the rollout',
  level: 'operator',
  changes: true,
  also: deployersOf,
  rights: changeRights,
  options: { app: appOption, to: toOption, reason: reasonOption },
  async *run({ deploys, person, level, channelId, reference, cluster, linkTo, signal }, { app, to, reason }) {
    if (level === null) throw new Error('A rollback was let through without a level');
    const asked = { requester: person, level, channelId, reason: reason ?? null, reference, cluster, signal };
    const started = await deploys.rollback(oneApp(deploys.apps, app), to ?? null, asked);
    yield startedMessage(started, await linkOf(started, linkTo, signal));
  },
});
