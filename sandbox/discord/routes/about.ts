// Who the bot is, where the gateway is, who else there is.
import { refusal } from '../errors.ts';
import { type Call, param, type Route } from '../router.ts';
import { wireApplication, wireSelf, wireUserById } from '../wire/people.ts';

function gatewayForBot({ gateway }: Call) {
  return {
    url: gateway.url,
    shards: 1,
    session_start_limit: { total: 1000, remaining: gateway.remaining, reset_after: 86_400_000, max_concurrency: 1 },
  };
}

export const about: Route[] = [
  {
    method: 'GET',
    path: '/gateway',
    authority: 'token',
    limit: 'other',
    handle: ({ gateway }) => ({ status: 200, body: { url: gateway.url } }),
  },
  {
    method: 'GET',
    path: '/gateway/bot',
    authority: 'bot',
    limit: 'other',
    handle: (call) => ({ status: 200, body: gatewayForBot(call) }),
  },
  {
    method: 'GET',
    path: '/users/@me',
    authority: 'bot',
    limit: 'other',
    handle: ({ world }) => ({ status: 200, body: wireSelf(world.state) }),
  },
  {
    method: 'GET',
    path: '/users/:user',
    authority: 'bot',
    limit: 'other',
    handle: (call) => ({ status: 200, body: wireUserById(call.world.state, param(call, 'user')) }),
  },
  {
    method: 'GET',
    path: '/applications/@me',
    authority: 'bot',
    limit: 'other',
    handle: ({ world }) => ({ status: 200, body: wireApplication(world.state) }),
  },
  {
    method: 'GET',
    path: '/oauth2/applications/@me',
    authority: 'bot',
    limit: 'other',
    handle: ({ world }) => ({ status: 200, body: wireApplication(world.state) }),
  },
];

/** 10004 unless it is the one guild. */
export function demandGuild(call: Call): void {
  if (param(call, 'guild') !== call.world.state.guild.id) throw refusal('unknownGuild');
}
