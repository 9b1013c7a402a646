// Queries about rings: short replies to cards, which the ledger holds as cards of their own.
import type { ExpressionBuilder, Selectable, Transaction } from 'kysely';
import { z } from 'zod';
import type { RungRing, WantedRing } from '../cards/card.ts';
import { upsertRing } from './card-rows.ts';
import { prepared } from './prepared.ts';
import type { CardsTable, Tables } from './tables.ts';

const Roles = z.array(z.string());

/**
 * Asks for a short reply to a card that rings, in place of the one before. A card whose message is still to be made rings as its newest
 * state does, and for those of the ring as well; where it may have been made already, the ring waits for that to be known.
 * @returns the channel in which something waits now; null where there is no such card.
 */
export async function wantRing(tx: Transaction<Tables>, wanted: WantedRing): Promise<string | null> {
  const card = await tx.selectFrom('cards').selectAll().where('id', '=', wanted.cardId).executeTakeFirst();
  if (card === undefined) return null;
  if (card.message_id === null) await ringByItself(tx, wanted, card);
  if (card.message_id !== null || card.intent_at !== null || card.look_since !== null)
    await upsertRing(tx, wanted, card);
  return card.channel_id;
}

async function ringByItself(tx: Transaction<Tables>, wanted: WantedRing, card: Selectable<CardsTable>): Promise<void> {
  const roles = new Set([...Roles.parse(JSON.parse(card.mention_roles)), ...wanted.mentionRoles]);
  // What rings has a message of its own.
  const unfolded = { folded_into: null, shown_revision: 0, wanted_at: wanted.wantedAt };
  const values = {
    mention_roles: JSON.stringify([...roles]),
    ring: 1,
    priority: Math.min(card.priority, wanted.cardPriority),
    ...(card.folded_into !== null && unfolded),
  };
  await tx.updateTable('cards').set(values).where('id', '=', card.id).execute();
}

/** This is the ring's message now, and the one before is gone. */
export async function noteRing(
  tx: Transaction<Tables>,
  { id, cardId, kind, priority, messageId, at }: RungRing,
): Promise<void> {
  const card = await tx
    .selectFrom('cards')
    .select(['channel_id', 'revision'])
    .where('id', '=', cardId)
    .executeTakeFirst();
  if (card === undefined) return;
  const made = { channel_id: card.channel_id, reply_revision: card.revision, message_id: messageId, shown_at: at };
  await tx
    .insertInto('cards')
    .values({
      ...made,
      ...{ id, kind, priority, reply_to: cardId, wanted_at: at, mention_roles: '[]', ring: 1, open: 0 },
      ...{ revision: 1, shown_revision: 1, creations: 1, attempts: 0 },
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        ...made,
        revision: eb('revision', '+', 1),
        shown_revision: eb('revision', '+', 1),
        creations: eb('creations', '+', 1),
        ...{ intent_at: null, intent_revision: null, look_since: null, retry_at: null, attempts: 0 },
      })),
    )
    .execute();
}

/** Asks for a ring that is there, may be, or is about to be, to be looked at again: it may no longer apply. */
export async function reviewRing(tx: Transaction<Tables>, id: string, priority: number): Promise<void> {
  await tx
    .updateTable('cards')
    .set((eb) => ({ revision: eb('revision', '+', 1), priority }))
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('message_id', 'is not', null),
        eb('intent_at', 'is not', null),
        eb('shown_revision', '<', eb.ref('revision')),
      ]),
    )
    .execute();
}

/** The card that a ring replies to, once it is known whether and where it is posted. */
export function settledCard(eb: ExpressionBuilder<Tables, 'cards'>) {
  return eb
    .selectFrom('cards as card')
    .select('card.id')
    .whereRef('card.id', '=', 'cards.reply_to')
    .where((one) =>
      one.or([one('card.message_id', 'is not', null), one('card.shown_revision', '>=', one.ref('card.revision'))]),
    );
}

const settle = prepared((db, asked: { cardId: string; revision: number }) =>
  db
    .updateTable('cards')
    .set((eb) => ({ shown_revision: eb.ref('revision') }))
    .where('reply_to', '=', asked.cardId)
    .where('message_id', 'is', null)
    .where('reply_revision', '<=', asked.revision)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('cards as card')
          .select('card.id')
          .where('card.id', '=', asked.cardId)
          .where('card.message_id', 'is', null),
      ),
    ),
);

/** A message that is made now rings by itself, for all that has happened until the revision that it shows. */
export async function settleRing(tx: Transaction<Tables>, cardId: string, revision: number): Promise<void> {
  await settle(tx, { cardId, revision });
}
