// The dead man's switch at work: listens for the Watchdog, looks at the clock, and makes its absence a card.
import type { Logger } from 'pino';
import { priorities, type WantedCard } from '../cards/card.ts';
import type { Message } from '../message.ts';
import {
  type Absence,
  absenceOf,
  heardIn,
  isArmed,
  judge,
  looked,
  marked,
  type Silence,
  type Watch,
} from './absence.ts';
import { absenceMessage } from './absence-message.ts';
import type { AlertPublisher } from './alert-publisher.ts';
import type { KnownAlert } from './incident.ts';
import { chooseDestination, type Route } from './routes.ts';
import type { Notification } from './schema.ts';

export interface WatchdogStore {
  /** What was last written of this alert, and every absence that is not over, of whichever alert. */
  load(alertname: string): Promise<{ readonly watch: Watch | null; readonly open: readonly Absence[] }>;
  readAbsence(id: string): Promise<Absence | undefined>;
  writeWatch(watch: Watch): Promise<void>;
  /** With its card, in one transaction; resolves to the card's channel once it is durable. */
  writeAbsence(watch: Watch | null, absence: Absence, card: WantedCard): Promise<string>;
}

export interface WatchdogOptions {
  readonly store: WatchdogStore;
  readonly publisher: Pick<AlertPublisher, 'wake' | 'showUnwritten' | 'unwrittenMessage' | 'forgetUnwritten'>;
  readonly routes: readonly Route[];
  readonly defaultChannelId: string;
  readonly alertname: string;
  /** How long it may be missing, in milliseconds. */
  readonly afterMs: number;
  /** By the configuration; else the first Watchdog ever heard arms it. */
  readonly armed: boolean;
  readonly log: Logger;
  readonly now: () => Date;
  /** Milliseconds of a clock that never jumps; `performance.now` unless told. */
  readonly clock?: () => number;
}

export interface Watchdog {
  /** From now on webhooks are taken: the silence counts from here, whatever was seen before. */
  start(): void;
  /** Resolves once what the notification says of the Watchdog is durable; rejects when it could not be written. It is heard all the same. */
  hear(notification: Notification): Promise<void>;
  /** A notification was refused unread, and may have held it. */
  missed(): void;
  /** Looks at the clock; called every few seconds by itself. Never rejects. */
  check(): Promise<void>;
  show(cardId: string): Promise<Message | undefined>;
  /** That it is missing now, as a sentence; null where it is not. */
  doubt(): string | null;
  /** Looks no more; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** The kind of these cards in the ledger. */
export const watchdogCard = 'watchdog';

const checkMs = 5000;

/** What was last seen this close to the start, in milliseconds, may have been told by a process before this one. */
const clockMargin = 2000;

export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { store, publisher, alertname, afterMs, log, now, clock = () => performance.now() } = options;
  const startedAt = now().getTime() + clockMargin;
  let silence: Silence = { since: clock(), lookedAt: clock() };
  let watch: Watch | null = null;
  let absence: Absence | null = null;
  /** Absences whose newest state is not written down; empty while the store works. One joins in `afterMs` at most. */
  const unwritten = new Map<string, Absence>();
  let watchWritten = true;
  let loaded = false;
  let working: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let checking = false;

  /** One after the other, so that none decides on what another is about to change. */
  function serially(work: () => Promise<void>): Promise<void> {
    const done = working.then(work);
    working = done.catch(() => undefined);
    return done;
  }

  async function load(): Promise<void> {
    if (loaded) return;
    const { watch: before, open } = await store.load(alertname);
    watch = before;
    if (watch === null && options.armed) mark({ alertname, since: now().getTime(), seenAt: null, endedAt: null });
    const armed = isArmed(watch, options.armed);
    absence = open.find((one) => armed && one.alertname === alertname) ?? null;
    loaded = true;
    for (const one of open) if (one !== absence) unwritten.set(one.id, end(one, 'nobody waits for it'));
    await write();
  }

  function mark(next: Watch): void {
    watch = next;
    watchWritten = false;
  }

  function end(one: Absence, because: NonNullable<Absence['over']>['because']): Absence {
    return { ...one, over: { at: now().getTime(), because } };
  }

  async function take(heard: 'firing' | 'ended', at: number): Promise<void> {
    await load();
    const armedBefore = isArmed(watch, options.armed);
    mark(marked(watch, alertname, heard, now().getTime()));
    if (!armedBefore) {
      silence = { ...silence, since: at };
      log.info({ alertname, afterMs }, 'The Watchdog was heard for the first time: from now on its absence is told');
    }
    if (heard === 'ended' || absence === null) return write();
    const over = end(absence, 'it returned');
    absence = null;
    log.info({ ref: over.id, alertname }, 'The Watchdog is back');
    return tell(over);
  }

  async function look(): Promise<void> {
    await load();
    const silentMs = clock() - silence.since;
    const armed = isArmed(watch, options.armed);
    const verdict = judge({ armed, told: absence !== null, silentMs, afterMs });
    if (verdict.kind !== 'tell' || watch === null) return write();
    absence = absenceOf(watch, { now: now().getTime(), silentMs, afterMs });
    log.error(
      { ref: absence.id, alertname, silentMs: Math.round(silentMs) },
      'The Watchdog is missing: Prometheus or Alertmanager no longer reaches the bot',
    );
    return tell(absence);
  }

  /** Where the store takes nothing, the card is shown from memory, and written down by a later look. */
  async function tell(changed: Absence): Promise<void> {
    unwritten.set(changed.id, changed);
    try {
      await write();
    } catch (error) {
      await publisher.showUnwritten({
        wanted: want(changed),
        message: absenceMessage(changed),
        isHeld: () => unwritten.get(changed.id) === changed,
      });
      throw error;
    }
  }

  async function write(): Promise<void> {
    for (const one of unwritten.values()) {
      const channelId = await store.writeAbsence(watch, one, want(one));
      watchWritten = true;
      unwritten.delete(one.id);
      publisher.forgetUnwritten(one.id);
      publisher.wake(channelId);
    }
    if (watchWritten || watch === null) return;
    await store.writeWatch(watch);
    watchWritten = true;
  }

  function want(one: Absence): WantedCard {
    const since = one.seenAt ?? one.waitedSince;
    const messageId = publisher.unwrittenMessage(one.id);
    const blind = since < startedAt || messageId !== undefined;
    return {
      id: one.id,
      kind: watchdogCard,
      ...chooseDestination({ alerts: [asAlert(one)] }, options.routes, options.defaultChannelId),
      priority: one.over === null ? priorities.critical : priorities.end,
      open: one.over === null,
      wantedAt: now().getTime(),
      begun: false,
      lookSince: blind ? since : null,
      messageId: messageId ?? null,
    };
  }

  async function check(): Promise<void> {
    silence = looked(silence, clock());
    if (checking) return;
    checking = true;
    try {
      await serially(look);
    } catch (err) {
      log.debug({ err }, 'What is known of the Watchdog cannot be written down yet');
    } finally {
      checking = false;
    }
  }

  return {
    check,
    start() {
      silence = { since: clock(), lookedAt: clock() };
      timer ??= setInterval(() => void check(), checkMs);
      void check();
    },
    async hear(notification) {
      const heard = heardIn(notification, alertname);
      if (heard === null) return;
      const at = clock();
      if (heard === 'firing') silence = { ...silence, since: at };
      await serially(() => take(heard, at));
    },
    missed() {
      silence = { ...silence, since: clock() };
    },
    async show(cardId) {
      const shown = unwritten.get(cardId) ?? (await store.readAbsence(cardId));
      return shown && absenceMessage(shown);
    },
    doubt: () =>
      absence === null
        ? null
        : `${alertname} is missing: Prometheus or Alertmanager may not reach the bot, and alerts may be missing.`,
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await working;
    },
  };
}

/** As the routes see it. */
function asAlert({ alertname, over, waitedSince, noticedAt }: Absence): KnownAlert {
  return {
    fingerprint: '',
    labels: { alertname, severity: 'critical' },
    annotations: {},
    generatorURL: '',
    startsAt: waitedSince,
    endsAt: over?.at ?? null,
    state: over === null ? 'firing' : 'resolved',
    missingSince: null,
    seenAt: noticedAt,
  };
}
