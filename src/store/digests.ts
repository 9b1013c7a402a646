// Queries about storms: which cards fold into a digest, what is folded, and when it is over.
import type { ExpressionBuilder, Transaction } from 'kysely';
import { z } from 'zod';
import type { DigestStore } from '../alerts/digest.ts';
import type { WantedCard } from '../cards/card.ts';
import type { Folding, FoldingRule } from '../cards/fold.ts';
import { upsertCard, upsertRing } from './card-rows.ts';
import { toIncidents } from './incident-state.ts';
import { oneRow } from './prepared.ts';
import type { Reader, Store } from './store.ts';
import type { Tables } from './tables.ts';

/** Names who says what a digest shows; `alerts/digest.ts` does. */
const digestKind = 'digest';
/** Cards of this kind fold. */
const foldableKind = 'alert';

/** As in `cards/card.ts`. */
const critical = 0;
const refresh = 4;

/** Between two edits of a digest, so that a storm leaves room for others in the channel's limit. In milliseconds. */
const everyMs = 5_000;

/** See `Ledger.fold`. */
export async function fold(
  store: Store,
  rule: FoldingRule,
  { channelId, now }: { readonly channelId: string; readonly now: number },
): Promise<number> {
  if ((await decide(store.db, rule, channelId)).kind === 'none') return 0;
  return store.commit(async (tx) => {
    const folding = await decide(tx, rule, channelId);
    if (folding.kind === 'none') return 0;
    const digestId = await openDigest(tx, channelId, now);
    const folded = await tx
      .updateTable('cards')
      .set((eb) => ({ folded_into: digestId, shown_revision: eb.ref('revision') }))
      .where((eb) => eb.and([isFoldable(eb, channelId), eb('id', 'not in', folding.keep)]))
      .returning(['ring', 'mention_roles'])
      .execute();
    const ringing = folded.filter(({ ring }) => ring === 1);
    await wantDigest(tx, { id: digestId, channelId, after: folding.after, now });
    if (ringing.length > 0)
      await ringOnce(
        tx,
        digestId,
        ringing.map((row) => row.mention_roles),
      );
    return folded.length;
  });
}

/**
 * A folded card has a newer state: its digest shows it. Where the storm is over it gets a message of its own, and where one was made from memory
 * it keeps that.
 */
export async function wantFolded(
  tx: Transaction<Tables>,
  { id, open, wantedAt, messageId }: WantedCard,
  digestId: string,
): Promise<void> {
  const digest = await tx.selectFrom('digests').selectAll().where('id', '=', digestId).executeTakeFirst();
  const isOver = digest?.closed_at !== null;
  const isOut = messageId !== null || (open && isOver);
  const unfolded = { folded_into: null, shown_revision: 0, wanted_at: wantedAt };
  await tx
    .updateTable('cards')
    .set((eb) => (isOut ? unfolded : { shown_revision: eb.ref('revision') }))
    .where('id', '=', id)
    .execute();
  if (digest !== undefined && !(isOut && isOver))
    await wantDigest(tx, { id: digestId, channelId: digest.channel_id, after: null, now: wantedAt });
}

export function digestStore(store: Store, clock: () => Date): DigestStore {
  return {
    async read(id) {
      const row = await store.db.selectFrom('digests').selectAll().where('id', '=', id).executeTakeFirst();
      return row && { id, channelId: row.channel_id, openedAt: row.opened_at, closedAt: row.closed_at };
    },
    async folded(id, after, limit) {
      const rows = await store.db
        .selectFrom('cards')
        .innerJoin('incidents', 'incidents.id', 'cards.id')
        .select(['incidents.id', 'incidents.state', 'incidents.parts'])
        .where('folded_into', '=', id)
        .where('cards.id', '>', after)
        .orderBy('cards.id')
        .limit(limit)
        .execute();
      return toIncidents(store.db, rows);
    },
    async waiting(channelId, limit) {
      const rows = await store.db
        .selectFrom('cards')
        .innerJoin('incidents', 'incidents.id', 'cards.id')
        .select(['incidents.id', 'incidents.state', 'incidents.parts'])
        .where('channel_id', '=', channelId)
        .where('kind', '=', foldableKind)
        .where('message_id', 'is', null)
        .whereRef('shown_revision', '<', 'revision')
        .orderBy('priority')
        .orderBy('wanted_at')
        .limit(limit)
        .execute();
      return toIncidents(store.db, rows);
    },
    again: (id) =>
      store.commit(async (tx) => {
        let query = tx.selectFrom('digests').selectAll().where('closed_at', 'is', null);
        if (id !== null) query = query.where('id', '=', id);
        const open = await query.execute();
        const now = clock().getTime();
        for (const one of open) await wantDigest(tx, { id: one.id, channelId: one.channel_id, after: null, now });
        return open.map((one) => one.channel_id);
      }),
    close: (id, at) =>
      store.commit(async (tx) => {
        const open = await tx
          .selectFrom('cards')
          .innerJoin('incidents', 'incidents.id', 'cards.id')
          .select('cards.id')
          .where('folded_into', '=', id)
          .where('incidents.closed_at', 'is', null)
          .limit(oneRow)
          .executeTakeFirst();
        if (open !== undefined) return false;
        await tx
          .updateTable('digests')
          .set({ closed_at: at })
          .where('id', '=', id)
          .where('closed_at', 'is', null)
          .execute();
        await tx.updateTable('cards').set({ open: 0 }).where('id', '=', id).execute();
        return true;
      }),
  };
}

/** Removes storms that ended before `before` (milliseconds since 1970) and are shown so, with their cards, at most 500 at a time. */
export async function removeOldDigests(store: Store, before: number): Promise<number> {
  return store.commit(async (tx) => {
    const old = await tx
      .selectFrom('digests')
      .innerJoin('cards', 'cards.id', 'digests.id')
      .select('digests.id')
      .where('closed_at', '<', before)
      .whereRef('shown_revision', '>=', 'revision')
      .limit(500)
      .execute();
    const ids = old.map(({ id }) => id);
    if (ids.length === 0) return 0;
    await tx.deleteFrom('digests').where('id', 'in', ids).execute();
    await tx
      .deleteFrom('cards')
      .where((eb) => eb.or([eb('id', 'in', ids), eb('reply_to', 'in', ids)]))
      .execute();
    return ids.length;
  });
}

async function decide(db: Reader, rule: FoldingRule, channelId: string): Promise<Folding> {
  const of = (comparison: '<=' | '>', limit: number) =>
    db
      .selectFrom('cards')
      .select(['id', 'priority'])
      .where((eb) => isFoldable(eb, channelId))
      .where('priority', comparison, critical)
      .orderBy('priority')
      .orderBy('wanted_at')
      .limit(limit)
      .execute();
  const [urgent, others] = [await of('<=', rule.lookedAt.critical), await of('>', rule.lookedAt.others)];
  if (urgent.length + others.length === 0) return rule.decide([], { critical, isStorm: false });
  const storm = await db
    .selectFrom('digests')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return rule.decide([...urgent, ...others], { critical, isStorm: storm !== undefined });
}

/** Waits for its first message, which was not begun and of which none can be there already. */
function isFoldable(eb: ExpressionBuilder<Tables, 'cards'>, channelId: string) {
  return eb.and([
    eb('channel_id', '=', channelId),
    eb('kind', '=', foldableKind),
    eb('message_id', 'is', null),
    eb('intent_at', 'is', null),
    eb('look_since', 'is', null),
    eb('folded_into', 'is', null),
    eb('shown_revision', '<', eb.ref('revision')),
  ]);
}

/** The storm that goes on in the channel, or a new one. */
async function openDigest(tx: Transaction<Tables>, channelId: string, now: number): Promise<string> {
  const open = await tx
    .selectFrom('digests')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  if (open !== undefined) return open.id;
  const id = `digest-${channelId}-${now}`;
  await tx.insertInto('digests').values({ id, channel_id: channelId, opened_at: now, closed_at: null }).execute();
  return id;
}

interface AskedDigest {
  readonly id: string;
  readonly channelId: string;
  /** It follows this card; null where it does not matter. */
  readonly after: string | null;
  readonly now: number;
}

async function wantDigest(tx: Transaction<Tables>, { id, channelId, after, now }: AskedDigest): Promise<void> {
  const known = await tx.selectFrom('cards').select(['message_id', 'shown_at']).where('id', '=', id).executeTakeFirst();
  const leader =
    after === null
      ? undefined
      : await tx.selectFrom('cards').select('wanted_at').where('id', '=', after).executeTakeFirst();
  await upsertCard(tx, {
    id,
    kind: digestKind,
    channelId,
    // Its first message tells of everything that has none.
    priority: known === undefined || known.message_id === null ? critical : refresh,
    mentionRoles: [],
    ring: false,
    open: true,
    wantedAt: known === undefined && leader !== undefined ? leader.wanted_at : now,
    begun: false,
    lookSince: null,
    messageId: null,
  });
  const shownAt = known?.shown_at ?? null;
  const next = shownAt === null ? null : Math.min(shownAt, now) + everyMs;
  if (next !== null && next > now) await tx.updateTable('cards').set({ retry_at: next }).where('id', '=', id).execute();
}

const Roles = z.array(z.string());

/** A digest rings as what first rings of it does: by its message, or where that is posted by one reply. */
async function ringOnce(tx: Transaction<Tables>, digestId: string, folded: readonly string[]): Promise<void> {
  const digest = await tx.selectFrom('cards').selectAll().where('id', '=', digestId).executeTakeFirst();
  if (digest === undefined || digest.ring === 1) return;
  const roles = [...new Set([...new Set(folded)].flatMap((text) => Roles.parse(JSON.parse(text))))];
  const values = { ring: 1, mention_roles: JSON.stringify(roles) };
  await tx.updateTable('cards').set(values).where('id', '=', digestId).execute();
  if (digest.message_id === null && digest.intent_at === null) return;
  const ring = { id: `${digestId}-ring`, cardId: digestId, kind: 'ring', priority: critical, cardPriority: critical };
  await upsertRing(tx, { ...ring, mentionRoles: roles, wantedAt: digest.wanted_at, lookSince: null }, digest);
}
