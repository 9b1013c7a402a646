// What the doctor says about Discord, fact by fact.
import { describe, expect, test } from '@jest/globals';
import { type ChannelFacts, type DiscordFacts, type DiscordWanted, judgeDiscord } from '../../../src/doctor/discord.ts';
import type { Line } from '../../../src/doctor/line.ts';
import { type Fault, known, notAsked } from '../../../src/lib/asked.ts';

const wanted: DiscordWanted = {
  guildId: '100',
  host: 'discord.com',
  channels: [
    { id: '10', places: ['DISCORD_ALERT_CHANNEL_ID'], mention: [] },
    { id: '11', places: ['alerts.routes[0]', 'alerts.routes[2]'], mention: ['2'] },
  ],
  roles: [{ place: 'access.viewer', ids: ['1', '2'] }],
};

const right: ChannelFacts = { name: 'alerts', missing: [], unfit: null };
const gateway = { remaining: 990, total: 1000, renewedAt: new Date('2026-05-04T03:02:01Z'), greeting: known(null) };

const healthy: DiscordFacts = {
  self: known({ id: '5', name: 'homelab-bot' }),
  gateway: known(gateway),
  interactionsUrl: known(null),
  guild: known({
    name: 'Homelab',
    roles: [
      { id: '1', name: 'viewer' },
      { id: '2', name: 'on-call' },
      { id: '100', name: '@everyone' },
    ],
  }),
  channels: new Map([
    ['10', known(right)],
    ['11', known({ ...right, name: 'critical' })],
  ]),
  commands: known({ missing: [], other: [], differing: [] }),
};

function linesOf(facts: Partial<DiscordFacts>, want: Partial<DiscordWanted> = {}): readonly Line[] {
  return judgeDiscord({ ...healthy, ...facts }, { ...wanted, ...want });
}

function lineAbout(what: string, facts: Partial<DiscordFacts>, want: Partial<DiscordWanted> = {}): Line | undefined {
  return linesOf(facts, want).find((line) => line.what.startsWith(what));
}

const fault = (kind: Fault['kind'], why: string): Fault => ({ kind, why });
const channel = (asked: DiscordFacts['channels'] extends ReadonlyMap<string, infer A> ? A : never) => ({
  channels: new Map([...healthy.channels, ['11', asked]]),
});

test('all is well: a line for each thing, all of them ok', () => {
  expect(linesOf({}).map(({ state, what, found }) => `${state} ${what}: ${found}`)).toEqual([
    'ok Discord bot: homelab-bot (5); its token is taken',
    'ok Discord gateway: greets over WebSocket',
    'ok Discord sign-ins: 990 of 1000 left until 2026-05-04T03:02Z',
    'ok Discord interactions: come over the gateway',
    'ok Discord server: the bot is in Homelab (100)',
    'ok Discord channel 10 (DISCORD_ALERT_CHANNEL_ID): #alerts, all permissions',
    'ok Discord channel 11 (alerts.routes[0] and alerts.routes[2]): #critical, all permissions, roles are rung',
    'ok Discord roles of access.viewer: viewer and on-call',
    'ok Discord slash commands: are registered as this version has them',
  ]);
});

describe('the token', () => {
  const nothing = {
    gateway: notAsked,
    interactionsUrl: notAsked,
    guild: notAsked,
    channels: new Map(),
    commands: notAsked,
  };

  test.each([
    ['not let in', /the token is refused/, /Reset Token.*DISCORD_TOKEN/, 'the token is refused'],
    ['away', /no connection/, /discord\.com can be reached.*DISCORD_API_URL/, 'Discord does not answer'],
    ['odd', /no connection/, /DISCORD_API_URL/, 'Discord does not answer'],
  ] as const)('%s: everything after it is skipped and says why', (kind, found, remedy, because) => {
    const [first, ...others] = linesOf({ self: fault(kind, 'no connection'), ...nothing });
    expect(first).toMatchObject({
      state: 'FAIL',
      found: expect.stringMatching(found),
      remedy: expect.stringMatching(remedy),
    });
    expect(others).toHaveLength(7);
    for (const line of others) expect(line).toMatchObject({ state: 'skip', found: because });
  });
});

describe('the gateway', () => {
  test.each([
    [50, 'ok'],
    [49, 'warn'],
    [1, 'warn'],
    [0, 'FAIL'],
  ])('with %i sign-ins left: %s', (remaining, state) => {
    expect(lineAbout('Discord sign-ins', { gateway: known({ ...gateway, remaining }) })).toMatchObject({ state });
  });

  test('that does not greet is no way for commands', () => {
    const greeting = fault('away', 'no WebSocket to gateway.discord.gg');
    expect(lineAbout('Discord gateway', { gateway: known({ ...gateway, greeting }) })).toMatchObject({
      state: 'FAIL',
      remedy: expect.stringContaining('WebSockets'),
    });
  });

  test('that cannot be asked for fails, and is one line', () => {
    const lines = linesOf({ gateway: fault('away', 'Discord answered 502') });
    expect(lines.filter(({ state }) => state === 'FAIL').map(({ what }) => what)).toEqual(['Discord gateway']);
  });

  test('is passed over where interactions go to a web address', () => {
    expect(lineAbout('Discord interactions', { interactionsUrl: known('https://old.example/hook') })).toMatchObject({
      state: 'FAIL',
      remedy: expect.stringContaining('Interactions Endpoint URL'),
    });
  });
});

describe('the server', () => {
  test.each(['refused', 'absent'] as const)('%s: the bot is invited to it', (kind) => {
    const lines = linesOf({ guild: fault(kind, 'Missing Access'), channels: new Map(), commands: notAsked });
    expect(lines.find(({ what }) => what === 'Discord server')).toMatchObject({
      state: 'FAIL',
      found: 'the bot is not in the server 100 (Missing Access)',
      remedy: expect.stringMatching(/invite it with the scopes bot and applications\.commands/),
    });
    const later = lines.filter(({ what }) => /channel|roles|slash/.test(what));
    expect(later.map(({ state }) => state)).toEqual(['skip', 'skip', 'skip', 'skip']);
  });

  test('that does not answer is no reason to invite the bot', () => {
    const lines = linesOf({
      guild: fault('away', 'Discord answered 503'),
      channels: new Map(),
      commands: notAsked,
    });
    const failed = lines.filter(({ state }) => state === 'FAIL');
    expect(failed).toMatchObject([{ what: 'Discord server', found: 'Discord answered 503' }]);
    expect(JSON.stringify(failed)).not.toContain('invite');
    const reasons = lines.filter(({ state }) => state === 'skip').map(({ found }) => found);
    expect(reasons).toEqual(Array<string>(4).fill('the server could not be looked at'));
  });
});

describe('a channel', () => {
  test.each<[string, Parameters<typeof channel>[0], string, RegExp]>([
    [
      'that lacks permissions names each, and the channel',
      known({ ...right, name: 'critical', missing: ['Send Messages', 'Embed Links', 'Attach Files'] }),
      'lacks Send Messages, Embed Links and Attach Files in #critical',
      /#critical/,
    ],
    [
      'of another kind',
      known({ ...right, name: 'things', unfit: 'takes no messages: it is a forum' }),
      '#things takes no messages: it is a forum',
      /alerts\.routes\[0\] and alerts\.routes\[2\].*text channel/,
    ],
    [
      'that is gone',
      fault('absent', 'Unknown Channel'),
      'there is no such channel (Unknown Channel)',
      /^correct alerts/,
    ],
    ['that is hidden', fault('refused', 'Missing Access'), 'lacks View Channel (Missing Access)', /View Channel/],
    ['that cannot be asked about', fault('away', 'Discord answered 500'), 'Discord answered 500', /again/],
  ])('%s', (_, asked, found, remedy) => {
    const line = lineAbout('Discord channel 11', channel(asked));
    expect(line).toMatchObject({ state: 'FAIL', found, remedy: expect.stringMatching(remedy) });
    expect(lineAbout('Discord channel 10', channel(asked))).toMatchObject({ state: 'ok' });
  });
});

describe('roles', () => {
  test('that the server does not have are named, with the entry', () => {
    const roles = [{ place: 'apps.shop.deployers', ids: ['1', '77', '78'] }];
    expect(lineAbout('Discord roles', {}, { roles })).toMatchObject({
      state: 'FAIL',
      what: 'Discord roles of apps.shop.deployers',
      found: '77 and 78: no such role in the server',
      remedy: expect.stringContaining('correct apps.shop.deployers'),
    });
  });

  test.each([
    ['access.viewer', 'ok'],
    ['access.operator', 'warn'],
    ['access.admin', 'warn'],
    ['alerts.routes[0].mention', 'ok'],
  ])('@everyone in %s: %s', (place, state) => {
    expect(lineAbout('Discord roles', {}, { roles: [{ place, ids: ['100'] }] })).toMatchObject({ state });
  });
});

describe('slash commands', () => {
  test('that are not registered yet, or those of another version, are the next start’s business', () => {
    const commands = known({ missing: ['nodes', 'help'], other: ['ping'], differing: ['deploy'] });
    expect(lineAbout('Discord slash', { commands })).toEqual({
      state: 'warn',
      what: 'Discord slash commands',
      found: 'not there yet: /nodes and /help; of another version: /deploy; unknown to this version: /ping',
      remedy: 'start the bot: it registers them',
    });
  });

  test('that may not be read need the scope', () => {
    expect(lineAbout('Discord slash', { commands: fault('refused', 'Missing Access') })).toMatchObject({
      state: 'FAIL',
      remedy: expect.stringContaining('applications.commands'),
    });
  });
});
