// /deploy: an image tag of an app, through the manifest repository.
import { z } from 'zod';
import { command, type Option } from '../src/dispatch/command.ts';
import { parseTag } from '../src/lib/tag.ts';
import { appOption, deployersOf, oneApp, reasonOption } from './apps/options.ts';
import { changeRights } from './apps/rights.ts';
import { linkOf, startedMessage } from './apps/started.ts';

const shaOption = {
  description: 'SHA of 7 to 40 digits as the image is tagged, or a tag',
  type: 'string',
  required: true,
  schema: z.string().transform((text, context) => {
    const parsed = parseTag(text);
    if (parsed.ok) return parsed.tag;
    context.issues.push({ code: 'custom', message: parsed.sentence, input: undefined });
    return z.NEVER;
  }),
  complete: (typed, { apps, tags, options }) => {
    const app = typeof options['app'] === 'string' ? options['app'] : apps.length === 1 ? apps[0]?.name : undefined;
    if (app === undefined) return [];
    return tags(app).filter(({ name, value }) => value.startsWith(typed) || name.includes(typed));
  },
} as const satisfies Option<string>;

export const deploy = command({
  name: 'deploy',
  summary: 'Deploys an image of an app: commits its tag, applies it and follows the rollout',
  level: 'operator',
  changes: true,
  also: deployersOf,
  rights: changeRights,
  options: { sha: shaOption, app: appOption, reason: reasonOption },
  async *run({ deploys, person, level, channelId, reference, cluster, linkTo, signal }, { sha, app, reason }) {
    if (level === null) throw new Error('A deploy was let through without a level');
    const asked = { requester: person, level, channelId, reason: reason ?? null, reference, cluster, signal };
    const started = await deploys.deploy(oneApp(deploys.apps, app), sha, asked);
    yield startedMessage(started, await linkOf(started, linkTo, signal));
  },
});
