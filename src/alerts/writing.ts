// What a transaction writes of an incident: its state, the card that it wants, and its ring.
import { priorities, ringId, type WantedCard } from '../cards/card.ts';
import type { AlertPublisher } from './alert-publisher.ts';
import type { Held } from './held.ts';
import type { Incident } from './incident.ts';
import { escalationOf } from './ring.ts';
import { ringMessage } from './ring-message.ts';
import { rungRing, wantedRing } from './rings.ts';
import { chooseDestination, type Route } from './routes.ts';
import type { AlertTransaction } from './store.ts';
import { priorityOf } from './taken.ts';
import type { Turned } from './turn.ts';

/** What a transaction left to be shown. */
export interface Written {
  /** In which something waits now; null where nothing does. */
  readonly channelId: string | null;
  /** Its card, where that is new and its creation begun. */
  readonly begun: WantedCard | null;
}

/** What a transaction is to write. */
export interface ToWrite extends Pick<Turned, 'result' | 'ring'> {
  readonly before: Incident | undefined;
  /** The message that rang last from memory, as known when `ring` was decided; null where there is none. */
  readonly rungBy: string | null;
}

export const nothing: Written = { channelId: null, begun: null };

/** The kind of these cards in the ledger. */
export const alertCard = 'alert';

export interface WritingOptions extends Pick<Held, 'completeSince' | 'unsureSince'> {
  readonly publisher: Pick<AlertPublisher, 'reserve' | 'unwrittenMessage'>;
  readonly routes: readonly Route[];
  readonly defaultChannelId: string;
  readonly now: () => Date;
}

export interface Writing {
  /** Its card as it is to be now; one that is begun is promised to the publisher until it is woken or released. */
  want(result: Turned['result']): WantedCard;
  write(tx: AlertTransaction, what: ToWrite, wanted: WantedCard | undefined): Promise<Written>;
}

export function createWriting(options: WritingOptions): Writing {
  const { publisher, now } = options;

  function want(result: Turned['result']): WantedCard {
    const { incident, kind } = result;
    const destination = chooseDestination(incident, options.routes, options.defaultChannelId);
    const since = Math.max(0, Math.min(incident.openedAt, ...incident.alerts.map((alert) => alert.startsAt)));
    const messageId = publisher.unwrittenMessage(incident.id);
    const blind = since < options.completeSince() || messageId !== undefined;
    return {
      id: incident.id,
      kind: alertCard,
      ...destination,
      priority: priorityOf(result),
      open: incident.closedAt === null,
      wantedAt: now().getTime(),
      begun: kind === 'opened' && !blind && publisher.reserve(destination.channelId, incident.id),
      lookSince: blind ? since : null,
      messageId: messageId ?? null,
      ...(messageId !== undefined && { fromMemory: true }),
    };
  }

  async function write(
    tx: AlertTransaction,
    { result, ring, before, rungBy }: ToWrite,
    wanted: WantedCard | undefined,
  ): Promise<Written> {
    const { kind, incident } = result;
    await tx.write(incident, escalationOf(incident)?.at ?? null);
    const asked = wanted === undefined ? undefined : await tx.want(wanted);
    const channelId = asked?.channelId ?? null;
    const begun = wanted?.begun === true && asked?.isNew === true ? wanted : null;
    if (rungBy !== null) await tx.rang(rungRing(incident.id, rungBy, now().getTime()));
    if (ring !== null) {
      const times = { now: now().getTime(), lookSince: options.unsureSince(before) };
      return { channelId: (await tx.ring(wantedRing(incident, ring, times))) ?? channelId, begun };
    }
    if (kind !== 'opened' && ringMessage(incident) === undefined)
      await tx.reviewRing(ringId(incident.id), priorities.refresh);
    return { channelId, begun };
  }

  return { want, write };
}
