// The discord room: everything that is said to Discord and heard from it goes through here.
import { Routes } from 'discord.js';
import type { Logger } from 'pino';
import type { Channels } from '../cards/channels.ts';
import type { Receiver } from '../dispatch/invocation.ts';
import { atMost, pause } from '../lib/pause.ts';
import type { Redact } from '../lib/redact.ts';
import type { Room } from '../lib/room.ts';
import { createChannels } from './channels.ts';
import { type CommandDefinition, registerCommands } from './commands.ts';
import { failureOf } from './failures.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { type ChannelReport, type ChannelUse, checkPermissions } from './permissions.ts';
import { createRest, type RestEvents } from './rest.ts';
import { retryDelay } from './retry.ts';
import { IdOnly } from './schema.ts';
import { createSession, type SessionState } from './session.ts';
import { createTokenGate } from './token.ts';

export interface DiscordOptions {
  /** The bot's token, or what reveals it; asked for at each use, never logged. */
  readonly token: string | (() => string);
  /** REST base without the version, for example `https://discord.com/api`. */
  readonly apiUrl: string;
  readonly guildId: string;
  readonly log: Logger;
  readonly redact: Redact;
  readonly now?: () => Date;
  readonly events?: RestEvents;
  /** Of one REST request and of the gateway's handshake; 5 s. */
  readonly timeoutMs?: number;
  /** What goes through megabytes waits for room among other such work. */
  readonly workroom?: Room;
  /** Between two tries of a token that Discord refuses; 5 minutes. */
  readonly refusedTokenRetryMs?: number;
}

export interface DiscordRoom {
  /** Usable at once, over REST alone. */
  readonly channels: Channels;
  /** Signs in and registers the commands in the background, again and again until it succeeds; never throws. */
  start(receiver: Receiver, definitions: readonly CommandDefinition[]): void;
  state(): SessionState;
  /** When the session was last made or resumed. */
  lastReadyAt(): Date | null;
  /** Calls the listener at each change; returns what takes it off again. */
  onState(listener: (state: SessionState) => void): () => void;
  /** Logs one line for each channel where the bot lacks a permission, and returns what it found. Never rejects. */
  checkPermissions(channels: readonly ChannelUse[], signal?: AbortSignal): Promise<readonly ChannelReport[]>;
  /** Takes no more interactions, finishes those in flight within 3 s, and leaves nothing open. */
  stop(): Promise<void>;
}

export function openDiscord(options: DiscordOptions): DiscordRoom {
  const { log, redact, guildId, now = () => new Date(), timeoutMs = 5_000 } = options;
  const token = revealing(options.token);
  const apiUrl = options.apiUrl.replace(/\/+$/, '');
  const stopping = new AbortController();
  const gate = createTokenGate({ log, now, retryMs: options.refusedTokenRetryMs ?? 5 * 60_000 });
  const rest = createRest({ apiUrl, token, timeoutMs, gate, now, events: options.events });
  const session = createSession({
    token,
    apiUrl,
    timeoutMs,
    log,
    now,
    gate,
    onInteraction: (data) => {
      if (!stopping.signal.aborted) interactions?.take(data);
    },
  });
  let interactions: Interactions | null = null;
  let registering: Promise<void> = Promise.resolve();

  async function register(definitions: readonly CommandDefinition[]): Promise<void> {
    const { signal } = stopping;
    let said = false;
    for (let tries = 0; !signal.aborted; tries += 1) {
      await gate.whenOpen(signal);
      try {
        const application = IdOnly.parse(
          await rest.request({ method: 'GET', route: Routes.currentApplication(), signal }),
        );
        const did = await registerCommands(definitions, { rest, applicationId: application.id, guildId, signal });
        log.info({ commands: definitions.length, did }, 'The slash commands of the guild are in place');
        return;
      } catch (error) {
        if (signal.aborted) return;
        const failure = failureOf(error, now());
        const reason = 'reason' in failure ? redact(failure.reason) : failure.kind;
        const lasting = failure.kind === 'channel refused' || failure.kind === 'message refused';
        if (lasting && !said) {
          said = true;
          log.error(
            { guildId, reason },
            'Discord does not take the slash commands: invite the bot to the server with the scopes bot and applications.commands',
          );
        } else if (failure.kind !== 'token refused') log.warn({ reason }, 'The slash commands are not registered yet');
        const named = failure.kind === 'slow down' ? failure.at.getTime() - now().getTime() : 0;
        await pause(Math.max(named, lasting ? 5 * 60_000 : retryDelay(tries)), signal);
      }
    }
  }

  return {
    channels: createChannels({ rest, now, redact, workroom: options.workroom }),
    start(receiver, definitions) {
      if (interactions !== null || stopping.signal.aborted) return;
      interactions = createInteractions(receiver, { rest, log, now, redact });
      session.start();
      registering = register(definitions);
    },
    state: session.state,
    lastReadyAt: session.lastReadyAt,
    onState: session.onState,
    checkPermissions: (channels, signal = stopping.signal) =>
      checkPermissions(channels, {
        rest,
        guildId,
        log,
        now,
        redact,
        signal: AbortSignal.any([signal, stopping.signal]),
      }),
    async stop() {
      stopping.abort();
      if (interactions !== null) await atMost(3_000, interactions.settled());
      await session.stop();
      await registering;
      rest.stop();
    },
  };
}

function revealing(token: string | (() => string)): () => string {
  return typeof token === 'string' ? () => token : token;
}
