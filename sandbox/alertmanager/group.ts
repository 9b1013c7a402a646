// One group of alerts: when it tells of itself, and why, as Alertmanager's dispatcher and its notification log decide it.
import { type Alert, bodyOf, type Reason } from './body.ts';
import { fingerprint, type Labels } from './fingerprint.ts';
import { send, type Target } from './send.ts';

export interface GroupOptions {
  readonly groupLabels: Labels;
  readonly receiver: string;
  readonly externalURL: string;
  readonly maxAlerts: number;
  readonly waitMs: number;
  readonly intervalMs: number;
  readonly repeatMs: number;
  readonly target: Target;
  /** Silenced alerts are left out of what is told. */
  readonly isSilenced: (labels: Labels) => boolean;
}

export interface Group {
  /** Adds an alert, or replaces the one with the same labels. */
  put(alert: Alert): void;
  get(labels: Labels): Alert | undefined;
  readonly labels: Labels;
  readonly receiver: string;
  /** Those that have not ended. */
  firing(): readonly Alert[];
  /** True while something of it was not yet told. */
  isBehind(): boolean;
  stop(): Promise<void>;
}

/** What the receiver is known to have taken: fingerprints, and when. */
interface Known {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  readonly at: number;
}

export function createGroup(options: GroupOptions, onFlushed: () => void): Group {
  const { target, intervalMs } = options;
  const alerts = new Map<string, Alert>();
  const stopping = new AbortController();
  let known: Known | null = null;
  let changes = 0;
  let toldChanges = 0;
  let hasFlushed = false;
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();

  function unschedule(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function schedule(ms: number): void {
    unschedule();
    timer = setTimeout(() => {
      schedule(intervalMs);
      flushing = flushing.then(flush);
    }, ms);
  }

  async function flush(): Promise<void> {
    if (stopping.signal.aborted) return;
    const all = [...alerts];
    const told = all.filter(([, { labels }]) => !options.isSilenced(labels));
    const upTo = changes;
    hasFlushed = true;
    const firing = new Set(told.filter(([, alert]) => alert.endsAt === null).map(([id]) => id));
    const resolved = new Set(told.filter(([, alert]) => alert.endsAt !== null).map(([id]) => id));
    const at = target.now().getTime();
    // Where all of it is silenced, Alertmanager's stages end before they compare: what the receiver knows stays as it was.
    const reason = told.length === 0 ? null : reasonToTell(known, { firing, resolved, at }, options.repeatMs);
    const isTaken = reason === null || (await tell(reason, told));
    if (isTaken) {
      if (reason !== null) known = { firing, resolved, at };
      // What has resolved and was told, or is not to be, is forgotten, unless it has changed meanwhile.
      for (const [id, alert] of all) if (alert.endsAt !== null && alerts.get(id) === alert) alerts.delete(id);
    }
    toldChanges = upTo;
    if (alerts.size === 0) {
      unschedule();
      hasFlushed = false;
    }
    onFlushed();
  }

  function tell(reason: Reason, told: readonly (readonly [string, Alert])[]): Promise<boolean> {
    const body = bodyOf({ ...options, reason, alerts: told.map(([, alert]) => alert) });
    return send(target, body, AbortSignal.any([stopping.signal, AbortSignal.timeout(intervalMs)]));
  }

  return {
    put(alert) {
      alerts.set(fingerprint(alert.labels), alert);
      changes += 1;
      // An alert that is older than group_wait is told at once: after a restart of Alertmanager a group's first body may lack the others.
      const isOld = alert.startsAt.getTime() + options.waitMs < target.now().getTime();
      if (!hasFlushed && isOld) schedule(0);
      else if (timer === null) schedule(options.waitMs);
    },
    get: (labels) => alerts.get(fingerprint(labels)),
    labels: options.groupLabels,
    receiver: options.receiver,
    firing: () => [...alerts.values()].filter((alert) => alert.endsAt === null),
    isBehind: () => toldChanges < changes,
    async stop() {
      stopping.abort();
      unschedule();
      await flushing;
    },
  };
}

/** Whether a flush says anything, and why; `needsUpdate` of Alertmanager's dedup stage, with `send_resolved`. */
export function reasonToTell(known: Known | null, now: Known, repeatMs: number): Reason | null {
  if (known === null) return now.firing.size > 0 ? 'first notification' : null;
  if (!now.firing.isSubsetOf(known.firing)) return 'new alerts added';
  if (now.firing.size === 0) return known.firing.size > 0 ? 'all alerts resolved' : null;
  if (!now.resolved.isSubsetOf(known.resolved)) return 'some alerts resolved';
  return now.at - known.at >= repeatMs ? 'repeat interval elapsed' : null;
}
