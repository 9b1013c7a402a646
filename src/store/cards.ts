// Queries about cards: the publisher's ledger, and wanting a card within another domain's transaction.
import {
  type ExpressionBuilder,
  type Selectable,
  type SelectQueryBuilder,
  sql,
  type Transaction,
  type Updateable,
} from 'kysely';
import { z } from 'zod';
import type { AskedCard, CardRecord, WantedCard } from '../cards/card.ts';
import type { FoldingRule } from '../cards/fold.ts';
import type { Ledger } from '../cards/ledger.ts';
import { upsertCard } from './card-rows.ts';
import { fold, wantFolded } from './digests.ts';
import { oneRow, prepared } from './prepared.ts';
import { settledCard, settleRing } from './rings.ts';
import type { Reader, Store } from './store.ts';
import type { CardsTable, Tables } from './tables.ts';

const Roles = z.array(z.string());

/** As `upsertCard`; what is folded is shown by its digest. */
export async function wantCard(tx: Transaction<Tables>, wanted: WantedCard): Promise<AskedCard> {
  const card = await upsertCard(tx, wanted);
  if (card.folded_into !== null) await wantFolded(tx, wanted, card.folded_into);
  return { channelId: card.channel_id, isNew: card.revision === 1 };
}

export function cardLedger(store: Store, folding: FoldingRule): Ledger {
  const update = (id: string, values: Updateable<CardsTable>): Promise<void> =>
    store.commit(async (tx) => {
      await tx.updateTable('cards').set(values).where('id', '=', id).execute();
    });
  return {
    async get(id) {
      const row = await store.db.selectFrom('cards').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(row);
    },
    async next(channelId, { create, edit, except, farthest }, now) {
      if (!create && !edit) return { kind: 'idle' };
      const asked = {
        channelId,
        now,
        farthest,
        unposted: create ? 1 : 0,
        posted: edit ? 1 : 0,
        except: JSON.stringify(except),
      };
      const [row] = await mostUrgent(store.db, asked);
      if (row !== undefined) return { kind: 'card', card: toRecord(row) };
      const [later] = await nextRetry(store.db, { channelId, now, farthest });
      return typeof later?.at === 'number' ? { kind: 'later', at: later.at } : { kind: 'idle' };
    },
    async unseen(channelId) {
      const [row] = await unseenCount(store.db, { channelId });
      return { count: row?.count ?? 0, since: row?.since ?? 0 };
    },
    seen: (channelId, since, messages) =>
      store.commit(async (tx) => {
        const rows = await unseen(tx.selectFrom('cards'), channelId)
          .select('id')
          .where('look_since', '>=', since)
          .execute();
        for (const { id } of rows) {
          const messageId = messages.get(id);
          if (messageId === undefined) continue;
          await tx.updateTable('cards').set({ message_id: messageId, look_since: null }).where('id', '=', id).execute();
        }
        await tx
          .updateTable('cards')
          .set({ look_since: null })
          .where((eb) => eb.and([isUnseen(eb, channelId), eb('look_since', '>=', since)]))
          .execute();
      }),
    fold: (channelId, now) => fold(store, folding, { channelId, now }),
    doubt: () =>
      store.commit(async (tx) => {
        const rows = await tx
          .updateTable('cards')
          .set((eb) => ({ look_since: eb.ref('wanted_at') }))
          .whereRef('shown_revision', '<', 'revision')
          .where('message_id', 'is', null)
          .where('intent_at', 'is', null)
          .where('look_since', 'is', null)
          .returning('channel_id')
          .execute();
        return [...new Set(rows.map((row) => row.channel_id))];
      }),
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
        await setShown(tx, { id, messageId, revision, at });
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
    removed: (id, at) => update(id, { ...anew, shown_at: at }),
    startOver: (id, move) =>
      store.commit(async (tx) => {
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

interface NextAsked extends Record<string, string | number> {
  readonly channelId: string;
  readonly now: number;
  readonly farthest: number;
  /** Cards without and with a message: 1 where they count. */
  readonly unposted: number;
  readonly posted: number;
  /** Ids, as a JSON list. */
  readonly except: string;
}

const mostUrgent = prepared((db, asked: NextAsked) =>
  due(db)
    .selectAll()
    .where('channel_id', '=', asked.channelId)
    .where(sql<boolean>`case when message_id is null then ${asked.unposted} else ${asked.posted} end`)
    .where(sql<boolean>`id not in (select value from json_each(${asked.except}))`)
    .where((eb) => eb.or([eb('reply_to', 'is', null), eb.exists(settledCard(eb))]))
    .where((eb) =>
      eb.or([eb('retry_at', 'is', null), eb('retry_at', '<=', asked.now), eb('retry_at', '>', asked.farthest)]),
    )
    .orderBy('priority')
    .orderBy('wanted_at')
    .limit(oneRow),
);

const nextRetry = prepared((db, asked: { channelId: string; now: number; farthest: number }) =>
  due(db)
    .select((eb) => eb.fn.min('retry_at').as('at'))
    .where('channel_id', '=', asked.channelId)
    .where('retry_at', '>', asked.now)
    .where('retry_at', '<=', asked.farthest),
);

const unseenCount = prepared((db, { channelId }: { channelId: string }) =>
  unseen(db.selectFrom('cards'), channelId).select((eb) => [
    eb.fn.countAll<number>().as('count'),
    eb.fn.min('look_since').as('since'),
  ]),
);

const setShown = prepared((db, shown: { id: string; messageId: string; revision: number; at: number }) =>
  db
    .updateTable('cards')
    .set({ message_id: shown.messageId, shown_revision: shown.revision, shown_at: shown.at, look_since: null })
    .set({ attempts: 0, intent_at: null, intent_revision: null, retry_at: null })
    .where('id', '=', shown.id),
);

/** As if there had been no message. */
const anew = { message_id: null, shown_revision: 0, intent_at: null, intent_revision: null, retry_at: null } as const;

function unseen<O>(query: SelectQueryBuilder<Tables, 'cards', O>, channelId: string) {
  return query.where((eb) => isUnseen(eb, channelId));
}

function isUnseen(eb: ExpressionBuilder<Tables, 'cards'>, channelId: string) {
  return eb.and([
    eb('channel_id', '=', channelId),
    eb('shown_revision', '<', eb.ref('revision')),
    eb('message_id', 'is', null),
    eb('intent_at', 'is', null),
    eb('look_since', 'is not', null),
    // A ring bears no reference: it is looked for by what it replies to.
    eb('reply_to', 'is', null),
  ]);
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
    foldedInto: row.folded_into,
    retryAt: row.retry_at,
    attempts: row.attempts,
    wantedAt: row.wanted_at,
    open: row.open === 1,
  };
}
