// Who may do what where, computed from roles and overwrites as Discord documents it (docs: topics/permissions).
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { refusal } from './errors.ts';
import type { Channel, State, World } from './state.ts';

export type PermissionName = keyof typeof PermissionFlagsBits;

const all = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n);

export function bits(names: readonly PermissionName[]): bigint {
  return names.reduce((sum, name) => sum | PermissionFlagsBits[name], 0n);
}

export function has(permissions: bigint, name: PermissionName): boolean {
  return (permissions & PermissionFlagsBits[name]) !== 0n;
}

/** The guild-wide permissions of a member, before any channel's overwrites. */
export function basePermissions(state: State, userId: string): bigint {
  const member = state.members.get(userId);
  if (!member) return 0n;
  if (state.guild.ownerId === userId) return all;
  const granted = [state.guild.id, ...member.roles].reduce(
    (sum, id) => sum | (state.roles.get(id)?.permissions ?? 0n),
    0n,
  );
  return has(granted, 'Administrator') ? all : granted;
}

/** The permissions of a user in a channel; a thread takes its parent's. */
export function permissionsIn(
  state: State,
  channel: Channel,
  userId: string,
  sending: PermissionName = 'SendMessages',
): bigint {
  if (channel.type === 1) return channel.recipients.includes(userId) ? all : 0n;
  if (channel.thread && channel.parentId) {
    const parent = state.channels.get(channel.parentId);
    return parent ? permissionsIn(state, parent, userId, 'SendMessagesInThreads') : 0n;
  }
  const base = basePermissions(state, userId);
  if (base === all) return all;
  const roles = new Set(state.members.get(userId)?.roles ?? []);
  const { overwrites } = channel;
  const everyone = overwrites.filter((entry) => entry.id === state.guild.id);
  const ofRoles = overwrites.filter((entry) => entry.type === 0 && roles.has(entry.id));
  const own = overwrites.filter((entry) => entry.type === 1 && entry.id === userId);
  let result = base;
  for (const layer of [everyone, ofRoles, own]) {
    const deny = layer.reduce((sum, entry) => sum | entry.deny, 0n);
    const allow = layer.reduce((sum, entry) => sum | entry.allow, 0n);
    result = (result & ~deny) | allow;
  }
  return withoutImplied(result, sending);
}

/** Without VIEW_CHANNEL nothing can be done; without sending, nothing that only matters in what is sent. */
function withoutImplied(permissions: bigint, sending: PermissionName): bigint {
  if (!has(permissions, 'ViewChannel')) return 0n;
  if (has(permissions, sending)) return permissions;
  return permissions & ~bits(['MentionEveryone', 'SendTTSMessages', 'AttachFiles', 'EmbedLinks']);
}

/** The channel, or the refusal that Discord gives: 10003 when there is none, 50001 when the user cannot see it. */
export function visibleChannel(world: World, channelId: string, userId: string): Channel {
  const channel = world.state.channels.get(channelId);
  if (!channel) throw refusal('unknownChannel');
  if (!has(permissionsIn(world.state, channel, userId), 'ViewChannel')) throw refusal('missingAccess');
  return channel;
}

/** 50013 unless the user has all of them there. */
export function demand(world: World, channel: Channel, userId: string, ...names: PermissionName[]): void {
  const permissions = permissionsIn(world.state, channel, userId);
  if (!names.every((name) => has(permissions, name))) throw refusal('missingPermissions');
}
