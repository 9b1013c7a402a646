// Reactions and pins.
import { refusal } from '../errors.ts';
import { demand } from '../permissions.ts';
import { type Answer, type Call, param, queryNumber, type Route } from '../router.ts';
import type { Reaction, StoredMessage } from '../state.ts';
import { wireMessage } from '../wire/messages.ts';
import { wireUserById } from '../wire/people.ts';
import { isoTime } from '../wire/time.ts';
import { botId, channelOf, messageOf } from './messages.ts';

const maximumPins = 250;
const maximumReactions = 20;

/** `name:id` for one of a guild's own, else the emoji itself. */
function emojiOf(call: Call): Reaction['emoji'] {
  const text = param(call, 'emoji');
  const own = /^(\w+):(\d+)$/.exec(text);
  if (own?.[1] && own[2]) return { name: own[1], id: own[2] };
  if (!/^\p{Emoji}/u.test(text) || /^[\d#*]$/.test(text)) throw refusal('unknownEmoji');
  return { name: text, id: null };
}

function reactionOf(message: StoredMessage, emoji: Reaction['emoji']): Reaction | undefined {
  return message.reactions.find((one) => one.emoji.id === emoji.id && one.emoji.name === emoji.name);
}

function react(call: Call): Answer {
  const channel = channelOf(call);
  demand(call.world, channel, botId(call), 'ReadMessageHistory');
  const message = messageOf(call);
  const emoji = emojiOf(call);
  const known = reactionOf(message, emoji);
  if (known) known.users.add(botId(call));
  else {
    demand(call.world, channel, botId(call), 'AddReactions');
    if (message.reactions.length >= maximumReactions) throw refusal('tooManyReactions');
    message.reactions.push({ emoji, users: new Set([botId(call)]) });
  }
  call.world.tell({ kind: 'reaction', added: true, message, emoji, userId: botId(call) });
  return { status: 204 };
}

function unreact(call: Call): Answer {
  channelOf(call);
  const message = messageOf(call);
  const emoji = emojiOf(call);
  const known = reactionOf(message, emoji);
  if (known?.users.delete(botId(call))) {
    if (known.users.size === 0) message.reactions.splice(message.reactions.indexOf(known), 1);
    call.world.tell({ kind: 'reaction', added: false, message, emoji, userId: botId(call) });
  }
  return { status: 204 };
}

function whoReacted(call: Call): Answer {
  channelOf(call);
  const users = [...(reactionOf(messageOf(call), emojiOf(call))?.users ?? [])];
  return { status: 200, body: users.map((id) => wireUserById(call.world.state, id)) };
}

function pinned(call: Call): StoredMessage[] {
  const channel = channelOf(call);
  demand(call.world, channel, botId(call), 'ReadMessageHistory');
  const all = call.world.state.messages.get(channel.id) ?? [];
  return all
    .filter((one) => one.pinnedAt !== null && one.deletedAt === null)
    .sort((a, b) => (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0));
}

function pins(call: Call): Answer {
  const limit = queryNumber(call, 'limit', { min: 1, max: 50, otherwise: 50 });
  const before = Date.parse(call.query['before'] ?? '');
  const all = pinned(call).filter((one) => Number.isNaN(before) || (one.pinnedAt ?? 0) < before);
  const items = all
    .slice(0, limit)
    .map((one) => ({ pinned_at: isoTime(one.pinnedAt ?? 0), message: wireMessage(call.world, one) }));
  return { status: 200, body: { items, has_more: all.length > limit } };
}

function pin(call: Call, wanted: boolean): Answer {
  const channel = channelOf(call);
  demand(call.world, channel, botId(call), 'PinMessages');
  const message = messageOf(call);
  if (wanted && message.pinnedAt === null && pinned(call).length >= maximumPins) throw refusal('tooManyPins');
  if (wanted) {
    message.pinnedAt ??= call.world.now();
    channel.lastPinAt = message.pinnedAt;
  } else message.pinnedAt = null;
  call.world.tell({ kind: 'pins', channel });
  return { status: 204 };
}

const shared = { authority: 'bot', limit: 'other' } as const;
const reactions = '/channels/:channel/messages/:message/reactions/:emoji';

export const marks: Route[] = [
  { method: 'PUT', path: `${reactions}/@me`, authority: 'bot', limit: 'reaction', handle: react },
  { method: 'DELETE', path: `${reactions}/@me`, authority: 'bot', limit: 'reaction', handle: unreact },
  { method: 'GET', path: reactions, ...shared, handle: whoReacted },
  { method: 'GET', path: '/channels/:channel/messages/pins', ...shared, handle: pins },
  { method: 'PUT', path: '/channels/:channel/messages/pins/:message', ...shared, handle: (call) => pin(call, true) },
  {
    method: 'DELETE',
    path: '/channels/:channel/messages/pins/:message',
    ...shared,
    handle: (call) => pin(call, false),
  },
  {
    method: 'GET',
    path: '/channels/:channel/pins',
    ...shared,
    handle: (call) => ({ status: 200, body: pinned(call).map((one) => wireMessage(call.world, one)) }),
  },
  { method: 'PUT', path: '/channels/:channel/pins/:message', ...shared, handle: (call) => pin(call, true) },
  { method: 'DELETE', path: '/channels/:channel/pins/:message', ...shared, handle: (call) => pin(call, false) },
];
