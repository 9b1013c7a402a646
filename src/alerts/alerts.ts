// Takes notifications: merges each into its incident and asks for the card, in one durable transaction.
import type { Logger } from 'pino';
import { cardOfRing, priorities, type WantedCard } from '../cards/card.ts';
import { giveWay } from '../lib/turns.ts';
import type { Message } from '../message.ts';
import type { ActionOptions } from './actions.ts';
import type { AlertPublisher } from './alert-publisher.ts';
import { createBoard, type OpenIncident } from './board.ts';
import { createCallers } from './callers.ts';
import { nameOf } from './describe.ts';
import { createEscalate } from './escalate.ts';
import { createHeld } from './held.ts';
import { type Acknowledgement, type Incident, isOpen } from './incident.ts';
import { type Merge, merge, without } from './merge.ts';
import { incidentMessage } from './message.ts';
import { escalationOf } from './ring.ts';
import { ringMessage } from './ring-message.ts';
import type { Route } from './routes.ts';
import { labelOf, type Notification } from './schema.ts';
import type { AlertStore, AlertTransaction } from './store.ts';
import { aboutIn, incidentOf, keyOf, refOf } from './taken.ts';
import { critical, type Turned, turn } from './turn.ts';
import { createWriting, nothing, type Written } from './writing.ts';

export interface AlertOptions {
  readonly store: AlertStore;
  readonly publisher: AlertPublisher;
  readonly routes: readonly Route[];
  readonly defaultChannelId: string;
  /** An incident may have to be escalated at this time (milliseconds since 1970). */
  readonly escalationExpected: (at: number) => void;
  /** Alertmanager's list no longer has it, and whether it is over is to be seen yet. */
  readonly isMissing: (incident: Incident) => boolean;
  readonly actions: ActionOptions;
  /** The alert that always fires; never posted. */
  readonly watchdog: string;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface Alerts {
  /** Stops waiting for the store to work again; what is in memory alone is given up. */
  stop(): void;
  /**
   * Resolves once the notification is durably stored, to the incident that it is about, or null where it changes none. Rejects when it could
   * not be; it is then shown from memory as far as possible.
   */
  accept(notification: Notification): Promise<string | null>;
  /** Writes and shows what was found out without a notification; null from `decide` changes nothing. Rejects when the store fails. */
  amend(decide: (tx: AlertTransaction) => Promise<Turned['result'] | null>): Promise<boolean>;
  /** Whether incidents are in memory alone because the store failed. */
  holdsUnwritten(): boolean;
  /** Takes up the names of what is open; rejects when the store fails. */
  load(): Promise<void>;
  /** Open incidents by name, from memory: the newest first, at most 1,000. */
  named(): readonly OpenIncident[];
  /** Names of the alerts that fire in this namespace, at most 20. */
  firingIn(namespace: string): Promise<readonly string[]>;
  /**
   * Writes down who takes care of it, or with null that nobody does any more, and shows it. Rejects when the store fails.
   * @returns the incident as it then is; `changed` false where it was so already or is over.
   */
  acknowledge(
    incidentId: string,
    by: Acknowledgement | null,
  ): Promise<{ readonly incident: Incident; readonly changed: boolean } | undefined>;
  /** Changes what is known of the silences over it, and shows that. Rejects when the store fails. */
  silenced(incidentId: string, change: (incident: Incident) => Incident): Promise<void>;
  /** Rings the next role where an incident is due for it; puts that off while it is likely over. Rejects when the store cannot even be read. */
  escalate(incidentId: string): Promise<'done' | 'put off'>;
  /** Incidents that are in memory alone, and when the next role of each is to be mentioned (milliseconds since 1970; null where none is). */
  unwrittenEscalations(): readonly { readonly id: string; readonly at: number | null }[];
  /** What the card of an incident says now. */
  show(cardId: string): Promise<Message | undefined>;
  /** What the ring of an incident says now; undefined where it no longer applies. */
  showRing(cardId: string): Promise<Message | undefined>;
}

/** Open incidents that are looked at for what fires in a namespace. */
const mostLookedAt = 200;

/** Open incidents whose names are taken up at a start. */
const mostNamed = 1000;

export function createAlerts(options: AlertOptions): Alerts {
  const { store, publisher, log, now } = options;
  const board = createBoard();
  const callers = createCallers();
  const { want, write } = createWriting({
    ...options,
    completeSince: () => held.completeSince(),
    unsureSince: (before) => held.unsureSince(before),
  });

  async function accept(whole: Notification): Promise<string | null> {
    const notification = without(whole, options.watchdog);
    if (notification === null) {
      // Asked again with the next one where the store fails.
      if (callers.isNew(whole))
        await store
          .change((tx) => callers.write(tx, whole, now().getTime()))
          .then(
            () => callers.written(whole),
            () => undefined,
          );
      return null;
    }
    const key = keyOf(notification);
    let wanted: WantedCard | undefined;
    try {
      const { result, written, why } = await store.change(async (tx) => {
        await callers.write(tx, notification, now().getTime());
        const unwritten = held.get(key);
        const before = unwritten ?? (await incidentOf(tx, notification));
        const merged = merge(before, notification, now().getTime());
        // What ended in memory alone is written down by the try that has nothing new to say.
        const result: Merge =
          merged.kind === 'ignored' && unwritten !== undefined ? { kind: 'unchanged', incident: unwritten } : merged;
        if (result.kind === 'ignored') return { result, written: nothing, why: { because: result.reason } };
        const turned = turn({ before, result, notification, routes: options.routes, now: now().getTime() });
        const isShown = result.kind === 'unchanged' && unwritten === undefined;
        if (!isShown) wanted = want(turned.result);
        const ring = turned.ring ?? held.ringOf(key);
        const why = ring === null ? { quiet: turned.quiet } : { ring };
        const rungBy = publisher.rungUnwritten(result.incident.id);
        return { result: turned.result, written: await write(tx, { ...turned, ring, before, rungBy }, wanted), why };
      }, begin);
      callers.written(notification);
      held.written(key);
      if (wanted !== undefined) publisher.forgetUnwritten(wanted.id);
      if (result.kind !== 'ignored') {
        wake(written, wanted);
        // People wait for the message; nobody for the log, and Alertmanager only for its answer.
        if (written.begun !== null) await giveWay();
        note(result.incident);
      }
      tellTaken(notification, result, why);
      return result.kind === 'ignored' ? null : result.incident.id;
    } catch (error) {
      if (wanted?.begun) publisher.release(wanted.channelId, wanted.id);
      await held.remember(key, notification);
      throw error;
    }
  }

  /**
   * Under the reference that stands in the footer of the message. That an incident begins or ends is what an operator follows.
   * @param why it changed nothing, rang, or did not.
   */
  function tellTaken(notification: Notification, result: Merge, why: object): void {
    const level =
      result.kind === 'updated' || result.kind === 'unchanged' || result.kind === 'ignored' ? 'debug' : 'info';
    log[level]({ ...aboutIn(notification), ...refOf(result), result: result.kind, ...why }, 'A notification was taken');
  }

  async function amend(decide: (tx: AlertTransaction) => Promise<Turned['result'] | null>): Promise<boolean> {
    let wanted: WantedCard | undefined;
    try {
      const done = await store.change(async (tx) => {
        // What is in memory alone is not seen by `decide`.
        const result = held.isEmpty() ? await decide(tx) : null;
        if (result === null) return null;
        const before = await tx.read(result.incident.id);
        const turned = turn({ before, result, notification: null, routes: options.routes, now: now().getTime() });
        wanted = want(turned.result);
        const rungBy = publisher.rungUnwritten(result.incident.id);
        return { result: turned.result, written: await write(tx, { ...turned, before, rungBy }, wanted) };
      }, begin);
      if (done === null) return false;
      settled(done.result.incident, done.written, wanted);
      log.info(
        { receiver: done.result.incident.receiver, ...refOf(done.result), result: done.result.kind },
        "An incident is put right by Alertmanager's list",
      );
      return true;
    } catch (error) {
      if (wanted?.begun) publisher.release(wanted.channelId, wanted.id);
      throw error;
    }
  }

  /** A card whose creation is begun is made ready while the disk syncs. */
  function begin(done: { readonly result: Merge; readonly written: Written } | null, durable: Promise<void>): void {
    if (done === null || done.result.kind === 'ignored' || done.written.begun === null) return;
    const wanted = done.written.begun;
    publisher.wake(wanted.channelId, { wanted, message: say(done.result.incident), durable });
  }

  /** What follows from a state that is durable. */
  function settled(incident: Incident, written: Written, wanted: WantedCard | undefined): void {
    wake(written, wanted);
    note(incident);
  }

  /** What is begun goes by itself. */
  function wake({ channelId, begun }: Written, wanted: WantedCard | undefined): void {
    if (begun !== null) return;
    if (channelId !== null) publisher.wake(channelId);
    if (wanted?.begun) publisher.release(wanted.channelId, wanted.id);
  }

  function note(incident: Incident): void {
    board.note(incident);
    expectEscalation(incident);
  }

  function expectEscalation(incident: Incident): void {
    const escalation = escalationOf(incident);
    if (escalation !== null) options.escalationExpected(escalation.at);
  }

  /** What people do about an incident: it is shown soon, and rings nobody. */
  async function put(incidentId: string, change: (incident: Incident) => Incident) {
    await held.settle(incidentId);
    const done = await store.change(async (tx) => {
      const before = await tx.read(incidentId);
      if (before === undefined) return undefined;
      const changed = change(before);
      if (changed === before) return { incident: before, written: nothing, wanted: undefined };
      const incident = critical(changed, now().getTime());
      const result = { kind: 'unchanged', incident } as const;
      const wanted = { ...want(result), priority: priorities.progress };
      const rungBy = publisher.rungUnwritten(incidentId);
      return { incident, written: await write(tx, { result, ring: null, before, rungBy }, wanted), wanted };
    });
    if (done === undefined) return undefined;
    settled(done.incident, done.written, done.wanted);
    return { incident: done.incident, changed: done.written.channelId !== null };
  }

  function acknowledge(incidentId: string, by: Acknowledgement | null) {
    return put(incidentId, (incident) => {
      if (incident.closedAt !== null || (by === null) === (incident.acknowledged === undefined)) return incident;
      const { acknowledged: _, ...rest } = incident;
      return by === null ? rest : { ...rest, acknowledged: by };
    });
  }

  async function silenced(incidentId: string, change: (incident: Incident) => Incident): Promise<void> {
    await put(incidentId, (incident) => (incident.closedAt === null ? change(incident) : incident));
  }

  const held = createHeld({
    store,
    routes: options.routes,
    want,
    show({ incident, ...asked }) {
      expectEscalation(incident);
      return publisher.showUnwritten({ ...asked, message: say(incident), ringSays: ringMessage(incident) });
    },
    hasRung: publisher.hasRungUnwritten,
    async write(take) {
      const done = await store.change(async (tx) => {
        const taken = take();
        if (taken === undefined) return undefined;
        const { incident, ring } = taken;
        const result = { kind: 'unchanged', incident } as const;
        const change = { result, ring, before: incident, rungBy: publisher.rungUnwritten(incident.id) };
        const wanted = { ...want(result), begun: false };
        const stored = await tx.read(incident.id);
        if ((stored?.notifiedAt ?? 0) > (incident.notifiedAt ?? 0)) return undefined;
        return { incident, written: await write(tx, change, wanted), wanted };
      });
      return () => {
        if (done !== undefined) settled(done.incident, done.written, done.wanted);
      };
    },
    forgetUnwritten: publisher.forgetUnwritten,
    log,
    now,
  });

  const escalate = createEscalate({ ...options, held });

  function say(incident: Incident): Message {
    return incidentMessage(incident, now().getTime(), options.actions);
  }

  return {
    accept,
    amend,
    escalate,
    unwrittenEscalations: () =>
      held.all().map((incident) => ({ id: incident.id, at: escalationOf(incident)?.at ?? null })),
    acknowledge,
    silenced,
    holdsUnwritten: () => !held.isEmpty(),
    stop: held.stop,
    async load() {
      for (const incident of await store.open(mostNamed)) board.note(incident);
    },
    named: () => board.open(),
    async firingIn(namespace) {
      const alerts = (await store.open(mostLookedAt)).flatMap((incident) => incident.alerts.filter(isOpen));
      const names = alerts.filter(({ labels }) => labelOf(labels, 'namespace') === namespace).map(nameOf);
      return [...new Set(names)].slice(0, 20);
    },
    async show(cardId) {
      const incident = await store.read(cardId);
      return incident && say(incident);
    },
    async showRing(cardId) {
      const id = cardOfRing(cardId);
      // What is over in memory already is nothing to ring for.
      const incident = held.all().find((one) => one.id === id) ?? (await store.read(id));
      return incident && ringMessage(incident);
    },
  };
}
