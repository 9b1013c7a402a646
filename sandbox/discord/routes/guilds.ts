// The guild, its channels, roles and members.
import { refusal } from '../errors.ts';
import { type Call, param, type Route } from '../router.ts';
import { wireChannel } from '../wire/channels.ts';
import { wireGuild, wireMember, wireRole } from '../wire/people.ts';
import { demandGuild } from './about.ts';

/** A read of the guild. */
function read(path: string, answer: (call: Call) => unknown): Route {
  return {
    method: 'GET',
    path,
    authority: 'bot',
    limit: 'other',
    handle: (call) => {
      demandGuild(call);
      return { status: 200, body: answer(call) };
    },
  };
}

export const guilds: Route[] = [
  read('/guilds/:guild', ({ world, query }) => {
    const counts = {
      approximate_member_count: world.state.members.size,
      approximate_presence_count: world.state.members.size,
    };
    return { ...wireGuild(world.state), ...(query['with_counts'] === 'true' ? counts : {}) };
  }),
  read('/guilds/:guild/channels', ({ world }) =>
    [...world.state.channels.values()]
      .filter((channel) => channel.type === 0)
      .map((channel) => wireChannel(world.state, channel)),
  ),
  read('/guilds/:guild/roles', ({ world }) => [...world.state.roles.values()].map(wireRole)),
  read('/guilds/:guild/members/:user', (call) => {
    const { state } = call.world;
    const member = state.members.get(param(call, 'user'));
    if (!member) throw refusal(state.users.has(param(call, 'user')) ? 'unknownMember' : 'unknownUser');
    return wireMember(state, member);
  }),
];
