// What an error of discord.js or the network means for the request that met it.
import { isNativeError } from 'node:util/types';
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import type { Outcome } from '../cards/channels.ts';

export type Failure = Exclude<Outcome, { kind: 'sent' }>;

/** The bot's token is known to be refused: nothing was asked. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** Codes that say that the channel, not the message, is the matter (docs, topics/opcodes-and-status-codes#json). */
const channelCodes = new Set([
  10003, // unknown channel
  10004, // unknown guild
  50001, // missing access
  50008, // cannot send messages in a non-text channel
  50013, // missing permissions
  50024, // cannot execute action on this channel type
  50083, // thread is archived
  160005, // thread is locked
]);

/** Refused before a byte of the request left. */
const notSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The longest wait that is believed; what asks for more is asked again after it. */
const longestWait = 60 * 60 * 1000;
/** Where Discord names no time; rest.ts gives most answers one. */
const shortestWait = 250;

/** `reason` holds no address and no body: an interaction's address is a secret. */
export function failureOf(error: unknown, now: Date): Failure {
  if (error instanceof RateLimitError) return slowDown(error, now);
  if (error instanceof TokenRefused)
    return { kind: 'token refused', reason: 'Discord refused the token a short while ago' };
  if (error instanceof HTTPError) return { kind: 'unknown', reason: `Discord answered ${error.status}` };
  if (error instanceof DiscordAPIError) return refusal(error);
  return networkFailure(error);
}

function slowDown(error: RateLimitError, now: Date): Failure {
  const waits = [error.retryAfter, error.sublimitTimeout, error.timeToReset].filter((wait) => Number.isFinite(wait));
  const wait = Math.min(longestWait, Math.max(shortestWait, ...waits));
  const scope = error.global ? 'global' : error.sublimitTimeout > 0 ? `${error.scope}, of this action` : error.scope;
  return { kind: 'slow down', at: new Date(now.getTime() + wait), reason: `rate limit (${scope})` };
}

function refusal(error: DiscordAPIError): Failure {
  const code = typeof error.code === 'number' ? error.code : Number.NaN;
  const reason = `Discord answered ${error.status}: ${error.message.slice(0, 500)}`;
  if (error.status === 401) return { kind: 'token refused', reason };
  if (code === 10008) return { kind: 'gone' };
  if (channelCodes.has(code)) return { kind: 'channel refused', code, reason };
  // Not Discord's own words: a proxy or Cloudflare stands in between.
  if (Number.isNaN(code)) return { kind: 'not sent', reason: `something before Discord answered ${error.status}` };
  if (error.status === 408) return { kind: 'unknown', reason };
  // 40333 is Cloudflare's in Discord's form; anything else that is forbidden is forbidden in this channel.
  if (code === 40333) return { kind: 'not sent', reason };
  if (error.status === 403) return { kind: 'channel refused', code, reason };
  return { kind: 'message refused', code, reason };
}

function networkFailure(error: unknown): Failure {
  const name = isNativeError(error) ? error.name : 'unknown';
  const code = codeOf(error);
  if (notSentCodes.has(code) || (code === 'ETIMEDOUT' && isConnect(error)) || /CERT|^ERR_TLS|^ERR_SSL/.test(code)) {
    return { kind: 'not sent', reason: `no connection to Discord (${code})` };
  }
  if (name === 'AbortError') return { kind: 'unknown', reason: 'Discord did not answer in time' };
  return { kind: 'unknown', reason: `the connection to Discord failed (${code === '' ? name : code})` };
}

function codeOf(error: unknown): string {
  if (!isNativeError(error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? '' : codeOf(error.cause);
}

function isConnect(error: unknown): boolean {
  return isNativeError(error) && 'syscall' in error && error.syscall === 'connect';
}
