// Which events of the world a session hears, and in what form (docs: topics/gateway#list-of-intents).
import { has, permissionsIn } from '../permissions.ts';
import type { StoredMessage, World, WorldEvent } from '../state.ts';
import { wireChannel } from '../wire/channels.ts';
import { wireInteraction } from '../wire/interactions.ts';
import { wireMessage } from '../wire/messages.ts';
import { wireGuild, wireMember, wirePartialMember, wireUserById } from '../wire/people.ts';
import { isoTime, isoTimeOrNull } from '../wire/time.ts';
import { intents, type Session } from './session.ts';

export interface Dispatch {
  readonly event: string;
  readonly data: unknown;
}

export function readyData(world: World, session: Session, resumeUrl: string) {
  const { state } = world;
  return {
    v: 10,
    user: { ...wireUserById(state, state.application.id), mfa_enabled: true, verified: true, email: null },
    guilds: [{ id: state.guild.id, unavailable: true }],
    session_id: session.id,
    session_type: 'normal',
    resume_gateway_url: resumeUrl,
    shard: [0, 1],
    application: { id: state.application.id, flags: 0 },
    private_channels: [],
    relationships: [],
    presences: [],
    guild_join_requests: [],
    geo_ordered_rtc_regions: [],
    user_settings: {},
    _trace: ['["homelab-sandbox"]'],
  };
}

export function guildCreateData(world: World) {
  const { state } = world;
  const all = [...state.channels.values()];
  const self = state.members.get(state.application.id);
  return {
    ...wireGuild(state),
    joined_at: isoTime(self?.joinedAt ?? world.now()),
    large: false,
    unavailable: false,
    member_count: state.members.size,
    voice_states: [],
    members: self ? [wireMember(state, self)] : [],
    channels: all.filter((channel) => channel.type === 0).map((channel) => wireChannel(state, channel)),
    threads: all
      .filter((channel) => channel.thread && !channel.thread.archived)
      .map((channel) => wireChannel(state, channel)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    application_command_counts: {},
    lazy: true,
  };
}

/** Null when the session does not hear of it: no intent, or a channel that the bot cannot see. */
export function dispatchFor(world: World, session: Session, event: WorldEvent): Dispatch | null {
  const hears = (intent: number) => (session.intents & intent) !== 0;
  switch (event.kind) {
    case 'interaction':
      return event.what === 'created'
        ? { event: 'INTERACTION_CREATE', data: wireInteraction(world, event.interaction) }
        : null;
    case 'message':
      return hears(isDirect(world, event.message) ? intents.directMessages : intents.guildMessages) &&
        canSee(world, event.message)
        ? messageDispatch(world, session, event)
        : null;
    case 'reaction': {
      const wanted = isDirect(world, event.message) ? intents.directReactions : intents.guildReactions;
      if (!hears(wanted) || !canSee(world, event.message)) return null;
      const { message, userId, emoji } = event;
      const ids = {
        user_id: userId,
        channel_id: message.channelId,
        message_id: message.id,
        guild_id: world.state.guild.id,
      };
      return {
        event: event.added ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE',
        data: { ...ids, emoji, burst: false, type: 0 },
      };
    }
    case 'channel': {
      if (!hears(intents.guilds)) return null;
      const what = event.change === 'created' ? 'CREATE' : event.change === 'updated' ? 'UPDATE' : 'DELETE';
      const data = wireChannel(world.state, event.channel);
      return {
        event: `${event.channel.thread ? 'THREAD' : 'CHANNEL'}_${what}`,
        data: what === 'CREATE' ? { ...data, newly_created: true } : data,
      };
    }
    case 'pins':
      return hears(intents.guilds)
        ? {
            event: 'CHANNEL_PINS_UPDATE',
            data: {
              channel_id: event.channel.id,
              guild_id: world.state.guild.id,
              last_pin_timestamp: isoTimeOrNull(event.channel.lastPinAt),
            },
          }
        : null;
    default:
      return null;
  }
}

function isDirect(world: World, message: StoredMessage): boolean {
  return world.state.channels.get(message.channelId)?.type === 1;
}

function canSee(world: World, message: StoredMessage): boolean {
  const channel = world.state.channels.get(message.channelId);
  return channel !== undefined && has(permissionsIn(world.state, channel, world.state.application.id), 'ViewChannel');
}

function messageDispatch(
  world: World,
  session: Session,
  { change, message }: Extract<WorldEvent, { kind: 'message' }>,
): Dispatch | null {
  const { state } = world;
  const place = isDirect(world, message) ? {} : { guild_id: state.guild.id };
  if (change === 'deleted')
    return { event: 'MESSAGE_DELETE', data: { id: message.id, channel_id: message.channelId, ...place } };
  const own = message.authorId === state.application.id;
  if (message.ephemeralFor !== null && !own) return null;
  const mentioned = message.mentions.users.includes(state.application.id);
  const hidden = own || mentioned || isDirect(world, message) || (session.intents & intents.messageContent) !== 0;
  const member = state.members.get(message.authorId);
  const data = {
    ...wireMessage(world, message),
    ...(hidden ? {} : { content: '', embeds: [], attachments: [], components: [] }),
    ...(member ? { member: wirePartialMember(member) } : {}),
    ...place,
    ...(change === 'created' && message.nonce !== null ? { nonce: message.nonce } : {}),
  };
  return { event: change === 'created' ? 'MESSAGE_CREATE' : 'MESSAGE_UPDATE', data };
}
