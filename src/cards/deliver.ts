// One attempt to make Discord show a card as it should be, and what is recorded of it.
import type { Logger } from 'pino';
import type { Message } from '../message.ts';
import type { CardRecord } from './card.ts';
import type { Channels, Found, Mark, Outcome, Posting } from './channels.ts';
import { mentionedBy, plain, withRefusal } from './fallback.ts';
import type { Ledger } from './ledger.ts';
import { longestPostponementMs, mayRelyOnNonce, nonceOf, plan } from './plan.ts';

export interface Attempt {
  readonly record: CardRecord;
  readonly message: Message;
  /** Whether the recorded creation is known not to have left this process. */
  readonly unsent: boolean;
  /** False for a card that is in memory alone because the store fails. */
  readonly written: boolean;
  /** Of a card that is begun: nothing is sent before. */
  readonly durable?: Promise<void> | undefined;
  /** The revision of a creation from memory whose end is not known; undefined where there is none. */
  readonly triedAs?: number | undefined;
}

type NotFoundOut = Exclude<Found, { kind: 'found' } | { kind: 'not there' }>;

/** An attempt that needs no message. */
type Undrawn = Omit<Attempt, 'message'>;

export interface DeliveryContext {
  readonly ledger: Ledger;
  readonly channels: Channels;
  readonly defaultChannelId: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** The card that a ring replies to. */
  readonly cardOf: (cardId: string) => Promise<CardRecord | undefined>;
  /** Writes down that this message shows this revision of the card, 0 where it is not known which; never rejects. */
  readonly remember: (of: Pick<Attempt, 'record' | 'written'>, messageId: string, revision: number) => Promise<void>;
  /** The creation of this revision has left, and its end is not known. */
  readonly tried: (cardId: string, revision: number) => void;
  /** The message of this ring is deleted; never rejects. */
  readonly removed: (of: Pick<Attempt, 'record' | 'written'>, messageId: string) => Promise<void>;
  /** The creation of this card leaves without being written down; a message of it is not older than `since` (milliseconds since 1970). */
  readonly unbegun: (cardId: string, since: number) => void;
}

/** What became of an attempt that failed. */
export type FailedOutcome = Exclude<Outcome['kind'], 'sent'>;

interface Failure {
  readonly outcome: FailedOutcome;
  /** For the log; empty where the outcome says it all. */
  readonly reason: string;
  /** The creation is recorded as begun, but surely was not made. */
  readonly unsent: boolean;
}

export type Delivery =
  /** Discord shows this revision. */
  | { readonly kind: 'shown'; readonly step: 'create' | 'edit'; readonly messageId: string; readonly revision: number }
  /** Nothing was to be done. */
  | { readonly kind: 'done' }
  /** The message of a ring is deleted. */
  | { readonly kind: 'removed' }
  /** A message of the card is gone: take it up anew. */
  | ({ readonly kind: 'again' } & Failure)
  | ({ readonly kind: 'slow down'; readonly at: number; readonly of: 'create' | 'edit' } & Failure)
  /** Discord cannot be reached or does not say what it did. */
  | ({ readonly kind: 'away'; readonly of: 'create' | 'edit' } & Failure)
  | ({ readonly kind: 'token refused' } & Failure)
  /** The channel takes nothing; where the card has moved, `to` is its new channel. */
  | ({
      readonly kind: 'channel refused';
      readonly to: string | null;
      readonly code: number;
    } & Failure)
  /** This card alone waits; others may go. */
  | ({ readonly kind: 'postponed' } & Failure);

/** How long a message or channel that was refused so many times before is left alone, in milliseconds. */
export function postponement(attempts: number): number {
  return Math.min(longestPostponementMs, 2 ** Math.min(attempts, 10) * 60_000);
}

/** Discord's code for a channel that the bot does not even see. */
const missingAccess = 50001;

/** A ring that no longer applies: its message goes away. Rejects as `deliver` does. */
export async function withdraw(attempt: Undrawn, context: DeliveryContext): Promise<Delivery> {
  const { record } = attempt;
  if (record.messageId !== null) return remove(attempt, record.messageId, context);
  const mayBeThere = (record.intent !== null && !attempt.unsent) || record.lookSince !== null;
  const mark = mayBeThere ? await markOf(record, context) : null;
  if (mark !== null) {
    const since = new Date(record.intent?.at ?? record.lookSince ?? record.wantedAt);
    const found = await context.channels.find(record.channelId, mark, since, context.signal);
    if (found.kind === 'found') {
      await context.remember(attempt, found.messageId, 0);
      return remove(attempt, found.messageId, context);
    }
    if (found.kind !== 'not there') return unseen(attempt, found, context);
  }
  await context.ledger.settle(record.id, record.revision);
  return { kind: 'done' };
}

/** Never throws for what Discord does; rejects with `StoreFailed` where the ledger cannot take what follows from a refusal. */
export async function deliver(attempt: Attempt, context: DeliveryContext): Promise<Delivery> {
  const { record, message } = attempt;
  const time = context.now().getTime();
  const step = plan(record, attempt.unsent, time);
  switch (step.kind) {
    case 'skip':
    case 'wait':
      return { kind: 'done' };
    case 'edit':
      return edit(attempt, step.messageId, context);
    case 'remove':
      return remove(attempt, step.messageId, context);
    case 'create':
      return create(attempt, context);
    case 'look': {
      const mark = await markOf(record, context);
      // Without the message that it replies to, nothing is to be rung for.
      if (mark === null) return create(attempt, context);
      const found = await context.channels.find(record.channelId, mark, new Date(step.since), context.signal);
      if (found.kind === 'found') return adopt({ ...attempt, message }, found, context);
      if (found.kind === 'not there') return create(attempt, context);
      return notFoundOut(attempt, found, context);
    }
  }
}

/** What the card's message is known by; null for a ring whose card has no message. */
async function markOf(record: CardRecord, { cardOf }: Pick<DeliveryContext, 'cardOf'>): Promise<Mark | null> {
  if (record.replyTo === null) return { marker: record.id };
  const card = await cardOf(record.replyTo);
  return card === undefined || card.messageId === null ? null : { replyTo: card.messageId };
}

/** Writes the intent down. Where the store takes nothing, the channel is read back instead; the answer then is what comes of that. */
async function begin(
  attempt: Attempt,
  intent: { at: number; revision: number; creations: number },
  context: DeliveryContext,
) {
  const { record } = attempt;
  try {
    await context.ledger.begin(record.id, intent);
    return null;
  } catch (err) {
    context.log.warn({ err, ref: record.id }, 'A creation could not be written down: its channel is read back first');
    const mark = await markOf(record, context);
    if (mark === null) return null;
    const found = await context.channels.find(record.channelId, mark, new Date(record.wantedAt), context.signal);
    if (found.kind === 'found') return adopt(attempt, found, context);
    if (found.kind !== 'not there') return unseen(attempt, found, context);
    context.unbegun(record.id, record.wantedAt);
    return null;
  }
}

async function adopt(
  attempt: Attempt,
  { messageId, mentionRoles }: Extract<Found, { kind: 'found' }>,
  context: DeliveryContext,
): Promise<Delivery> {
  const { record, triedAs } = attempt;
  const [first] = mentionedBy(record, context.defaultChannelId);
  if (record.replyTo !== null && first !== undefined && !mentionRoles.includes(first)) {
    // It rang others, for something before: whom this one is for are still to be rung.
    return remove(attempt, messageId, context);
  }
  context.log.info({ ref: record.id, message: messageId }, 'A message that the ledger did not know is adopted');
  if (record.replyTo === null) {
    // Before the edit, which may have to wait: what was found is not looked for again and again.
    await context.remember(attempt, messageId, 0);
    return edit(attempt, messageId, context);
  }
  // The one that was known before is deleted by now: this one can only be what was begun, or what nothing is known of.
  return { kind: 'shown', step: 'create', messageId, revision: triedAs ?? record.intent?.revision ?? record.revision };
}

/** Deletes the message of a ring. Rejects as `deliver` does. */
async function remove(attempt: Undrawn, messageId: string, context: DeliveryContext): Promise<Delivery> {
  const { record } = attempt;
  const outcome = await context.channels.remove(record.channelId, messageId, context.signal);
  if (outcome.kind === 'message refused') {
    // It stays; the next one is worth more than its absence.
    context.log.warn({ ref: record.id, code: outcome.code, reason: outcome.reason }, 'A ring could not be deleted');
  } else if (outcome.kind !== 'sent' && outcome.kind !== 'gone') {
    return consequences(attempt, outcome, 'edit', context);
  }
  await context.removed(attempt, messageId);
  return { kind: 'removed' };
}

/**
 * The channel could not be read back. Where it lets nobody read it but takes messages, creating again is safe while Discord remembers
 * the nonce; after anything else that went wrong it is read again, since Discord may forget a nonce early.
 */
async function notFoundOut(attempt: Attempt, found: NotFoundOut, context: DeliveryContext): Promise<Delivery> {
  const unreadable = found.kind === 'channel refused' && found.code !== missingAccess;
  if (unreadable && mayRelyOnNonce(attempt.record, context.now().getTime())) return create(attempt, context);
  return unseen(attempt, found, context);
}

/** A look that failed says nothing about the creation that was looked for. */
async function unseen(attempt: Undrawn, found: NotFoundOut, context: DeliveryContext): Promise<Delivery> {
  const delivery = await consequences(attempt, found, 'create', context);
  return 'unsent' in delivery ? { ...delivery, unsent: attempt.unsent } : delivery;
}

async function create(attempt: Attempt, context: DeliveryContext): Promise<Delivery> {
  const { record } = attempt;
  const time = context.now().getTime();
  const card = record.replyTo === null ? undefined : await context.cardOf(record.replyTo);
  if (record.replyTo !== null && !isPosted(card, record)) {
    // Its card has moved: that rings by itself.
    if (attempt.written) await context.ledger.settle(record.id, record.revision);
    return { kind: 'done' };
  }
  const repeated = record.intent !== null && (attempt.unsent || mayRelyOnNonce(record, time));
  const creations = repeated ? Math.max(1, record.creations) : record.creations + 1;
  const intent = repeated && record.intent !== null ? record.intent : { at: time, revision: record.revision };
  if (!repeated && attempt.written) {
    const instead = await begin(attempt, { ...intent, creations }, context);
    if (instead !== null) return instead;
  }
  const posting: Posting = {
    nonce: nonceOf(record, creations),
    mentionRoles: mentionedBy(record, context.defaultChannelId),
    ring: record.ring,
    ...(card !== undefined && card.messageId !== null && { replyTo: card.messageId }),
    ...(attempt.durable !== undefined && { after: attempt.durable }),
  };
  const message = withRefusal(attempt.message, record);
  const marker = record.replyTo === null ? record.id : null;
  let outcome = await context.channels.create(record.channelId, message, marker, posting, context.signal);
  if (outcome.kind === 'message refused') {
    context.log.error(
      { ref: record.id, code: outcome.code, reason: outcome.reason },
      'Discord refuses a message as wrong: a plain one is sent',
    );
    outcome = await context.channels.create(record.channelId, plain(message), marker, posting, context.signal);
  }
  if (outcome.kind === 'unknown') context.tried(record.id, record.revision);
  if (outcome.kind === 'sent') {
    // Where an earlier attempt did reach Discord, its message came back: it shows what was sent then. A ring for something else has another nonce.
    const isNew = attempt.unsent || !repeated || record.replyTo !== null;
    const revision = isNew ? record.revision : intent.revision;
    return { kind: 'shown', step: 'create', messageId: outcome.messageId, revision };
  }
  return consequences(attempt, outcome, 'create', context);
}

function isPosted(card: CardRecord | undefined, ring: CardRecord): boolean {
  return card !== undefined && card.messageId !== null && card.channelId === ring.channelId;
}

async function edit(attempt: Attempt, messageId: string, context: DeliveryContext): Promise<Delivery> {
  const { record } = attempt;
  const message = withRefusal(attempt.message, record);
  let outcome = await context.channels.edit(record.channelId, messageId, message, record.id, context.signal);
  if (outcome.kind === 'message refused') {
    context.log.error(
      { ref: record.id, code: outcome.code, reason: outcome.reason },
      'Discord refuses an edit as wrong: a plain one is sent',
    );
    outcome = await context.channels.edit(record.channelId, messageId, plain(message), record.id, context.signal);
  }
  if (outcome.kind === 'sent') return { kind: 'shown', step: 'edit', messageId, revision: record.revision };
  return consequences(attempt, outcome, 'edit', context);
}

async function consequences(
  attempt: Undrawn,
  outcome: Exclude<Outcome | Found, { kind: 'sent' } | { kind: 'found' } | { kind: 'not there' }>,
  of: 'create' | 'edit',
  context: DeliveryContext,
): Promise<Delivery> {
  const { record, written } = attempt;
  const { ledger, log } = context;
  const failure = { outcome: outcome.kind, reason: 'reason' in outcome ? outcome.reason : '', unsent: false };
  switch (outcome.kind) {
    case 'slow down':
      return {
        ...failure,
        kind: 'slow down',
        at: outcome.at.getTime(),
        of,
        unsent: of === 'create' && isFresh(attempt),
      };
    case 'not sent':
      return { ...failure, kind: 'away', of, unsent: of === 'create' && isFresh(attempt) };
    case 'unknown':
      log.warn({ ref: record.id, reason: outcome.reason }, 'Discord did not say what became of a message');
      return { ...failure, kind: 'away', of };
    case 'token refused':
      return { ...failure, kind: 'token refused', unsent: of === 'create' && isFresh(attempt) };
    case 'gone':
      log.info({ ref: record.id, again: record.open }, 'Someone deleted the message of a card');
      if (written) await (record.open ? ledger.startOver(record.id) : ledger.settle(record.id, record.revision));
      return { ...failure, kind: 'again' };
    case 'channel refused':
      return refusedByChannel(attempt, outcome, context);
    case 'message refused':
      log.error({ ref: record.id, code: outcome.code, reason: outcome.reason }, 'Discord refuses even a plain message');
      if (written)
        await ledger.postpone(record.id, context.now().getTime() + postponement(record.attempts), record.attempts + 1);
      return { ...failure, kind: 'postponed' };
  }
}

/** Whether no earlier attempt of this creation can have reached Discord. */
function isFresh(attempt: Undrawn): boolean {
  return attempt.unsent || attempt.record.intent === null;
}

/** The card goes to the default channel; where that one refuses, it stays there until it no longer does. */
async function refusedByChannel(
  { record, written }: Pick<Attempt, 'record' | 'written'>,
  { code, reason }: Extract<Outcome, { kind: 'channel refused' }>,
  { defaultChannelId, ledger }: DeliveryContext,
): Promise<Delivery> {
  const refused = { kind: 'channel refused', outcome: 'channel refused', code, reason } as const;
  if (record.channelId === defaultChannelId) return { ...refused, to: null, unsent: record.intent === null };
  const move = { channelId: defaultChannelId, refusedChannelId: record.channelId };
  if (written) await ledger.startOver(record.id, move);
  return { ...refused, to: defaultChannelId, unsent: false };
}
