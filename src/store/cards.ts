// Queries about cards: the publisher's ledger, and wanting a card within another domain's transaction.
import type { Selectable, Transaction, Updateable } from 'kysely';
import { z } from 'zod';
import type { CardRecord, WantedCard } from '../cards/card.ts';
import type { Ledger } from '../cards/ledger.ts';
import { settledCard, settleRing } from './rings.ts';
import type { Reader, Store } from './store.ts';
import type { CardsTable, Tables } from './tables.ts';

const Roles = z.array(z.string());

/**
 * Makes the card, or asks for its newest state to be shown. The channel, mentions and ring of a card are those of its creation; where it
 * is over before it was shown, mentions and ring are those of its end.
 * @returns the card's channel.
 */
export async function wantCard(tx: Transaction<Tables>, wanted: WantedCard): Promise<string> {
  const begun = wanted.begun && wanted.messageId === null;
  const row = await tx
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
    .returning('channel_id')
    .executeTakeFirstOrThrow();
  return row.channel_id;
}

export function cardLedger(store: Store): Ledger {
  const update = (id: string, values: Updateable<CardsTable>): Promise<void> =>
    store.commit(async (tx) => {
      await tx.updateTable('cards').set(values).where('id', '=', id).execute();
    });
  return {
    async get(id) {
      const row = await store.db.selectFrom('cards').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(row);
    },
    async next(channelId, allowed, now) {
      if (!allowed.create && !allowed.edit) return { kind: 'idle' };
      let query = due(store.db).selectAll().where('channel_id', '=', channelId);
      if (!allowed.create) query = query.where('message_id', 'is not', null);
      if (!allowed.edit) query = query.where('message_id', 'is', null);
      if (allowed.except.length > 0) query = query.where('id', 'not in', allowed.except);
      query = query.where((eb) => eb.or([eb('reply_to', 'is', null), eb.exists(settledCard(eb))]));
      const row = await query
        .where((eb) => eb.or([eb('retry_at', 'is', null), eb('retry_at', '<=', now)]))
        .orderBy('priority')
        .orderBy('wanted_at')
        .limit(1)
        .executeTakeFirst();
      if (row !== undefined) return { kind: 'card', card: toRecord(row) };
      const later = await due(store.db)
        .select((eb) => eb.fn.min('retry_at').as('at'))
        .where('channel_id', '=', channelId)
        .where('retry_at', '>', now)
        .executeTakeFirst();
      return typeof later?.at === 'number' ? { kind: 'later', at: later.at } : { kind: 'idle' };
    },
    async channelsWithWork() {
      const rows = await due(store.db).select('channel_id').distinct().execute();
      return rows.map((row) => row.channel_id);
    },
    async waiting(except) {
      const query = except.length === 0 ? due(store.db) : due(store.db).where('id', 'not in', except);
      const row = await query
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('wanted_at').as('since')])
        .executeTakeFirstOrThrow();
      return { count: row.count, since: row.since };
    },
    begin: (id, intent) =>
      update(id, { intent_at: intent.at, intent_revision: intent.revision, creations: intent.creations }),
    shown: (id, messageId, revision, at) =>
      store.commit(async (tx) => {
        await settleRing(tx, id, revision);
        const values = { message_id: messageId, shown_revision: revision, shown_at: at, look_since: null, attempts: 0 };
        await tx
          .updateTable('cards')
          .set({ ...values, intent_at: null, intent_revision: null, retry_at: null })
          .where('id', '=', id)
          .execute();
      }),
    async activity(since) {
      const rows = await store.db
        .selectFrom('cards')
        .select(['channel_id', 'shown_at', 'intent_at'])
        .where((eb) => eb.or([eb('shown_at', '>=', since), eb('intent_at', '>=', since)]))
        .execute();
      return rows
        .map((row) => ({ channelId: row.channel_id, at: Math.max(row.shown_at ?? 0, row.intent_at ?? 0) }))
        .sort((a, b) => a.at - b.at);
    },
    startOver: (id, move) =>
      store.commit(async (tx) => {
        const anew = { message_id: null, shown_revision: 0, intent_at: null, intent_revision: null, retry_at: null };
        // In the other channel there may be one that the ledger does not know, too.
        const moved =
          move === undefined
            ? { look_since: null }
            : { channel_id: move.channelId, refused_channel_id: move.refusedChannelId };
        await tx
          .updateTable('cards')
          .set({ ...anew, ...moved })
          .where('id', '=', id)
          .execute();
        if (move === undefined) return;
        // A ring follows its card.
        const followed = { ...anew, channel_id: move.channelId };
        await tx.updateTable('cards').set(followed).where('reply_to', '=', id).execute();
      }),
    settle: (id, revision) =>
      update(id, { shown_revision: revision, intent_at: null, intent_revision: null, retry_at: null }),
    postpone: (id, retryAt, attempts) => update(id, { retry_at: retryAt, attempts }),
  };
}

function due(db: Reader) {
  return db.selectFrom('cards').whereRef('shown_revision', '<', 'revision');
}

function toRecord(row: Selectable<CardsTable>): CardRecord {
  const intent = row.intent_at === null ? null : { at: row.intent_at, revision: row.intent_revision ?? row.revision };
  return {
    id: row.id,
    kind: row.kind,
    channelId: row.channel_id,
    refusedChannelId: row.refused_channel_id,
    priority: row.priority,
    revision: row.revision,
    shownRevision: row.shown_revision,
    messageId: row.message_id,
    creations: row.creations,
    intent,
    lookSince: row.look_since,
    mentionRoles: Roles.parse(JSON.parse(row.mention_roles)),
    ring: row.ring === 1,
    replyTo: row.reply_to,
    retryAt: row.retry_at,
    attempts: row.attempts,
    wantedAt: row.wanted_at,
    open: row.open === 1,
  };
}
