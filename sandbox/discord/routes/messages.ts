// Messages of a channel: create, read, edit, delete.
import { messageFlags, readMessage } from '../checks/message.ts';
import { refusal } from '../errors.ts';
import { timeOf } from '../ids.ts';
import { createMessage, deleteMessage, demandContent, demandForContent, editMessage, pageOf } from '../messages.ts';
import { demand, has, permissionsIn, visibleChannel } from '../permissions.ts';
import { type Answer, bodyOf, type Call, param, queryId, queryNumber, type Route } from '../router.ts';
import type { Channel, StoredMessage } from '../state.ts';
import { findMessage, wireMessage } from '../wire/messages.ts';

const hour = 3_600_000;

export function botId(call: Call): string {
  return call.world.state.application.id;
}

/** The channel of the path as the bot may see it. */
export function channelOf(call: Call): Channel {
  return visibleChannel(call.world, param(call, 'channel'), botId(call));
}

/** The message of the path; ephemeral ones are not there for these routes. */
export function messageOf(call: Call): StoredMessage {
  const message = findMessage(call.world, param(call, 'channel'), param(call, 'message'));
  if (!message || message.ephemeralFor !== null) throw refusal('unknownMessage');
  return message;
}

function create(call: Call): Answer {
  const { world } = call;
  const channel = channelOf(call);
  if (channel.thread?.locked) throw refusal('threadArchived');
  demand(world, channel, botId(call), channel.thread ? 'SendMessagesInThreads' : 'SendMessages');
  const { suppressEmbeds, suppressNotifications, componentsV2 } = messageFlags;
  const rules = { channelId: channel.id, flags: [suppressEmbeds, suppressNotifications, componentsV2], before: null };
  const input = readMessage(world, bodyOf(call), call.files, rules);
  demandContent({
    content: input.content ?? '',
    embeds: input.embeds ?? [],
    attachments: input.attachments ?? [],
    components: input.components ?? [],
    flags: input.flags ?? 0,
  });
  demandForContent(world, channel, botId(call), input);
  if (input.replyTo) demandHistory(call, channel);

  const { nonce } = input;
  const earlier = input.enforceNonce && nonce !== null ? world.nonces.find(botId(call), nonce, world.now()) : undefined;
  if (earlier) {
    const message = findMessage(world, earlier.channelId, earlier.messageId);
    if (!message) throw refusal('unknownMessage');
    return { status: 200, body: { ...wireMessage(world, message), nonce: message.nonce } };
  }
  const message = createMessage(world, channel, { authorId: botId(call), input });
  if (nonce !== null) {
    world.nonces.remember(botId(call), nonce, { channelId: channel.id, messageId: message.id, at: world.now() });
  }
  return { status: 200, body: { ...wireMessage(world, message), ...(nonce === null ? {} : { nonce }) } };
}

function demandHistory(call: Call, channel: Channel): void {
  if (!has(permissionsIn(call.world.state, channel, botId(call)), 'ReadMessageHistory'))
    throw refusal('noHistoryForReply');
}

/** Without READ_MESSAGE_HISTORY the list is empty rather than refused. */
function list(call: Call): Answer {
  const { world } = call;
  const channel = channelOf(call);
  const limit = queryNumber(call, 'limit', { min: 1, max: 100, otherwise: 50 });
  const page = {
    before: queryId(call, 'before'),
    after: queryId(call, 'after'),
    around: queryId(call, 'around'),
    limit,
  };
  if (!has(permissionsIn(world.state, channel, botId(call)), 'ReadMessageHistory')) return { status: 200, body: [] };
  return { status: 200, body: pageOf(world, channel.id, page).map((message) => wireMessage(world, message)) };
}

function read(call: Call): Answer {
  const channel = channelOf(call);
  demand(call.world, channel, botId(call), 'ReadMessageHistory');
  return { status: 200, body: wireMessage(call.world, messageOf(call)) };
}

function edit(call: Call): Answer {
  const { world } = call;
  const channel = channelOf(call);
  const message = messageOf(call);
  if (message.authorId !== botId(call)) throw refusal('notTheAuthor');
  if (channel.thread?.locked) throw refusal('threadArchived');
  const rules = {
    channelId: channel.id,
    flags: [messageFlags.suppressEmbeds, messageFlags.componentsV2],
    before: message,
  };
  const input = readMessage(world, bodyOf(call), call.files, rules);
  demandForContent(world, channel, botId(call), input);
  if (world.now() - timeOf(message.id) > hour) {
    call.limits.takeHidden('editOldMessage', channel.id, {
      scope: 'user',
      code: 30046,
      text: 'Maximum number of edits to messages older than 1 hour reached. Try again later.',
    });
  }
  return { status: 200, body: wireMessage(world, editMessage(world, message, input)) };
}

function remove(call: Call): Answer {
  const channel = channelOf(call);
  const message = messageOf(call);
  if (message.authorId !== botId(call)) demand(call.world, channel, botId(call), 'ManageMessages');
  deleteMessage(call.world, message);
  return { status: 204 };
}

const one = '/channels/:channel/messages/:message';

export const messages: Route[] = [
  { method: 'POST', path: '/channels/:channel/messages', authority: 'bot', limit: 'createMessage', handle: create },
  { method: 'GET', path: '/channels/:channel/messages', authority: 'bot', limit: 'other', handle: list },
  { method: 'GET', path: one, authority: 'bot', limit: 'other', handle: read },
  { method: 'PATCH', path: one, authority: 'bot', limit: 'editMessage', handle: edit },
  { method: 'DELETE', path: one, authority: 'bot', limit: 'deleteMessage', handle: remove },
];
