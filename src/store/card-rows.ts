// Rows of the ledger as domains want them: made once, and each time asked for anew.
import type { Selectable, Transaction } from 'kysely';
import type { WantedCard, WantedRing } from '../cards/card.ts';
import type { CardsTable, Tables } from './tables.ts';

/**
 * Makes the card, or asks for its newest state to be shown. The channel, mentions and ring of a card are those of its creation; where it
 * is over before it was shown, mentions and ring are those of its end.
 * @returns where it is, and what it is folded into.
 */
export async function upsertCard(tx: Transaction<Tables>, wanted: WantedCard) {
  const begun = wanted.begun && wanted.messageId === null;
  return tx
    .insertInto('cards')
    .values({
      id: wanted.id,
      kind: wanted.kind,
      channel_id: wanted.channelId,
      priority: wanted.priority,
      revision: 1,
      shown_revision: 0,
      message_id: wanted.messageId,
      creations: begun ? 1 : 0,
      intent_at: begun ? wanted.wantedAt : null,
      intent_revision: begun ? 1 : null,
      look_since: wanted.lookSince,
      mention_roles: JSON.stringify(wanted.mentionRoles),
      ring: wanted.ring ? 1 : 0,
      attempts: 0,
      wanted_at: wanted.wantedAt,
      open: wanted.open ? 1 : 0,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        revision: eb('cards.revision', '+', 1),
        // What nobody has seen yet keeps its urgency while it goes on.
        priority: wanted.open
          ? eb
              .case()
              .when('cards.message_id', 'is', null)
              .then(eb.fn<number>('min', ['cards.priority', eb.val(wanted.priority)]))
              .else(wanted.priority)
              .end()
          : wanted.priority,
        open: wanted.open ? 1 : 0,
        // What is over before anybody has seen it rings as its end does.
        ...(!wanted.open && {
          mention_roles: eb
            .case()
            .when('cards.message_id', 'is', null)
            .then(JSON.stringify(wanted.mentionRoles))
            .else(eb.ref('cards.mention_roles'))
            .end(),
          ring: eb
            .case()
            .when('cards.message_id', 'is', null)
            .then(wanted.ring ? 1 : 0)
            .else(eb.ref('cards.ring'))
            .end(),
        }),
        // What waits already keeps its place.
        wanted_at: eb
          .case()
          .whenRef('cards.shown_revision', '>=', 'cards.revision')
          .then(wanted.wantedAt)
          .else(eb.ref('cards.wanted_at'))
          .end(),
        retry_at: null,
      })),
    )
    .returning(['channel_id', 'folded_into'])
    .executeTakeFirstOrThrow();
}

/** Makes the ring of a card that has a message, or may have one, or the next one in its place. */
export async function upsertRing(
  tx: Transaction<Tables>,
  wanted: WantedRing,
  card: Pick<Selectable<CardsTable>, 'id' | 'channel_id' | 'revision'>,
): Promise<void> {
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
      mention_roles: JSON.stringify(wanted.mentionRoles),
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
        mention_roles: JSON.stringify(wanted.mentionRoles),
        reply_revision: card.revision,
        wanted_at: wanted.wantedAt,
        retry_at: null,
      })),
    )
    .execute();
}
