// Looks at Alertmanager's list at the start, after an outage and every few minutes, and puts the incidents right.
import type { Logger } from 'pino';
import type { Alertmanager, Answer, Failure } from '../alertmanager/alertmanager.ts';
import { backoff } from '../lib/backoff.ts';
import type { Alerts } from './alerts.ts';
import { type Incident, isOpen } from './incident.ts';
import { eachOpen, type OpenIncidents } from './open-incidents.ts';
import {
  afterOutage,
  asNotified,
  betweenTimes,
  type Held,
  hold,
  isDue,
  judge,
  type Look,
  listingOf,
  openKeys,
  overdue,
  place,
  settlingMs,
  silencedBy,
  silencesIn,
  unknownTo,
} from './reconcile.ts';
import { silenceDetails } from './silence-details.ts';

export interface ReconcilerStore extends OpenIncidents {
  /** Receivers of Alertmanager that have called the bot, as notifications spell them. */
  callers(): Promise<readonly string[]>;
}

/** What became of one look. */
export type LookOutcome = 'done' | Failure['kind'] | 'store failed';

export interface ReconcilerOptions {
  readonly alertmanager: Alertmanager;
  readonly store: ReconcilerStore;
  readonly alerts: Pick<Alerts, 'amend' | 'holdsUnwritten'>;
  /** The alert that always fires. */
  readonly watchdog: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly looked: (outcome: LookOutcome) => void;
}

export interface Reconciler {
  start(): void;
  /** Something has changed in Alertmanager: what it told until now counts no more, and the next look comes within seconds. */
  lookSoon(): void;
  /** Resolves when the first look is over, whatever became of it. */
  readonly firstLook: Promise<void>;
  /** True where Alertmanager's list lacked all that is open of it, and no notification has told of it since: it is likely over. */
  isMissing(incident: Incident): boolean;
  /** Why the list cannot be read now, as a clause; null where it could be. */
  failing(): string | null;
  stop(): Promise<void>;
}

/** Between two looks while all is well, in milliseconds. */
const everyMs = 5 * 60_000;

/** Within this, Alertmanager has marked what a new silence covers. */
const soonMs = 2000;

/** After the end of a silence, until it is certain that Alertmanager's clock has passed it too. */
const endedMs = 1000;

/** Between two tries while Alertmanager or the store is away. */
const retries = { first: 10_000, longest: 60_000 };

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { alertmanager, store, alerts, log, now } = options;
  const stopping = new AbortController();
  let held: Held = new Map();
  /** Incidents of which the last list had nothing that is open, by id: when it was asked for. */
  let missing: ReadonlyMap<string, number> = new Map();
  const firstLook = Promise.withResolvers<void>();
  /** Nothing was compared since the start or an outage. */
  let isFresh = true;
  /** When those in force end. */
  let silenceEnds: readonly number[] = [];
  /** When the bot last changed something in Alertmanager: what was asked for before that may lack it. */
  let changedAt = 0;
  let failures = 0;
  let failing: LookOutcome | null = null;
  let failureReason = '';
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();

  function lookIn(ms: number): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = run();
    }, ms);
  }

  async function run(): Promise<void> {
    try {
      if (alerts.holdsUnwritten()) return failed('store failed', 'incidents are in memory alone');
      const answer = await look(stopping.signal);
      if (answer.kind === 'answered') succeeded();
      else failed(answer.kind, answer.reason);
    } catch (err) {
      if (!stopping.signal.aborted) failed('store failed', err);
    } finally {
      firstLook.resolve();
    }
  }

  function succeeded(): void {
    if (failing !== null) log.info('Incidents are compared with the list of Alertmanager again');
    failing = null;
    failures = 0;
    options.looked('done');
    const time = now().getTime();
    const next = [...held.values(), ...silenceEnds].filter((due) => due > time);
    lookIn(Math.min(everyMs, ...next.map((due) => due - time + 10)));
  }

  function failed(outcome: Exclude<LookOutcome, 'done'>, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    failureReason = outcome === 'store failed' ? 'the database does not work' : reason;
    if (failing !== outcome)
      log.warn({ outcome, reason }, 'Incidents cannot be compared with the list of Alertmanager; tried again');
    failing = outcome;
    isFresh = true;
    missing = new Map();
    failures += 1;
    options.looked(outcome);
    const passes = outcome === 'away' || outcome === 'slow' || outcome === 'store failed';
    lookIn(passes ? backoff(retries, failures, Math.random) : everyMs);
  }

  async function look(signal: AbortSignal): Promise<Answer<null>> {
    const callers = await store.callers();
    if (callers.length === 0) return done;
    const status = await alertmanager.status(signal);
    if (status.kind !== 'answered') return status;
    const receivers = await alertmanager.receivers(signal);
    if (receivers.kind !== 'answered') return receivers;
    const askedAt = now().getTime();
    const list = await alertmanager.alerts(signal);
    if (list.kind !== 'answered') return list;
    const seen = {
      receivers: new Set(receivers.value.map(asNotified)).intersection(new Set(callers)),
      listed: listingOf(list.value, options.watchdog),
    };
    const details = await silenceDetails(alertmanager, silencedBy(seen), signal);
    if (details.kind === 'away' || details.kind === 'slow') return details;
    if (details.kind !== 'answered')
      log.warn(
        { reason: details.reason },
        'Who made the silences over alerts cannot be found out; what is known of them stays',
      );
    const time = now().getTime();
    const silences = details.kind === 'answered' ? silencesIn(details.value, time) : null;
    silenceEnds = [...(silences?.values() ?? [])].map(({ endsAt }) => endsAt + endedMs);
    return compare(
      {
        ...seen,
        silences,
        askedAt,
        absenceCounts: time - status.value.startedAt >= settlingMs,
        held,
        now: time,
      },
      signal,
    );
  }

  async function compare(look: Look, signal: AbortSignal): Promise<Answer<null>> {
    const known = new Set<string>();
    const gone: string[] = [];
    const lacking = new Map<string, number>();
    for await (const incident of eachOpen(store, signal)) {
      const judged = judge(incident, look);
      gone.push(...judged.gone);
      const keys = openKeys(incident);
      for (const key of keys) known.add(key);
      if (judged.gone.length > 0 && judged.gone.length === keys.length) lacking.set(incident.id, look.askedAt);
      if (judged.incident !== incident) await amend(incident.id, look);
    }
    missing = lacking;
    const unknown = unknownTo(known, look);
    const shown = await show(new Set(unknown.filter((key) => isDue(key, look))), look, signal);
    if (shown.kind !== 'answered') return shown;
    held = hold({ gone, unknown }, look, isFresh ? afterOutage : betweenTimes);
    // What is absent has not been looked at yet.
    if (look.absenceCounts) isFresh = false;
    return done;
  }

  /** Judged again in the transaction: a notification may have come meanwhile. */
  async function amend(id: string, look: Look): Promise<void> {
    await alerts.amend(async (tx) => {
      const before = await tx.read(id);
      if (before === undefined || changedAt >= look.askedAt) return null;
      const { incident } = judge(before, look);
      if (incident === before) return null;
      return { kind: incident.closedAt === null ? 'updated' : 'closed', incident };
    });
  }

  /** Groups are asked for only then: they are the list once more for each receiver. */
  async function show(due: ReadonlySet<string>, look: Look, signal: AbortSignal): Promise<Answer<null>> {
    if (due.size === 0) return done;
    const groups = await alertmanager.groups(signal);
    if (groups.kind !== 'answered') return groups;
    for (const group of groups.value) {
      const found = overdue(group, due);
      if (found.length === 0) continue;
      const receiver = asNotified(group.receiver);
      await alerts.amend(async (tx) => place(await tx.newestOf(receiver, group.labels), group, found, look));
      signal.throwIfAborted();
    }
    return done;
  }

  return {
    start: () => lookIn(0),
    firstLook: firstLook.promise,
    isMissing({ id, alerts: known }) {
      const askedAt = missing.get(id);
      return askedAt !== undefined && known.filter(isOpen).every((alert) => alert.seenAt < askedAt);
    },
    failing: () => (failing === null ? null : failureReason),
    lookSoon() {
      changedAt = now().getTime();
      // A look that is under way sets its own timer for the next one, which this replaces when it is over.
      void running.then(() => {
        if (timer !== null) clearTimeout(timer);
        lookIn(soonMs);
      });
    },
    async stop() {
      stopping.abort();
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}

const done: Answer<null> = { kind: 'answered', value: null };
