// Rows of the ledger as domains want them: made once, and each time asked for anew.
import type {
  Expression,
  ExpressionBuilder,
  OnConflictDatabase,
  OnConflictTables,
  Selectable,
  Transaction,
} from 'kysely';
import type { WantedCard, WantedRing } from '../cards/card.ts';
import { prepared } from './prepared.ts';
import type { Reader } from './store.ts';
import type { CardsTable, Tables } from './tables.ts';

/**
 * Makes the card, or asks for its newest state to be shown. The channel, mentions and ring of a card are those of its creation; where it
 * is over before it was shown, mentions and ring are those of its end.
 * @returns where it is, what it is folded into, and its revision, which is 1 for one that was made now.
 */
export async function upsertCard(tx: Transaction<Tables>, wanted: WantedCard) {
  const begun = wanted.begun && wanted.messageId === null;
  const [card] = await (wanted.open ? upsertOpen : upsertEnded)(tx, {
    id: wanted.id,
    kind: wanted.kind,
    channelId: wanted.channelId,
    priority: wanted.priority,
    messageId: wanted.messageId,
    creations: begun ? 1 : 0,
    intentAt: begun ? wanted.wantedAt : null,
    intentRevision: begun ? 1 : null,
    lookSince: wanted.lookSince,
    lookAgainSince: wanted.fromMemory === true && wanted.messageId === null ? wanted.lookSince : null,
    mentionRoles: JSON.stringify(wanted.mentionRoles),
    ring: wanted.ring ? 1 : 0,
    wantedAt: wanted.wantedAt,
  });
  if (card === undefined) throw new Error('An upsert of a card returned no row');
  return card;
}

interface CardRow extends Record<string, string | number | null> {
  readonly id: string;
  readonly kind: string;
  readonly channelId: string;
  readonly priority: number;
  readonly messageId: string | null;
  readonly creations: number;
  readonly intentAt: number | null;
  readonly intentRevision: number | null;
  readonly lookSince: number | null;
  /** Where the card is there already. */
  readonly lookAgainSince: number | null;
  readonly mentionRoles: string;
  readonly ring: number;
  readonly wantedAt: number;
}

const upsertOpen = prepared((db, row: CardRow) =>
  insert(db, row, 1).onConflict((conflict) =>
    conflict.column('id').doUpdateSet((eb) => ({
      ...asked(eb, row),
      open: 1,
      // What nobody has seen yet keeps its urgency while it goes on.
      priority: unseen(eb, eb.fn<number>('min', ['cards.priority', eb.val(row.priority)]), eb.val(row.priority)),
    })),
  ),
);

const upsertEnded = prepared((db, row: CardRow) =>
  insert(db, row, 0).onConflict((conflict) =>
    conflict.column('id').doUpdateSet((eb) => ({
      ...asked(eb, row),
      open: 0,
      priority: row.priority,
      // What is over before anybody has seen it rings as its end does.
      mention_roles: unseen(eb, eb.val(row.mentionRoles), eb.ref('cards.mention_roles')),
      ring: unseen(eb, eb.val(row.ring), eb.ref('cards.ring')),
    })),
  ),
);

function insert(db: Reader, row: CardRow, open: 0 | 1) {
  return db
    .insertInto('cards')
    .values({
      id: row.id,
      kind: row.kind,
      channel_id: row.channelId,
      priority: row.priority,
      revision: 1,
      shown_revision: 0,
      message_id: row.messageId,
      creations: row.creations,
      intent_at: row.intentAt,
      intent_revision: row.intentRevision,
      look_since: row.lookSince,
      mention_roles: row.mentionRoles,
      ring: row.ring,
      attempts: 0,
      wanted_at: row.wantedAt,
      open,
    })
    .returning(['channel_id', 'folded_into', 'revision']);
}

function asked(eb: ExpressionBuilder<OnConflictDatabase<Tables, 'cards'>, OnConflictTables<'cards'>>, row: CardRow) {
  return {
    revision: eb('cards.revision', '+', 1),
    // What waits already keeps its place.
    wanted_at: eb
      .case()
      .whenRef('cards.shown_revision', '>=', 'cards.revision')
      .then(row.wantedAt)
      .else(eb.ref('cards.wanted_at'))
      .end(),
    retry_at: null,
    // What was made from memory while the store failed.
    message_id: eb.fn.coalesce('cards.message_id', eb.val(row.messageId)),
    look_since: unseen(
      eb,
      eb
        .case()
        // One that is folded may have got a message while the store failed; it is looked for should it leave its digest.
        .when('cards.folded_into', 'is not', null)
        .then(eb.fn.coalesce(eb.val(row.lookSince), 'cards.look_since'))
        .else(eb.fn.coalesce(eb.val(row.lookAgainSince), 'cards.look_since'))
        .end(),
      eb.ref('cards.look_since'),
    ),
  };
}

/** One value while the card has no message, and another from then on. */
function unseen<T>(
  eb: ExpressionBuilder<OnConflictDatabase<Tables, 'cards'>, OnConflictTables<'cards'>>,
  value: Expression<T>,
  otherwise: Expression<T>,
) {
  return eb.case().when('cards.message_id', 'is', null).then(value).else(otherwise).end();
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
      look_since: wanted.lookSince,
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
        look_since: wanted.lookSince ?? eb.ref('cards.look_since'),
        wanted_at: wanted.wantedAt,
        retry_at: null,
      })),
    )
    .execute();
}
