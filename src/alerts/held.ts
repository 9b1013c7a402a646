// Incidents that could not be written down: shown from memory, and written down as soon as the store works again.
import type { Logger } from 'pino';
import type { WantedCard } from '../cards/card.ts';
import type { AskedUnwritten } from '../cards/unwritten.ts';
import type { Incident, RingReason } from './incident.ts';
import { merge } from './merge.ts';
import { wantedRing } from './rings.ts';
import type { Route } from './routes.ts';
import type { Notification } from './schema.ts';
import type { AlertStore } from './store.ts';
import { aboutIn, incidentOf, refOf } from './taken.ts';
import { type Turned, turn } from './turn.ts';

export interface HeldOptions {
  readonly store: AlertStore;
  readonly routes: readonly Route[];
  readonly want: (result: Turned['result']) => WantedCard;
  /** Shows the card of an incident from memory. */
  readonly show: (
    asked: Omit<AskedUnwritten, 'message' | 'ringSays'> & { readonly incident: Incident },
  ) => Promise<void>;
  /** Whether an incident has rung from memory for all that it was to ring for. */
  readonly hasRung: (incidentId: string) => boolean;
  /**
   * Writes an incident down as it then is, unless a newer notification of it is written already; resolves to what follows from that. Rejects when the
   * store fails.
   */
  readonly write: (take: () => Unwritten | undefined) => Promise<() => void>;
  /** Of the publisher: the card is in the ledger. */
  readonly forgetUnwritten: (cardId: string) => void;
  readonly log: Logger;
  readonly now: () => Date;
}

/** `key` names a group: its receiver and groupKey. */
export interface Held {
  get(key: string): Incident | undefined;
  /** Why it should ring: an edit alone would ring nobody. */
  ringOf(key: string): RingReason | null;
  isEmpty(): boolean;
  /** The ledger knows every message of what began after this, milliseconds since 1970. */
  completeSince(): number;
  /**
   * Since when a ring of this incident, as it was last written, may have been made that the ledger does not know: by a process before this one, or by
   * this one while it could not write. Milliseconds since 1970; null where none can have been.
   */
  unsureSince(before: Incident | undefined): number | null;
  /** The newest state of the group is written down. */
  written(key: string): void;
  /** Its notification is answered with 503 and Alertmanager tries again; until then people see it all the same. */
  remember(key: string, notification: Notification): Promise<void>;
  /** As of now, which people see, and are rung for. False where there is no room. */
  keep(key: string, incident: Incident, ring: RingReason): Promise<boolean>;
  all(): readonly Incident[];
  /** What is known of this incident is in the store: what people do about it then is not overwritten by it. Rejects when the store fails. */
  settle(incidentId: string): Promise<void>;
  /** Gives up what is in memory alone. */
  stop(): void;
}

/** An incident in memory, and why it should still ring. */
interface Unwritten {
  readonly incident: Incident;
  readonly ring: RingReason | null;
}

/** What an incident in memory is still to ring for. */
interface Unrung {
  readonly reason: RingReason;
  /** The publisher knows of it: whether it has rung is then to be asked. */
  isAsked: boolean;
}

/** Between two tries to write down what is in memory, in milliseconds. */
const retryMs = 5000;

/** How far Prometheus' clock may be ahead of ours, in milliseconds. */
const clockMargin = 2000;

/** Whoever has rung longer ago than this, in milliseconds, may ring again: a busy channel is not read back for days. */
const longestLook = 3_600_000;

/** Of so many groups. */
export const mostHeld = 1000;

export function createHeld(options: HeldOptions): Held {
  const { store, routes, want, log, now } = options;
  const incidents = new Map<string, Incident>();
  const unrung = new Map<string, Unrung>();
  /** A process before this one may have lost its database, or have shown alerts while it could not write them down. */
  let completeSince = now().getTime() + clockMargin;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let writing: Promise<void> = Promise.resolve();

  /** Alertmanager may not try again what has ended meanwhile, so the incidents are written down without it. */
  function writeDownSoon(): void {
    if (stopped) return;
    timer ??= setTimeout(() => {
      timer = null;
      void writeDown();
    }, retryMs);
  }

  function ringOf(key: string): RingReason | null {
    const incident = incidents.get(key);
    const due = unrung.get(key);
    if (incident === undefined || due === undefined) return null;
    return due.isAsked && options.hasRung(incident.id) ? null : due.reason;
  }

  /** One after the other, so that none is written down, and rung for, twice. */
  function writeOne(key: string): Promise<void> {
    const done = writing.then(async () => {
      if (!incidents.has(key)) return;
      let taken: Incident | undefined;
      const follow = await options.write(() => {
        taken = incidents.get(key);
        return taken && { incident: taken, ring: ringOf(key) };
      });
      // A newer state that came meanwhile is still to be written.
      if (taken === undefined || incidents.get(key) !== taken) return;
      unrung.delete(key);
      incidents.delete(key);
      options.forgetUnwritten(taken.id);
      follow();
      log.info({ ref: taken.id }, 'An incident that was held in memory is written down');
    });
    writing = done.catch(() => undefined);
    return done;
  }

  async function writeDown(): Promise<void> {
    for (const key of incidents.keys()) {
      try {
        await writeOne(key);
      } catch (err) {
        log.debug({ err }, 'Incidents in memory cannot be written down yet');
        break;
      }
    }
    if (incidents.size > 0) writeDownSoon();
  }

  function unsureSince(before: Incident | undefined): number | null {
    const told = before?.notifiedAt ?? before?.openedAt ?? Number.POSITIVE_INFINITY;
    return told < completeSince ? Math.max(told, now().getTime() - longestLook) : null;
  }

  /** @param before as it was last written, or held. */
  async function hold(
    key: string,
    { result, ring }: Turned,
    before: Incident | undefined,
    about: object,
  ): Promise<void> {
    const lookSince = unsureSince(before);
    const due = ring === null ? null : { reason: ring, isAsked: false };
    if (due !== null) unrung.set(key, due);
    if (!incidents.has(key)) log.warn(about, 'An incident could not be written down: it is shown from memory');
    const { incident } = result;
    incidents.set(key, incident);
    writeDownSoon();
    completeSince = now().getTime() + clockMargin;
    await options.show({
      wanted: { ...want(result), begun: false },
      incident,
      ring: ring === null ? undefined : wantedRing(incident, ring, { now: now().getTime(), lookSince }),
      isHeld: () => incidents.get(key) === incident,
    });
    if (due !== null) due.isAsked = true;
  }

  function keyOf(incidentId: string): string | undefined {
    return [...incidents].find(([, { id }]) => id === incidentId)?.[0];
  }

  return {
    get: (key) => incidents.get(key),
    ringOf,
    isEmpty: () => incidents.size === 0,
    completeSince: () => completeSince,
    unsureSince,
    written(key) {
      unrung.delete(key);
      if (incidents.delete(key)) completeSince = now().getTime() + clockMargin;
    },
    async remember(key, notification) {
      const stored = incidents.has(key) ? undefined : await incidentOf(store, notification).catch(() => undefined);
      // An escalation may have been faster.
      const known = incidents.get(key) ?? stored;
      const merged = merge(known, notification, now().getTime());
      if (merged.kind === 'ignored' || (incidents.size >= mostHeld && !incidents.has(key))) return;
      const turned = turn({ before: known, result: merged, notification, routes, now: now().getTime() });
      await hold(key, turned, known, { ...aboutIn(notification), ...refOf(turned.result) });
    },
    async keep(key, incident, ring) {
      if (incidents.size >= mostHeld && !incidents.has(key)) return false;
      await hold(key, { result: { kind: 'unchanged', incident }, ring }, incident, { ref: incident.id });
      return true;
    },
    all: () => [...incidents.values()],
    async settle(incidentId) {
      for (let key = keyOf(incidentId); key !== undefined; key = keyOf(incidentId)) await writeOne(key);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
