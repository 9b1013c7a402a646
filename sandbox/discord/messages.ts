// Creates, edits and deletes messages, whoever asked: the REST routes, an interaction's answer, or a person.
import { type MessageInput, messageFlags } from './checks/message.ts';
import { ApiError, refusal } from './errors.ts';
import { byAge } from './ids.ts';
import { mentionsOf, rungBy } from './mentions.ts';
import { demand } from './permissions.ts';
import type { Channel, MessageBody, Revision, StoredMessage, World } from './state.ts';
import { findMessage } from './wire/messages.ts';

export interface Creation {
  readonly authorId: string;
  readonly input: MessageInput;
  readonly type?: number;
  readonly interaction?: StoredMessage['interaction'];
  readonly ephemeralFor?: string | null;
  /** Flags beyond those that the author set. */
  readonly addFlags?: number;
  readonly id?: string;
}

/** 50006 unless there is something to see; a Components V2 message lives by its components. */
export function demandContent(
  body: Pick<MessageBody, 'content' | 'embeds' | 'attachments' | 'components' | 'flags'>,
): void {
  const seen = body.content !== '' || body.embeds.length > 0 || body.attachments.length > 0;
  if (!seen && !(body.flags & messageFlags.componentsV2 && body.components.length > 0)) throw refusal('emptyMessage');
}

/** What permissions the content asks for besides sending. */
export function demandForContent(world: World, channel: Channel, userId: string, input: MessageInput): void {
  if (input.embeds && input.embeds.length > 0) demand(world, channel, userId, 'EmbedLinks');
  if (input.attachments && input.attachments.length > 0) demand(world, channel, userId, 'AttachFiles');
}

/** Finds the message that a reply points to; 50035 when it is not there, unless the request said that this may be. */
export function repliedTo(world: World, channel: Channel, input: MessageInput): StoredMessage | null {
  if (!input.replyTo) return null;
  const found =
    input.replyTo.channelId === channel.id ? findMessage(world, channel.id, input.replyTo.messageId) : undefined;
  if (found && found.ephemeralFor === null) return found;
  if (!input.replyTo.failIfNotExists) return null;
  throw new ApiError(400, 50035, 'Invalid Form Body', {
    message_reference: { _errors: [{ code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' }] },
  });
}

export function createMessage(world: World, channel: Channel, creation: Creation): StoredMessage {
  const { input, authorId } = creation;
  const reply = repliedTo(world, channel, input);
  const content = input.content ?? '';
  const flags = (input.flags ?? 0) | (creation.addFlags ?? 0);
  const ephemeralFor = creation.ephemeralFor ?? null;
  const mentions = mentionsOf(world, channel, authorId, {
    content,
    allowed: input.allowed,
    repliedTo: reply?.authorId ?? null,
  });
  const silent = (flags & messageFlags.suppressNotifications) !== 0 || ephemeralFor !== null;
  const now = world.now();
  const body: MessageBody = {
    content,
    embeds: input.embeds ?? [],
    components: input.components ?? [],
    attachments: input.attachments ?? [],
    flags,
  };
  const message: StoredMessage = {
    ...body,
    id: creation.id ?? world.ids.next(),
    channelId: channel.id,
    authorId,
    type: creation.type ?? (reply ? 19 : 0),
    createdAt: now,
    editedAt: null,
    deletedAt: null,
    nonce: input.nonce,
    mentions,
    rang: rungBy(world, mentions, silent),
    replyTo: reply ? { channelId: channel.id, messageId: reply.id } : null,
    tts: input.tts,
    pinnedAt: null,
    reactions: [],
    threadId: null,
    interaction: creation.interaction ?? null,
    ephemeralFor,
    revisions: [revision(body, now)],
  };
  const list = world.state.messages.get(channel.id) ?? [];
  list.push(message);
  world.state.messages.set(channel.id, list);
  if (ephemeralFor === null) {
    channel.lastMessageId = message.id;
    if (channel.thread) {
      channel.thread.messageCount += 1;
      channel.thread.archived = false;
    }
  }
  world.tell({ kind: 'message', change: 'created', message });
  return message;
}

function revision(body: MessageBody, at: number): Revision {
  const { content, embeds, components, attachments, flags } = body;
  return { content, embeds, components, attachments, flags, at };
}

/** `filling` is the first content of a deferred answer: it is no edit in Discord's eyes. */
export function editMessage(
  world: World,
  message: StoredMessage,
  input: MessageInput,
  { filling = false } = {},
): StoredMessage {
  const next: MessageBody = {
    content: input.content ?? message.content,
    embeds: input.embeds ?? message.embeds,
    components: input.components ?? message.components,
    attachments: input.attachments ?? message.attachments,
    flags: nextFlags(message.flags, input.flags),
  };
  if (next.flags & messageFlags.componentsV2 && !(message.flags & messageFlags.componentsV2)) {
    if (input.content === undefined) next.content = '';
    if (input.embeds === undefined) next.embeds = [];
  }
  demandContent(next);
  Object.assign(message, next);
  const channel = world.state.channels.get(message.channelId);
  if (channel && input.content !== undefined) {
    const repliedTo = message.replyTo
      ? (findMessage(world, channel.id, message.replyTo.messageId)?.authorId ?? null)
      : null;
    message.mentions = mentionsOf(world, channel, message.authorId, {
      content: next.content,
      allowed: input.allowed,
      repliedTo,
    });
  }
  const now = world.now();
  if (!filling) message.editedAt = now;
  message.revisions.push(revision(message, now));
  world.tell({ kind: 'message', change: 'edited', message });
  return message;
}

/** An edit sets SUPPRESS_EMBEDS as it says and can add IS_COMPONENTS_V2; all other flags stay, but LOADING ends. */
function nextFlags(before: number, given: number | undefined): number {
  const settled = before & ~messageFlags.loading;
  if (given === undefined) return settled;
  const suppress = given & messageFlags.suppressEmbeds;
  return (settled & ~messageFlags.suppressEmbeds) | suppress | (given & messageFlags.componentsV2);
}

export function deleteMessage(world: World, message: StoredMessage): void {
  message.deletedAt = world.now();
  world.tell({ kind: 'message', change: 'deleted', message });
}

export interface Page {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly around?: string | undefined;
  readonly limit: number;
}

/** Newest first; with `after` the oldest ones after it, still newest first. */
export function pageOf(world: World, channelId: string, page: Page): StoredMessage[] {
  const all = (world.state.messages.get(channelId) ?? []).filter(
    (one) => one.deletedAt === null && one.ephemeralFor === null,
  );
  const { before, after, around, limit } = page;
  if (around) {
    const at = all.findIndex((one) => byAge(one.id, around) >= 0);
    const start = Math.max(0, (at < 0 ? all.length : at) - Math.floor(limit / 2));
    return all.slice(start, start + limit).reverse();
  }
  if (after)
    return all
      .filter((one) => byAge(one.id, after) > 0)
      .slice(0, limit)
      .reverse();
  const older = before ? all.filter((one) => byAge(one.id, before) < 0) : all;
  return older.slice(-limit).reverse();
}
