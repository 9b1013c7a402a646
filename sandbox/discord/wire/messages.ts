// Messages as Discord answers them.
import type { Reaction, StoredAttachment, StoredMessage, World } from '../state.ts';
import { wireChannel } from './channels.ts';
import { wireUserById } from './people.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

export function findMessage(world: World, channelId: string, id: string): StoredMessage | undefined {
  return world.state.messages.get(channelId)?.findLast((message) => message.id === id && message.deletedAt === null);
}

/** Without the nonce, which only the answer to its creation and MESSAGE_CREATE carry. `withReference` false for a message quoted inside another. */
export function wireMessage(world: World, message: StoredMessage, withReference = true): Record<string, unknown> {
  const { state } = world;
  const thread = message.threadId ? state.channels.get(message.threadId) : undefined;
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: wireUserById(state, message.authorId),
    content: message.content,
    timestamp: isoTime(message.createdAt),
    edited_timestamp: isoTimeOrNull(message.editedAt),
    tts: message.tts,
    mention_everyone: message.mentions.everyone,
    mentions: message.mentions.users.map((id) => wireUserById(state, id)),
    mention_roles: message.mentions.roles,
    attachments: message.attachments.map((one) => wireAttachment(world, message, one)),
    embeds: message.embeds,
    components: message.components,
    flags: message.flags,
    pinned: message.pinnedAt !== null,
    ...(withReference && message.reactions.length > 0
      ? { reactions: message.reactions.map((one) => wireReaction(state.application.id, one)) }
      : {}),
    ...(message.interaction ? answersInteraction(world, message, message.interaction.id) : {}),
    ...(thread ? { thread: wireChannel(state, thread) } : {}),
    ...(message.replyTo ? reference(world, message.replyTo, withReference) : {}),
  };
}

export function wireAttachment(
  world: World,
  message: Pick<StoredMessage, 'channelId' | 'ephemeralFor'>,
  one: StoredAttachment,
) {
  const url = attachmentUrl(world, message.channelId, one);
  return {
    id: one.id,
    filename: one.filename,
    size: one.data.length,
    url,
    proxy_url: url,
    content_type: one.contentType,
    content_scan_version: 0,
    ...imageSize(one),
    ...(one.description === undefined ? {} : { description: one.description }),
    ...(message.ephemeralFor ? { ephemeral: true } : {}),
  };
}

export function attachmentUrl(world: World, channelId: string, one: Pick<StoredAttachment, 'id' | 'filename'>): string {
  return `${world.baseUrl}/attachments/${channelId}/${one.id}/${encodeURIComponent(one.filename)}`;
}

/** Width and height stand in the first chunk of a PNG. */
function imageSize(one: StoredAttachment): { width: number; height: number } | undefined {
  if (one.contentType !== 'image/png' || one.data.length < 24) return undefined;
  return { width: one.data.readUInt32BE(16), height: one.data.readUInt32BE(20) };
}

function wireReaction(botId: string, reaction: Reaction) {
  return {
    emoji: reaction.emoji,
    count: reaction.users.size,
    count_details: { burst: 0, normal: reaction.users.size },
    burst_colors: [],
    me_burst: false,
    me: reaction.users.has(botId),
  };
}

function answersInteraction(world: World, message: StoredMessage, id: string): Record<string, unknown> {
  const { state } = world;
  const interaction = state.interactions.get(id);
  if (!interaction) return {};
  const user = wireUserById(state, interaction.userId);
  const original = message.interaction?.kind === 'original' ? null : interaction.originalId;
  return {
    application_id: state.application.id,
    webhook_id: state.application.id,
    interaction_metadata: {
      id,
      type: interaction.type,
      user,
      authorizing_integration_owners: { '0': state.guild.id },
      ...(original ? { original_response_message_id: original } : {}),
      ...(interaction.type === 2 ? { name: interaction.commandName, command_type: 1 } : {}),
      ...(interaction.type === 3 ? { interacted_message_id: interaction.sourceId } : {}),
      ...(interaction.type === 5
        ? { triggering_interaction_metadata: triggering(interaction, user, state.guild.id) }
        : {}),
    },
    ...(interaction.type === 2 ? { interaction: { id, type: 2, name: interaction.commandName, user } } : {}),
  };
}

function triggering(interaction: { sourceId: string | null; id: string }, user: unknown, guildId: string) {
  const shared = { id: interaction.id, user, authorizing_integration_owners: { '0': guildId } };
  return interaction.sourceId
    ? { ...shared, type: 3, interacted_message_id: interaction.sourceId }
    : { ...shared, type: 2, command_type: 1 };
}

function reference(world: World, replyTo: { channelId: string; messageId: string }, withReference: boolean) {
  const referenced = findMessage(world, replyTo.channelId, replyTo.messageId);
  return {
    message_reference: {
      type: 0,
      channel_id: replyTo.channelId,
      message_id: replyTo.messageId,
      guild_id: world.state.guild.id,
    },
    ...(withReference ? { referenced_message: referenced ? wireMessage(world, referenced, false) : null } : {}),
  };
}
