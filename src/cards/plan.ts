// What the publisher does next about one card: pure, with the reason.
import { hash } from 'node:crypto';
import type { CardRecord } from './card.ts';

export type Step =
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'wait'; readonly reason: string; readonly until: number }
  | { readonly kind: 'edit'; readonly reason: string; readonly messageId: string }
  | { readonly kind: 'create'; readonly reason: string }
  /** Delete a ring's message, before the next one or because it no longer applies. */
  | { readonly kind: 'remove'; readonly reason: string; readonly messageId: string }
  /** Read the channel back for our own message before creating one. */
  | { readonly kind: 'look'; readonly reason: string; readonly since: number };

/**
 * Discord remembers a nonce for "a few minutes" (API documentation, Create Message); within this time it is relied on even where the channel
 * cannot be read back.
 */
export const nonceTrustedMs = 60_000;

/** A message or channel that is refused is tried again after a minute, doubled up to this. In milliseconds. */
export const longestPostponementMs = 15 * 60_000;

/** Until when a card waits (milliseconds since 1970); null where it need not. What lies further ahead was written before the clock was set back. */
function waitsUntil({ retryAt }: CardRecord, now: number): number | null {
  return retryAt !== null && retryAt > now && retryAt <= now + longestPostponementMs ? retryAt : null;
}

/**
 * @param unsent true when this process knows that the recorded creation has not reached Discord.
 * @param now milliseconds since 1970.
 */
export function plan(record: CardRecord, unsent: boolean, now: number): Step {
  if (record.shownRevision >= record.revision) return { kind: 'skip', reason: 'already shown' };
  const until = waitsUntil(record, now);
  if (until !== null) return { kind: 'wait', reason: 'refused before', until };
  if (record.messageId !== null && record.replyTo !== null)
    return { kind: 'remove', reason: 'only a new message rings', messageId: record.messageId };
  if (record.messageId !== null) return { kind: 'edit', reason: 'state changed', messageId: record.messageId };
  if (record.intent !== null && !unsent) {
    return { kind: 'look', reason: 'an earlier attempt has no known end', since: record.intent.at };
  }
  if (record.lookSince !== null) {
    return { kind: 'look', reason: 'the ledger may not know a message of it', since: record.lookSince };
  }
  return { kind: 'create', reason: 'first time' };
}

/** Whether, after the channel could not be read back, creating again is safe: Discord then answers with the message it has. */
export function mayRelyOnNonce(record: CardRecord, now: number): boolean {
  return record.intent !== null && now - record.intent.at >= 0 && now - record.intent.at < nonceTrustedMs;
}

/**
 * At most 25 characters (Discord's limit); the same in every process for the same creation of the same card. Of a ring it also tells what it rings
 * for, by when that was wanted: while the store fails, creations are counted in memory alone.
 */
export function nonceOf({ id, replyTo, wantedAt }: Pick<CardRecord, 'id' | 'replyTo' | 'wantedAt'>, creation: number) {
  const named = replyTo === null ? [id, creation] : [id, creation, wantedAt];
  return `c-${hash('sha256', JSON.stringify(named), 'base64url').slice(0, 22)}`;
}
