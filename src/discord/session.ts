// The gateway session: signs in in the background, hands on events, and is made anew whenever it ends.
import { isNativeError } from 'node:util/types';
import {
  Client,
  type ClientOptions,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  SimpleShardingStrategy,
  Status,
} from 'discord.js';
import type { Logger } from 'pino';
import { atMost, pause } from '../lib/pause.ts';
import { cachingNothing } from './caches.ts';
import { failureOf } from './failures.ts';
import { createIdentifyBudget } from './identify.ts';
import { retryDelay } from './retry.ts';
import type { TokenGate } from './token.ts';
import { requestWhole } from './whole.ts';

export type SessionState = 'ready' | 'connecting';

export interface Session {
  start(): void;
  state(): SessionState;
  lastReadyAt(): Date | null;
  onState(listener: (state: SessionState) => void): () => void;
  stop(): Promise<void>;
}

export interface SessionOptions {
  readonly token: () => string;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly now: () => Date;
  readonly gate: TokenGate;
  /** Every INTERACTION_CREATE at once, whether its guild is known yet or not. Must not throw. */
  readonly onInteraction: (data: unknown) => void;
}

/** Why a session could not be made, or ended for good. */
type Ending =
  | { readonly kind: 'token refused' }
  | { readonly kind: 'not allowed'; readonly code: number }
  | { readonly kind: 'no sign-ins left'; readonly until: Date }
  | { readonly kind: 'failed'; readonly reason: string; readonly notBefore?: Date };

/** After these, discord.js does not connect again (docs, topics/opcodes-and-status-codes#gateway-close-event-codes). */
const finalCodes: ReadonlySet<number> = new Set([
  GatewayCloseCodes.AuthenticationFailed,
  GatewayCloseCodes.InvalidShard,
  GatewayCloseCodes.ShardingRequired,
  GatewayCloseCodes.InvalidAPIVersion,
  GatewayCloseCodes.InvalidIntents,
  GatewayCloseCodes.DisallowedIntents,
]);

const notAllowedPause = 5 * 60_000;
const stopLimit = 2_000;

export function createSession(options: SessionOptions): Session {
  const { log, now, gate } = options;
  const stopping = new AbortController();
  const budget = createIdentifyBudget({ log, now, signal: stopping.signal });
  const listeners = new Set<(state: SessionState) => void>();
  let state: SessionState = 'connecting';
  let readyAt: Date | null = null;
  let running: Promise<void> | null = null;
  let notAllowedSaid = false;

  function become(next: SessionState): void {
    if (next === 'ready') readyAt = now();
    if (next === state) return;
    state = next;
    log.info({ state }, 'The session with Discord changed');
    for (const listener of listeners) listener(next);
  }

  /** One client, from sign-in to its end. Resolves with the reason once nothing of it is left. */
  async function one(ready: () => void): Promise<Ending> {
    const ended = Promise.withResolvers<Ending>();
    const over = new AbortController();
    let opening = false;
    const client = new Client(
      clientOptions(over.signal, () => {
        // Asked for while a session is on, too; only the first one of a connection opens a socket.
        opening ||= client.ws.shards.first()?.status === Status.Connecting;
      }),
    );
    client.on(Events.Raw, (packet: { t?: unknown; d?: unknown }) => {
      if (over.signal.aborted) return;
      if (packet.t === 'INTERACTION_CREATE') {
        options.onInteraction(packet.d);
        // discord.js reads it after this: a fifth of an acknowledgement's time would go into objects that nobody here wants.
        packet.t = null;
      }
      if (packet.t !== 'READY' && packet.t !== 'RESUMED') return;
      gate.accepted();
      notAllowedSaid = false;
      become('ready');
      ready();
    });
    client.on(Events.ShardReconnecting, () => {
      opening = false;
      become('connecting');
    });
    client.on(Events.ShardError, (error) => log.info({ reason: reasonOf(error) }, 'The connection to Discord failed'));
    client.on(Events.Error, (error) => log.warn({ reason: reasonOf(error) }, 'discord.js met an error'));
    client.on(Events.Warn, (said) => log.info({ said }, 'discord.js warns'));
    client.on(Events.Invalidated, () => ended.resolve({ kind: 'failed', reason: 'the session was made invalid' }));
    client.on(Events.ShardDisconnect, ({ code }) => ended.resolve(endingOf(code)));
    const stop = (): void => ended.resolve({ kind: 'failed', reason: 'stopping' });
    stopping.signal.addEventListener('abort', stop, { signal: over.signal });
    client.login(options.token()).catch((error: unknown) => ended.resolve(endingOfLogin(error)));
    const ending = await ended.promise;
    become('connecting');
    over.abort();
    await takeDown(client, () => opening);
    return ending;
  }

  async function keepAlive(): Promise<void> {
    let tries = 0;
    while (!stopping.signal.aborted) {
      await gate.whenOpen(stopping.signal);
      if (stopping.signal.aborted) return;
      const ending = await one(() => {
        tries = 0;
      });
      if (stopping.signal.aborted) return;
      await afterwards(ending, tries);
      tries += 1;
    }
  }

  async function afterwards(ending: Ending, tries: number): Promise<void> {
    const { signal } = stopping;
    switch (ending.kind) {
      case 'token refused':
        gate.refused();
        return;
      case 'not allowed':
        if (!notAllowedSaid) {
          notAllowedSaid = true;
          log.error(
            { code: ending.code },
            'Discord ended the session for good: look up its close code and update the bot',
          );
        }
        return pause(notAllowedPause, signal);
      case 'no sign-ins left':
        log.warn({ until: ending.until }, 'The day’s sign-ins at Discord are used up: waiting for new ones');
        return pause(ending.until.getTime() - now().getTime(), signal);
      case 'failed': {
        const named = ending.notBefore === undefined ? 0 : ending.notBefore.getTime() - now().getTime();
        const wait = Math.max(retryDelay(tries), named);
        log.warn({ reason: ending.reason, waitMs: Math.round(wait) }, 'No session with Discord: trying again');
        return pause(wait, signal);
      }
    }
  }

  function clientOptions(over: AbortSignal, connecting: () => void): ClientOptions {
    return {
      intents: [GatewayIntentBits.Guilds],
      makeCache: cachingNothing(),
      // Events are taken as they arrive; this only ends discord.js's own bookkeeping early.
      waitGuildTimeout: 500,
      rest: {
        api: options.apiUrl,
        version: '10',
        timeout: options.timeoutMs,
        retries: 0,
        rejectOnRateLimit: () => true,
        makeRequest: requestWhole,
      },
      ws: {
        buildIdentifyThrottler: budget.build,
        buildStrategy: (manager) => {
          manager.options.handshakeTimeout = options.timeoutMs;
          const { retrieveSessionInfo } = manager.options;
          // discord.js connects again half a second after a loss, even when it was taken down meanwhile: it gets no further
          // than this once the client's time is over.
          manager.options.retrieveSessionInfo = (shard) => {
            if (over.aborted) return new Promise(() => undefined);
            connecting();
            return retrieveSessionInfo(shard);
          };
          return new SimpleShardingStrategy(manager);
        },
      },
    };
  }

  function endingOfLogin(error: unknown): Ending {
    if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid)
      return { kind: 'token refused' };
    const reason = reasonOf(error);
    if (reason.startsWith('Not enough sessions')) {
      const named = Date.parse(/resets at (\S+)$/.exec(reason)?.[1] ?? '');
      const until = Number.isNaN(named) ? now().getTime() + notAllowedPause : named;
      return { kind: 'no sign-ins left', until: new Date(Math.max(until, now().getTime() + 60_000)) };
    }
    const failure = failureOf(error, now());
    if (failure.kind === 'token refused') return { kind: 'token refused' };
    if (failure.kind === 'slow down') return { kind: 'failed', reason: failure.reason, notBefore: failure.at };
    return { kind: 'failed', reason: isNativeError(error) && error.constructor === Error ? reason : failure.kind };
  }

  /** A socket that is still being opened cannot be closed by discord.js, so it is waited for. */
  async function takeDown(client: Client, opening: () => boolean): Promise<void> {
    const limit = AbortSignal.timeout(stopLimit);
    while (opening() && client.ws.shards.first()?.status === Status.Connecting && !limit.aborted) {
      await pause(20, limit);
    }
    await atMost(stopLimit, client.destroy());
  }

  return {
    start() {
      running ??= keepAlive().catch((error: unknown) => {
        log.error({ reason: reasonOf(error) }, 'The session keeper failed: restart the bot and report this');
      });
    },
    state: () => state,
    lastReadyAt: () => readyAt,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopping.abort();
      await running;
      listeners.clear();
    },
  };
}

function endingOf(code: number): Ending {
  if (code === GatewayCloseCodes.AuthenticationFailed) return { kind: 'token refused' };
  if (finalCodes.has(code)) return { kind: 'not allowed', code };
  return { kind: 'failed', reason: `closed with ${code}` };
}

function reasonOf(error: unknown): string {
  return isNativeError(error) ? error.message.slice(0, 300) : 'unknown';
}
