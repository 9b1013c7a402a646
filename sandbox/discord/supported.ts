// What this server plays of Discord; a test compares it with what is registered.

export interface Supported {
  readonly method: string;
  /** Below `/api/v10`. */
  readonly path: string;
  readonly note: string;
}

export const supportedRoutes: readonly Supported[] = [
  { method: 'GET', path: '/gateway', note: 'without a token' },
  { method: 'GET', path: '/gateway/bot', note: 'one shard; 1,000 IDENTIFYs a day are counted' },
  { method: 'GET', path: '/users/@me', note: 'the bot' },
  { method: 'GET', path: '/users/:user', note: 'the bot and the people of the guild' },
  { method: 'GET', path: '/applications/@me', note: '' },
  { method: 'GET', path: '/oauth2/applications/@me', note: '' },
  { method: 'GET', path: '/guilds/:guild', note: 'with_counts' },
  { method: 'GET', path: '/guilds/:guild/channels', note: 'without threads' },
  { method: 'GET', path: '/guilds/:guild/roles', note: '' },
  { method: 'GET', path: '/guilds/:guild/members/:user', note: '' },
  ...['/applications/:application/guilds/:guild/commands', '/applications/:application/commands'].flatMap((path) => [
    { method: 'GET', path, note: 'with_localizations' },
    { method: 'PUT', path, note: 'bulk overwrite; names, descriptions, options and counts are checked' },
    { method: 'POST', path, note: 'the same name replaces' },
    { method: 'GET', path: `${path}/:command`, note: '' },
    { method: 'PATCH', path: `${path}/:command`, note: '' },
    { method: 'DELETE', path: `${path}/:command`, note: '' },
  ]),
  {
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    note: 'types 4 to 9, with_response; within 3 s, once',
  },
  {
    method: 'POST',
    path: '/webhooks/:webhook/:token',
    note: "follow-ups, by an interaction's token; no other webhooks",
  },
  { method: 'GET', path: '/webhooks/:webhook/:token/messages/:reply', note: '@original or an id' },
  { method: 'PATCH', path: '/webhooks/:webhook/:token/messages/:reply', note: 'for 15 minutes' },
  { method: 'DELETE', path: '/webhooks/:webhook/:token/messages/:reply', note: '' },
  {
    method: 'POST',
    path: '/channels/:channel/messages',
    note: 'JSON and multipart, nonces, replies; no polls, stickers, forwards',
  },
  { method: 'GET', path: '/channels/:channel/messages', note: 'before, after, around, limit' },
  { method: 'GET', path: '/channels/:channel/messages/:message', note: '' },
  {
    method: 'PATCH',
    path: '/channels/:channel/messages/:message',
    note: 'keeps the files that are listed; 30046 after an hour',
  },
  { method: 'DELETE', path: '/channels/:channel/messages/:message', note: '' },
  { method: 'PUT', path: '/channels/:channel/messages/:message/reactions/:emoji/@me', note: '' },
  { method: 'DELETE', path: '/channels/:channel/messages/:message/reactions/:emoji/@me', note: '' },
  { method: 'GET', path: '/channels/:channel/messages/:message/reactions/:emoji', note: '' },
  { method: 'GET', path: '/channels/:channel/messages/pins', note: 'before, limit' },
  { method: 'PUT', path: '/channels/:channel/messages/pins/:message', note: 'needs PIN_MESSAGES' },
  { method: 'DELETE', path: '/channels/:channel/messages/pins/:message', note: '' },
  { method: 'GET', path: '/channels/:channel/pins', note: 'deprecated by Discord' },
  { method: 'PUT', path: '/channels/:channel/pins/:message', note: 'deprecated by Discord' },
  { method: 'DELETE', path: '/channels/:channel/pins/:message', note: 'deprecated by Discord' },
  { method: 'GET', path: '/channels/:channel', note: 'text channels, threads, direct messages' },
  { method: 'PATCH', path: '/channels/:channel', note: 'name and topic; archived and locked of threads' },
  { method: 'DELETE', path: '/channels/:channel', note: '' },
  { method: 'POST', path: '/channels/:channel/typing', note: 'nobody is told' },
  { method: 'POST', path: '/users/@me/channels', note: 'direct messages' },
  {
    method: 'POST',
    path: '/channels/:channel/messages/:message/threads',
    note: "the thread has the message's id; no starter message in it",
  },
  { method: 'POST', path: '/channels/:channel/threads', note: 'without a message; no forums' },
  { method: 'PUT', path: '/channels/:channel/thread-members/@me', note: '' },
  { method: 'DELETE', path: '/channels/:channel/thread-members/@me', note: '' },
];

/** The gateway: `?v=10&encoding=json`, no compression, one shard. */
export const supportedGateway = {
  receives: ['HEARTBEAT 1', 'IDENTIFY 2', 'PRESENCE UPDATE 3 (ignored)', 'RESUME 6', 'REQUEST MEMBERS 8 (ignored)'],
  sends: ['DISPATCH 0', 'RECONNECT 7', 'INVALID SESSION 9', 'HELLO 10', 'HEARTBEAT ACK 11'],
  dispatches: [
    'READY',
    'RESUMED',
    'GUILD_CREATE',
    'INTERACTION_CREATE',
    'MESSAGE_CREATE',
    'MESSAGE_UPDATE',
    'MESSAGE_DELETE',
    'MESSAGE_REACTION_ADD',
    'MESSAGE_REACTION_REMOVE',
    'CHANNEL_CREATE',
    'CHANNEL_UPDATE',
    'CHANNEL_DELETE',
    'CHANNEL_PINS_UPDATE',
    'THREAD_CREATE',
    'THREAD_UPDATE',
    'THREAD_DELETE',
  ],
  closes: [4001, 4002, 4003, 4004, 4005, 4007, 4008, 4009, 4010, 4012, 4013, 4014],
} as const;
