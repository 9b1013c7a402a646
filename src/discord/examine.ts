// What the doctor asks Discord: over REST, and one greeting of the gateway; it signs in nowhere and changes nothing.
import { Routes } from 'discord.js';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { NamedChannel } from '../config/channels.ts';
import type { ChannelFacts, DiscordFacts } from '../doctor/discord.ts';
import { type Asked, type Fault, known, notAsked } from '../lib/asked.ts';
import { pause } from '../lib/pause.ts';
import type { Redact } from '../lib/redact.ts';
import { type CommandDefinition, compareCommands } from './commands.ts';
import { failureOf } from './failures.ts';
import { greetingOf } from './greeting.ts';
import { type Get, lookAt, type Standing, standingIn } from './permissions.ts';
import { createRest } from './rest.ts';
import { Snowflake } from './schema.ts';
import { createTokenGate } from './token.ts';

export interface ExamineOptions {
  readonly token: () => string;
  /** REST base without the version. */
  readonly apiUrl: string;
  readonly guildId: string;
  readonly definitions: readonly CommandDefinition[];
  readonly channels: readonly NamedChannel[];
  readonly log: Logger;
  readonly redact: Redact;
  readonly now: () => Date;
}

const timeoutMs = 5000;
/** A bot that runs shares its limits with us; longer ones are told. */
const longestWait = 3000;
const atOnce = 10;

const name = z.string().max(200);
const Self = z.object({ id: Snowflake, username: name });
const Application = z.object({ id: Snowflake, interactions_endpoint_url: z.string().max(2000).nullish() });
const Guild = z.object({ name });
const Gateway = z.object({
  url: z.string().max(500),
  session_start_limit: z.object({ total: z.number(), remaining: z.number(), reset_after: z.number() }),
});

/** Rejects with the signal's reason. */
export async function examineDiscord(options: ExamineOptions, signal: AbortSignal): Promise<DiscordFacts> {
  const { token, apiUrl, guildId, definitions, log, redact, now } = options;
  const gate = createTokenGate({ log, now, retryMs: 60_000 });
  const rest = createRest({ apiUrl, token, timeoutMs, gate, now });
  const get: Get = (route) => rest.request({ method: 'GET', route, signal });

  async function asked<T>(ask: () => Promise<T>, again = true): Promise<Asked<T>> {
    try {
      return known(await ask());
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof z.ZodError)
        return { kind: 'odd', why: 'what answers there does not answer as Discord does' };
      const failure = failureOf(error, now());
      const wait = failure.kind === 'slow down' ? failure.at.getTime() - now().getTime() : Number.POSITIVE_INFINITY;
      if (again && wait <= longestWait) {
        await pause(wait, signal);
        return asked(ask, false);
      }
      return { kind: kinds(failure), why: redact('reason' in failure ? failure.reason : failure.kind) };
    }
  }

  async function gatewayFacts() {
    const { url, session_start_limit: limit } = Gateway.parse(await get(Routes.gatewayBot()));
    const greeting = await greetingOf(url, timeoutMs, signal);
    const renewedAt = new Date(now().getTime() + limit.reset_after);
    return { remaining: limit.remaining, total: limit.total, renewedAt, greeting };
  }

  async function channelFacts(standing: Standing): Promise<Map<string, Asked<ChannelFacts>>> {
    const found = new Map<string, Asked<ChannelFacts>>();
    for (let at = 0; at < options.channels.length; at += atOnce) {
      const some = options.channels.slice(at, at + atOnce);
      await Promise.all(
        some.map(async (channel) => {
          found.set(channel.id, await asked(() => lookAt(channel, standing, get)));
        }),
      );
    }
    return found;
  }

  try {
    const self = await asked(async () => {
      const { id, username } = Self.parse(await get(Routes.user()));
      return { id, name: username };
    });
    const nothing = { guild: notAsked, channels: new Map(), commands: notAsked };
    if (self.kind !== 'known') return { self, gateway: notAsked, interactionsUrl: notAsked, ...nothing };
    const [gateway, application, guild] = await Promise.all([
      asked(gatewayFacts),
      asked(async () => Application.parse(await get(Routes.currentApplication()))),
      asked(async () => Guild.parse(await get(Routes.guild(guildId)))),
    ]);
    const interactionsUrl = mapped(application, ({ interactions_endpoint_url: url }) => url || null);
    if (guild.kind !== 'known') return { self, gateway, interactionsUrl, ...nothing, guild };
    const [standing, commands] = await Promise.all([
      asked(() => standingIn(guildId, get)),
      application.kind === 'known'
        ? asked(() => compareCommands(definitions, { rest, applicationId: application.value.id, guildId, signal }))
        : application,
    ]);
    if (standing.kind !== 'known') return { self, gateway, interactionsUrl, ...nothing, guild: standing, commands };
    return {
      self,
      gateway,
      interactionsUrl,
      guild: known({ name: guild.value.name, roles: standing.value.roles }),
      channels: await channelFacts(standing.value),
      commands,
    };
  } finally {
    rest.stop();
  }
}

function kinds({ kind, ...rest }: ReturnType<typeof failureOf>): Fault['kind'] {
  switch (kind) {
    case 'token refused':
      return 'not let in';
    case 'gone':
      return 'absent';
    case 'channel refused':
      return 'code' in rest && (rest.code === 10003 || rest.code === 10004) ? 'absent' : 'refused';
    case 'message refused':
      return 'refused';
    default:
      return 'away';
  }
}

function mapped<T, U>(asked: Asked<T>, map: (value: T) => U): Asked<U> {
  return asked.kind === 'known' ? known(map(asked.value)) : asked;
}
