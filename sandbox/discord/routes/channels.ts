// Channels themselves: read, change, delete, typing, direct messages, threads.
import { createForm } from '../checks/form.ts';
import { refusal } from '../errors.ts';
import { demand } from '../permissions.ts';
import { type Answer, bodyOf, type Call, type Route } from '../router.ts';
import type { Channel, Thread } from '../state.ts';
import { wireChannel } from '../wire/channels.ts';
import { botId, channelOf, messageOf } from './messages.ts';

const archiveMinutes = [60, 1440, 4320, 10_080];

function answer(call: Call, channel: Channel, status = 200): Answer {
  return { status, body: wireChannel(call.world.state, channel) };
}

function change(call: Call): Answer {
  const channel = channelOf(call);
  const body = bodyOf(call);
  const form = createForm();
  const name = form.text(body['name'], ['name'], { min: 1, max: 100 });
  const topic = body['topic'] === null ? null : form.text(body['topic'], ['topic'], { max: 1024 });
  const archived = form.truth(body['archived'], ['archived']);
  const locked = form.truth(body['locked'], ['locked']);
  const minutes = body['auto_archive_duration'];
  const archiveAfter =
    minutes === undefined ? undefined : form.choice(minutes, ['auto_archive_duration'], archiveMinutes);
  form.check();
  const { thread } = channel;
  if (thread) {
    if (thread.ownerId !== botId(call) || locked !== undefined)
      demand(call.world, channel, botId(call), 'ManageThreads');
    if (thread.locked && locked !== false) throw refusal('threadArchived');
    if (archived !== undefined) Object.assign(thread, { archived, archiveChangedAt: call.world.now() });
    if (locked !== undefined) thread.locked = locked;
    if (archiveAfter !== undefined) thread.autoArchiveMinutes = archiveAfter;
  } else {
    demand(call.world, channel, botId(call), 'ManageChannels');
    if (topic !== undefined) channel.topic = topic;
  }
  if (name !== undefined) channel.name = name;
  call.world.tell({ kind: 'channel', change: 'updated', channel });
  return answer(call, channel);
}

function remove(call: Call): Answer {
  const channel = channelOf(call);
  demand(call.world, channel, botId(call), channel.thread ? 'ManageThreads' : 'ManageChannels');
  call.world.state.channels.delete(channel.id);
  call.world.tell({ kind: 'channel', change: 'deleted', channel });
  return answer(call, channel);
}

function openDirect(call: Call): Answer {
  const { world } = call;
  const form = createForm();
  const userId = form.id(bodyOf(call)['recipient_id'], ['recipient_id'], { required: true }) ?? '';
  form.check();
  const user = world.state.users.get(userId);
  if (!user) throw refusal('unknownUser');
  if (user.bot) throw refusal('cannotMessageUser');
  const known = [...world.state.channels.values()].find((one) => one.type === 1 && one.recipients.includes(userId));
  if (known) return answer(call, known);
  const channel = newChannel({
    id: world.ids.next(),
    type: 1,
    name: '',
    parentId: null,
    thread: null,
    recipients: [botId(call), userId],
  });
  world.state.channels.set(channel.id, channel);
  return answer(call, channel);
}

function newChannel(given: Pick<Channel, 'id' | 'type' | 'name' | 'parentId' | 'thread' | 'recipients'>): Channel {
  return { ...given, topic: null, position: 0, overwrites: [], lastMessageId: null, lastPinAt: null };
}

function startThread(call: Call, parent: Channel, { id, type }: { id: string; type: 11 | 12 }): Channel {
  const { world } = call;
  if (parent.type !== 0) throw refusal('wrongChannelType');
  demand(world, parent, botId(call), type === 11 ? 'CreatePublicThreads' : 'CreatePrivateThreads');
  const body = bodyOf(call);
  const form = createForm();
  const name = form.text(body['name'], ['name'], { min: 1, max: 100, required: true }) ?? '';
  const minutes = body['auto_archive_duration'];
  const archiveAfter = minutes === undefined ? 4320 : form.choice(minutes, ['auto_archive_duration'], archiveMinutes);
  form.check();
  const now = world.now();
  const thread: Thread = {
    ownerId: botId(call),
    archived: false,
    locked: false,
    autoArchiveMinutes: archiveAfter ?? 4320,
    archiveChangedAt: now,
    createdAt: now,
    members: new Map([[botId(call), now]]),
    messageCount: 0,
  };
  const channel = newChannel({ id, type, name, parentId: parent.id, thread, recipients: [] });
  world.state.channels.set(id, channel);
  world.tell({ kind: 'channel', change: 'created', channel });
  return channel;
}

/** The thread takes its message's id, and a message has at most one. */
function threadOnMessage(call: Call): Answer {
  const parent = channelOf(call);
  const message = messageOf(call);
  if (message.threadId) throw refusal('threadExists');
  const channel = startThread(call, parent, { id: message.id, type: 11 });
  message.threadId = channel.id;
  return answer(call, channel, 201);
}

/** Without a message a thread is private unless it says otherwise (type 11). */
function threadAlone(call: Call): Answer {
  const type = bodyOf(call)['type'] === 11 ? 11 : 12;
  return answer(call, startThread(call, channelOf(call), { id: call.world.ids.next(), type }), 201);
}

function membership(call: Call, joins: boolean): Answer {
  const { thread } = channelOf(call);
  if (!thread) throw refusal('wrongChannelType');
  if (joins) thread.members.set(botId(call), call.world.now());
  else thread.members.delete(botId(call));
  return { status: 204 };
}

const one = '/channels/:channel';
const shared = { authority: 'bot', limit: 'other' } as const;

export const channels: Route[] = [
  { method: 'GET', path: one, ...shared, handle: (call) => answer(call, channelOf(call)) },
  { method: 'PATCH', path: one, ...shared, handle: change },
  { method: 'DELETE', path: one, ...shared, handle: remove },
  {
    method: 'POST',
    path: `${one}/typing`,
    ...shared,
    handle: (call) => {
      demand(call.world, channelOf(call), botId(call), 'SendMessages');
      return { status: 204 };
    },
  },
  { method: 'POST', path: '/users/@me/channels', ...shared, handle: openDirect },
  { method: 'POST', path: `${one}/messages/:message/threads`, ...shared, handle: threadOnMessage },
  { method: 'POST', path: `${one}/threads`, ...shared, handle: threadAlone },
  { method: 'PUT', path: `${one}/thread-members/@me`, ...shared, handle: (call) => membership(call, true) },
  { method: 'DELETE', path: `${one}/thread-members/@me`, ...shared, handle: (call) => membership(call, false) },
];
