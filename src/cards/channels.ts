// What the publisher needs of Discord, in the words of the cards room; the discord room satisfies it.
import type { Message } from '../message.ts';

/** How a card is to be posted, beyond what it says. */
export interface Posting {
  /** At most 25 characters, unique to this card's creation; sent with `enforce_nonce`. */
  readonly nonce: string;
  /** Roles that this message rings; nothing else in it can. */
  readonly mentionRoles: readonly string[];
  /** False sends it with SUPPRESS_NOTIFICATIONS. */
  readonly ring: boolean;
  /** Id of a message in the same channel that this one replies to. */
  readonly replyTo?: string;
  /** It is sent once this resolves; where it rejects, it is not. */
  readonly after?: Promise<void>;
}

/** What became of a request to Discord. */
export type Outcome =
  | { readonly kind: 'sent'; readonly messageId: string }
  /** Discord asked to wait (429): nothing was done. `at` is the earliest time for a request of this kind in this channel. */
  | { readonly kind: 'slow down'; readonly at: Date; readonly reason: string }
  /** No answer, or one that does not say whether it was done (timeout, connection lost, 5xx). It may have been done. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** Surely not done, worth trying again later (connection refused, no DNS). */
  | { readonly kind: 'not sent'; readonly reason: string }
  /** 10008: the message is not there (any more). On a create with a nonce: it was made, and someone deleted it. */
  | { readonly kind: 'gone' }
  /** The channel does not take it: unknown (10003), no access (50001) or a permission is missing (50013). */
  | { readonly kind: 'channel refused'; readonly code: number; readonly reason: string }
  /** 401: the token is not, or no longer, valid. */
  | { readonly kind: 'token refused'; readonly reason: string }
  /** Discord calls the request wrong (other 4xx): a defect of ours; sending the same again cannot help. */
  | { readonly kind: 'message refused'; readonly code: number; readonly reason: string };

export type Found =
  /** `mentionRoles` are those that its text names. */
  | { readonly kind: 'found'; readonly messageId: string; readonly mentionRoles: readonly string[] }
  | { readonly kind: 'not there' }
  | Exclude<Outcome, { kind: 'sent' } | { kind: 'gone' } | { kind: 'message refused' }>;

/** What our own message is known by: its marker, or for a ring the message that it replies to. */
export type Mark = { readonly marker: string } | { readonly replyTo: string };

/** What is in a channel: our own messages made since then, by their markers. */
export type ReadBack =
  | { readonly kind: 'read'; readonly messages: ReadonlyMap<string, string> }
  | Exclude<Found, { kind: 'found' } | { kind: 'not there' }>;

/**
 * One request each, tried once; never throws for what Discord or the network does. The caller keeps to one request per
 * channel at a time. `marker` is shown as `ref <marker>` at the end of the first embed's footer; null shows none.
 */
export interface Channels {
  create(
    channelId: string,
    message: Message,
    marker: string | null,
    posting: Posting,
    signal: AbortSignal,
  ): Promise<Outcome>;
  edit(channelId: string, messageId: string, message: Message, marker: string, signal: AbortSignal): Promise<Outcome>;
  /** Deletes our own message; `sent` names it. */
  remove(channelId: string, messageId: string, signal: AbortSignal): Promise<Outcome>;
  /** Looks for our own message among those made since `since` (with some margin for clocks). */
  find(channelId: string, mark: Mark, since: Date, signal: AbortSignal): Promise<Found>;
  /** All of them at once, for many cards. */
  readBack(channelId: string, since: Date, signal: AbortSignal): Promise<ReadBack>;
}
