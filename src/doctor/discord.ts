// What was found at Discord → lines. Pure.
import type { NamedChannel } from '../config/channels.ts';
import type { Asked, Fault } from '../lib/asked.ts';
import { fail, judge, type Line, listed, ok, skip, warn } from './line.ts';
import type { WantedRoles } from './wanted.ts';

export interface DiscordFacts {
  readonly self: Asked<{ readonly id: string; readonly name: string }>;
  readonly gateway: Asked<{
    /** Sign-ins that are left until `renewedAt`. */
    readonly remaining: number;
    readonly total: number;
    readonly renewedAt: Date;
    /** Whether it greets whoever connects. */
    readonly greeting: Asked<null>;
  }>;
  /** Where Discord sends interactions instead of the gateway; null where it does not. */
  readonly interactionsUrl: Asked<string | null>;
  readonly guild: Asked<{
    readonly name: string;
    readonly roles: readonly { readonly id: string; readonly name: string }[];
  }>;
  /** By channel id. */
  readonly channels: ReadonlyMap<string, Asked<ChannelFacts>>;
  readonly commands: Asked<{
    readonly missing: readonly string[];
    readonly other: readonly string[];
    readonly differing: readonly string[];
  }>;
}

export interface ChannelFacts {
  readonly name: string;
  /** Permissions as Discord's settings name them. */
  readonly missing: readonly string[];
  /** Why nothing can be posted there whatever the permissions, as a clause; or null. */
  readonly unfit: string | null;
}

export interface DiscordWanted {
  readonly guildId: string;
  /** Host of DISCORD_API_URL. */
  readonly host: string;
  readonly channels: readonly NamedChannel[];
  readonly roles: readonly WantedRoles[];
}

const invite =
  'invite it with the scopes bot and applications.commands (Developer Portal, OAuth2, URL Generator), or correct DISCORD_GUILD_ID';

/** Under this the next day of restarts may use them up. */
const fewSignIns = 50;

export function judgeDiscord(facts: DiscordFacts, wanted: DiscordWanted): Line[] {
  const because = whyNotAsked(facts);
  const guildId = wanted.guildId;
  return [
    judge('Discord bot', facts.self, {
      known: ({ id, name }) => ok('Discord bot', `${name} (${id}); its token is taken`),
      fault: (fault) => {
        const found = fault.kind === 'not let in' ? `the token is refused (${fault.why})` : fault.why;
        return fail('Discord bot', found, tokenRemedy(fault, wanted.host));
      },
      because,
    }),
    ...gatewayLines(facts.gateway, because, wanted.host),
    judge('Discord interactions', facts.interactionsUrl, {
      known: (url) =>
        url === null
          ? ok('Discord interactions', 'come over the gateway')
          : fail(
              'Discord interactions',
              `go to another address: ${url}`,
              'clear Interactions Endpoint URL (Developer Portal, General Information): no command reaches the bot while it is set',
            ),
      fault: elsewhere('Discord interactions'),
      because,
    }),
    judge('Discord server', facts.guild, {
      known: ({ name }) => ok('Discord server', `the bot is in ${name} (${guildId})`),
      fault: (fault) =>
        fault.kind === 'refused' || fault.kind === 'absent'
          ? fail('Discord server', `the bot is not in the server ${guildId} (${fault.why})`, invite)
          : elsewhere('Discord server')(fault),
      because,
    }),
    ...wanted.channels.map((channel) => channelLine(channel, facts, because)),
    ...wanted.roles.map((roles) => rolesLine(roles, facts.guild, because, guildId)),
    judge('Discord slash commands', facts.commands, {
      known: commandsLine,
      fault: (fault) =>
        fault.kind === 'refused' || fault.kind === 'absent'
          ? fail('Discord slash commands', `may not be read (${fault.why})`, invite)
          : elsewhere('Discord slash commands')(fault),
      because,
    }),
  ];
}

/** What comes before the rest failed; of no meaning where nothing did. */
function whyNotAsked({ self, guild }: DiscordFacts): string {
  if (self.kind !== 'known') return self.kind === 'not let in' ? 'the token is refused' : 'Discord does not answer';
  const isStranger = guild.kind === 'refused' || guild.kind === 'absent';
  return isStranger ? 'the bot is not in the server' : 'the server could not be looked at';
}

function tokenRemedy({ kind }: Fault, host: string): string {
  if (kind === 'not let in')
    return 'make a new one (Developer Portal, Bot, Reset Token), set DISCORD_TOKEN to it and restart the bot';
  return `see that ${host} can be reached over 443 from here (proxy, DNS, NetworkPolicy), and that DISCORD_API_URL is right`;
}

/** For what comes after the token: the way there is open, so that it is likely to pass. */
function elsewhere(what: string): (fault: Fault) => Line {
  return ({ why }) => fail(what, why, "run the doctor again in a minute; if it stays, look at Discord's status page");
}

function gatewayLines(gateway: DiscordFacts['gateway'], because: string, host: string): Line[] {
  const what = 'Discord gateway';
  if (gateway.kind !== 'known')
    return [judge(what, gateway, { known: () => ok(what, ''), fault: elsewhere(what), because })];
  const { greeting, remaining, total, renewedAt } = gateway.value;
  const left = `${remaining} of ${total} left until ${renewedAt.toISOString().slice(0, 16)}Z`;
  const signIns = 'Discord sign-ins';
  return [
    judge(what, greeting, {
      known: () => ok(what, 'greets over WebSocket'),
      fault: ({ why }) =>
        fail(
          what,
          why,
          `let WebSockets out to the gateway of ${host} on 443 (proxy, NetworkPolicy): commands come over it`,
        ),
      because,
    }),
    remaining === 0
      ? fail(
          signIns,
          left,
          'wait until then; find out what restarts the bot, or which other program signs in with its token',
        )
      : remaining < fewSignIns
        ? warn(signIns, left, 'find out what restarts the bot, or which other program signs in with its token')
        : ok(signIns, left),
  ];
}

function channelLine({ id, places, mention }: NamedChannel, facts: DiscordFacts, because: string): Line {
  const asked = facts.channels.get(id) ?? { kind: 'not asked' };
  const named = listed(places);
  const what = `Discord channel ${id} (${named})`;
  return judge(what, asked, {
    known: ({ name, missing, unfit }) => {
      if (unfit !== null)
        return fail(what, `#${name} ${unfit}`, `set ${named} to the id of a text channel of the server`);
      if (missing.length > 0)
        return fail(
          what,
          `lacks ${listed(missing)} in #${name}`,
          `give the bot's role these permissions in the settings of #${name}`,
        );
      return ok(what, `#${name}, all permissions${mention.length > 0 ? ', roles are rung' : ''}`);
    },
    fault: (fault) => {
      if (fault.kind === 'absent') return fail(what, `there is no such channel (${fault.why})`, `correct ${named}`);
      if (fault.kind === 'refused')
        return fail(what, `lacks View Channel (${fault.why})`, "give the bot's role View Channel in its settings");
      return elsewhere(what)(fault);
    },
    because,
  });
}

function rolesLine({ place, ids }: WantedRoles, guild: DiscordFacts['guild'], because: string, guildId: string): Line {
  const what = `Discord roles of ${place}`;
  if (guild.kind !== 'known') return skip(what, because);
  const names = new Map(guild.value.roles.map(({ id, name }) => [id, name]));
  const unknown = ids.filter((id) => !names.has(id));
  if (unknown.length > 0)
    return fail(
      what,
      `${listed(unknown)}: no such role in the server`,
      `correct ${place}: Server Settings, Roles, Copy Role ID (developer mode)`,
    );
  const found = listed(ids.map((id) => names.get(id) ?? id));
  const everyone = ids.includes(guildId) && (place === 'access.operator' || place === 'access.admin');
  return everyone
    ? warn(
        what,
        `${found}: everybody in the server has this level`,
        `take ${guildId} out of ${place}, unless that is meant`,
      )
    : ok(what, found);
}

function commandsLine({
  missing,
  other,
  differing,
}: {
  missing: readonly string[];
  other: readonly string[];
  differing: readonly string[];
}): Line {
  const what = 'Discord slash commands';
  const parts = [
    ...(missing.length > 0 ? [`not there yet: ${named(missing)}`] : []),
    ...(differing.length > 0 ? [`of another version: ${named(differing)}`] : []),
    ...(other.length > 0 ? [`unknown to this version: ${named(other)}`] : []),
  ];
  if (parts.length === 0) return ok(what, 'are registered as this version has them');
  return warn(what, parts.join('; '), 'start the bot: it registers them');
}

function named(commands: readonly string[]): string {
  return listed(commands.map((one) => `/${one}`));
}
