// Channels, threads and direct messages as Discord answers them.
import type { Channel, State } from '../state.ts';
import { wireUserById } from './people.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

export function wireChannel(state: State, channel: Channel): Record<string, unknown> {
  if (channel.type === 1) return wireDirect(state, channel);
  return channel.thread ? wireThread(state, channel) : wireTextChannel(state, channel);
}

function wireTextChannel(state: State, channel: Channel) {
  return {
    id: channel.id,
    type: channel.type,
    guild_id: state.guild.id,
    name: channel.name,
    topic: channel.topic,
    position: channel.position,
    parent_id: channel.parentId,
    permission_overwrites: channel.overwrites.map((entry) => ({
      id: entry.id,
      type: entry.type,
      allow: String(entry.allow),
      deny: String(entry.deny),
    })),
    last_message_id: channel.lastMessageId,
    last_pin_timestamp: isoTimeOrNull(channel.lastPinAt),
    rate_limit_per_user: 0,
    nsfw: false,
    flags: 0,
  };
}

function wireThread(state: State, channel: Channel) {
  const { thread } = channel;
  if (!thread) return {};
  const joined = thread.members.get(state.application.id);
  return {
    id: channel.id,
    type: channel.type,
    guild_id: state.guild.id,
    name: channel.name,
    parent_id: channel.parentId,
    owner_id: thread.ownerId,
    last_message_id: channel.lastMessageId,
    last_pin_timestamp: isoTimeOrNull(channel.lastPinAt),
    rate_limit_per_user: 0,
    flags: 0,
    bitrate: 64_000,
    user_limit: 0,
    rtc_region: null,
    message_count: thread.messageCount,
    member_count: thread.members.size,
    total_message_sent: thread.messageCount,
    thread_metadata: {
      archived: thread.archived,
      archive_timestamp: isoTime(thread.archiveChangedAt),
      auto_archive_duration: thread.autoArchiveMinutes,
      locked: thread.locked,
      create_timestamp: isoTime(thread.createdAt),
    },
    ...(joined === undefined
      ? {}
      : { member: { id: channel.id, user_id: state.application.id, join_timestamp: isoTime(joined), flags: 0 } }),
  };
}

function wireDirect(state: State, channel: Channel) {
  return {
    id: channel.id,
    type: 1,
    last_message_id: channel.lastMessageId,
    flags: 0,
    recipients: channel.recipients.filter((id) => id !== state.application.id).map((id) => wireUserById(state, id)),
  };
}
