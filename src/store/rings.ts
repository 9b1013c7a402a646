// Queries about rings: short replies to cards, which the ledger holds as cards of their own.
import type { ExpressionBuilder, Transaction } from 'kysely';
import { z } from 'zod';
import type { WantedRing } from '../cards/card.ts';
import type { Tables } from './tables.ts';

const Roles = z.array(z.string());

/**
 * Asks for a short reply to a card that rings, in place of the one before. A card whose message is still to be made rings as its newest
 * state does, and for those of the ring as well; where it may have been made already, the ring waits for that to be known.
 * @returns the channel in which something waits now; null where there is no such card.
 */
export async function wantRing(tx: Transaction<Tables>, wanted: WantedRing): Promise<string | null> {
  const card = await tx.selectFrom('cards').selectAll().where('id', '=', wanted.cardId).executeTakeFirst();
  if (card === undefined) return null;
  const roles = JSON.stringify(wanted.mentionRoles);
  if (card.message_id === null) {
    const all = JSON.stringify([...new Set([...Roles.parse(JSON.parse(card.mention_roles)), ...wanted.mentionRoles])]);
    // What rings has a message of its own, in a storm too.
    const unfolded = { folded_into: null, shown_revision: 0, priority: wanted.priority, wanted_at: wanted.wantedAt };
    const values = { mention_roles: all, ring: 1, ...(card.folded_into !== null && unfolded) };
    await tx.updateTable('cards').set(values).where('id', '=', card.id).execute();
    if (card.intent_at === null) return card.channel_id;
  }
  await tx
    .insertInto('cards')
    .values({
      id: wanted.id,
      kind: wanted.kind,
      channel_id: card.channel_id,
      priority: wanted.priority,
      revision: 1,
      shown_revision: 0,
      creations: 0,
      mention_roles: roles,
      ring: 1,
      reply_to: card.id,
      reply_revision: card.revision,
      attempts: 0,
      wanted_at: wanted.wantedAt,
      open: 0,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        revision: eb('cards.revision', '+', 1),
        // It follows its card, in whose old channel nothing can be told any more.
        channel_id: card.channel_id,
        message_id: eb
          .case()
          .when('cards.channel_id', '=', card.channel_id)
          .then(eb.ref('cards.message_id'))
          .else(null)
          .end(),
        priority: wanted.priority,
        mention_roles: roles,
        reply_revision: card.revision,
        wanted_at: wanted.wantedAt,
        retry_at: null,
      })),
    )
    .execute();
  return card.channel_id;
}

/** Asks for a ring that is there, or may be, to be looked at again: it may no longer apply. */
export async function reviewRing(tx: Transaction<Tables>, id: string, priority: number): Promise<void> {
  await tx
    .updateTable('cards')
    .set((eb) => ({ revision: eb('revision', '+', 1), priority }))
    .where('id', '=', id)
    .where((eb) => eb.or([eb('message_id', 'is not', null), eb('intent_at', 'is not', null)]))
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

/** A message that is made now rings by itself, for all that has happened until the revision that it shows. */
export async function settleRing(tx: Transaction<Tables>, cardId: string, revision: number): Promise<void> {
  await tx
    .updateTable('cards')
    .set((eb) => ({ shown_revision: eb.ref('revision') }))
    .where('reply_to', '=', cardId)
    .where('message_id', 'is', null)
    .where('reply_revision', '<=', revision)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('cards as card')
          .select('card.id')
          .where('card.id', '=', cardId)
          .where('card.message_id', 'is', null),
      ),
    )
    .execute();
}
