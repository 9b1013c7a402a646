// Whether the bot may do in its channels what it has to: told at start, before the first alert finds out.
import { ChannelType, PermissionFlagsBits, Routes } from 'discord.js';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Redact } from '../lib/redact.ts';
import { failureOf } from './failures.ts';
import type { Rest } from './rest.ts';
import { IdOnly, Snowflake } from './schema.ts';

export interface ChannelUse {
  readonly id: string;
  /** Ids of the roles that are mentioned there. */
  readonly mention: readonly string[];
}

/** What the bot lacks in a channel. */
export interface ChannelLook {
  readonly name: string;
  /** Names as Discord's settings show them. */
  readonly missing: readonly string[];
  /** Why nothing can be posted there whatever the permissions, as a clause; or null. */
  readonly unfit: string | null;
}

export interface ChannelReport {
  readonly channelId: string;
  /** Names as Discord's settings show them; empty where all is well. */
  readonly missing: readonly string[];
  /** Why it could not be checked, or the channel not be seen at all; null where it was checked. */
  readonly problem: string | null;
}

const needed = [
  ['View Channel', PermissionFlagsBits.ViewChannel],
  ['Embed Links', PermissionFlagsBits.EmbedLinks],
  ['Attach Files', PermissionFlagsBits.AttachFiles],
  ['Read Message History', PermissionFlagsBits.ReadMessageHistory],
] as const;

const mentionName = 'Mention @everyone, @here, and All Roles';

const Bits = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform(BigInt);

const Channel = z.object({
  id: Snowflake,
  type: z.number().int(),
  name: z.string().max(200).catch(''),
  guild_id: Snowflake.nullish(),
  parent_id: Snowflake.nullish(),
  permission_overwrites: z
    .array(z.object({ id: Snowflake, type: z.number().int(), allow: Bits, deny: Bits }))
    .default([]),
});
type Channel = z.infer<typeof Channel>;

const Roles = z.array(
  z.object({
    id: Snowflake,
    name: z.string().max(200).catch(''),
    permissions: Bits,
    mentionable: z.boolean().default(false),
  }),
);
const Member = z.object({ roles: z.array(Snowflake) });

/** GETs a route below the version. */
export type Get = (route: `/${string}`) => Promise<unknown>;

/** What decides on the bot's permissions in every channel. */
export interface Standing {
  readonly guildId: string;
  readonly self: string;
  readonly roles: z.infer<typeof Roles>;
  readonly own: ReadonlySet<string>;
}

export async function checkPermissions(
  channels: readonly ChannelUse[],
  options: { rest: Rest; guildId: string; log: Logger; now: () => Date; redact: Redact; signal: AbortSignal },
): Promise<readonly ChannelReport[]> {
  const { rest, guildId, log, signal } = options;
  const get: Get = (route) => rest.request({ method: 'GET', route, signal });
  const reports: ChannelReport[] = [];
  let standing: Standing | null = null;
  for (const use of channels) {
    try {
      standing ??= await standingIn(guildId, get);
      const { missing, unfit } = await lookAt(use, standing, get);
      reports.push({ channelId: use.id, missing, problem: unfit });
    } catch (error) {
      const failure = failureOf(error, options.now());
      reports.push({
        channelId: use.id,
        missing: failure.kind === 'channel refused' ? ['View Channel'] : [],
        problem: options.redact('reason' in failure ? failure.reason : failure.kind),
      });
    }
  }
  if (!signal.aborted) for (const report of reports) say(report, log);
  return reports;
}

const threadTypes: ReadonlySet<number> = new Set([
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
]);

/** Where something else stands than messages (docs, resources/channel#channel-object-channel-types). */
const wordless: ReadonlyMap<number, string> = new Map([
  [ChannelType.GuildCategory, 'a category'],
  [ChannelType.GuildDirectory, 'a directory'],
  [ChannelType.GuildForum, 'a forum'],
  [ChannelType.GuildMedia, 'a media channel'],
]);

/** Rejects with what `failureOf` reads. */
export async function lookAt(use: ChannelUse, standing: Standing, get: Get): Promise<ChannelLook> {
  const channel = Channel.parse(await get(Routes.channel(use.id)));
  const { name } = channel;
  if (channel.guild_id !== standing.guildId) return { name, missing: [], unfit: 'is not in the server of the bot' };
  const kind = wordless.get(channel.type);
  if (kind !== undefined) return { name, missing: [], unfit: `takes no messages: it is ${kind}` };
  const isThread = threadTypes.has(channel.type);
  const parentId = channel.parent_id ?? null;
  const parent = isThread && parentId !== null ? Channel.parse(await get(Routes.channel(parentId))) : channel;
  return { name, missing: missingIn(parent, isThread, use.mention, standing), unfit: null };
}

/** Rejects with what `failureOf` reads. */
export async function standingIn(guildId: string, get: Get): Promise<Standing> {
  const self = IdOnly.parse(await get(Routes.user())).id;
  const roles = Roles.parse(await get(Routes.guildRoles(guildId)));
  const member = Member.parse(await get(Routes.guildMember(guildId, self)));
  return { guildId, self, roles, own: new Set([guildId, ...member.roles]) };
}

function missingIn(
  channel: Channel,
  isThread: boolean,
  mention: readonly string[],
  standing: Standing,
): readonly string[] {
  const bits = permissionsIn(channel, standing);
  const lacks = (bit: bigint): boolean => (bits & bit) !== bit;
  const send = isThread
    ? (['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads] as const)
    : (['Send Messages', PermissionFlagsBits.SendMessages] as const);
  const missing: string[] = [needed[0], send, ...needed.slice(1)].filter(([, bit]) => lacks(bit)).map(([name]) => name);
  const mentionable = new Set(standing.roles.filter((role) => role.mentionable).map(({ id }) => id));
  const needsLeave = mention.some((role) => !mentionable.has(role));
  if (needsLeave && lacks(PermissionFlagsBits.MentionEveryone)) missing.push(mentionName);
  return missing;
}

/** As Discord works them out (docs, topics/permissions#permission-overwrites): everyone, roles together, then the member. */
function permissionsIn(channel: Channel, { guildId, self, roles, own }: Standing): bigint {
  const base = roles.filter(({ id }) => own.has(id)).reduce((bits, { permissions }) => bits | permissions, 0n);
  if ((base & PermissionFlagsBits.Administrator) !== 0n) return ~0n;
  const everyone = channel.permission_overwrites.filter(({ id }) => id === guildId);
  const ofRoles = channel.permission_overwrites.filter(({ id }) => own.has(id) && id !== guildId);
  const ofSelf = channel.permission_overwrites.filter(({ id }) => id === self);
  return [everyone, ofRoles, ofSelf].reduce((bits, overwrites) => {
    const deny = overwrites.reduce((all, overwrite) => all | overwrite.deny, 0n);
    const allow = overwrites.reduce((all, overwrite) => all | overwrite.allow, 0n);
    return (bits & ~deny) | allow;
  }, base);
}

function say({ channelId, missing, problem }: ChannelReport, log: Logger): void {
  const metadata = { channel: channelId, missing };
  if (problem !== null && missing.length === 0) {
    log.warn({ channel: channelId, problem }, 'The permissions in this channel could not be checked');
  } else if (missing.length === 1 && missing[0] === mentionName) {
    log.warn(
      metadata,
      'Roles are not rung in this channel: allow the bot to mention them, or make the roles mentionable',
    );
  } else if (missing.length > 0) {
    log.error(metadata, 'The bot lacks permissions in this channel: grant them to its role in the channel settings');
  }
}
