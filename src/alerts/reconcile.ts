// What Alertmanager's own list changes about what is known here: pure. The list is whole, or none of this is done.
import type { ListedAlert, ListedGroup, ListedSilence } from '../alertmanager/alertmanager.ts';
import { shortened } from '../lib/shortened.ts';
import {
  type Incident,
  incidentId,
  isOpen,
  type KnownAlert,
  type KnownSilence,
  provisionalKey,
  type Suppression,
} from './incident.ts';
import { closeIfOver, reopenMs } from './merge.ts';
import { labelOf } from './schema.ts';
import { matcherText } from './silence-matchers.ts';
import { kept } from './silenced.ts';

/** Of one silence, that are kept for the cards of what it is over. */
const mostMatchers = 30;

/** One look at the list, and what is remembered from those before. Times are milliseconds since 1970. */
export interface Look {
  /** Receivers that have called the bot and that Alertmanager has, as notifications spell them. */
  readonly receivers: ReadonlySet<string>;
  readonly listed: Listing;
  /** Those in force, by id; null where that could not be found out: what is known of them then stays. */
  readonly silences: ReadonlyMap<string, KnownSilence> | null;
  /** When the list was asked for: what a notification has said since then is newer. */
  readonly askedAt: number;
  /** False soon after Alertmanager's start: what is absent then may only not have come back yet. */
  readonly absenceCounts: boolean;
  /** Since earlier looks: when each difference may be acted on. */
  readonly held: Held;
  readonly now: number;
}

/** By `differenceKey`. */
export type Held = ReadonlyMap<string, number>;

/** How long a difference has to last: a notification may be on its way. In milliseconds. */
export interface Patience {
  readonly unknown: number;
  readonly gone: number;
}

/** At the start and after an outage: Alertmanager tries again what it could not send within about a minute. */
export const afterOutage: Patience = { unknown: 60_000, gone: 60_000 };

/** An end is told with the group's next turn, one `group_interval` (5 minutes by default) after the last. */
export const betweenTimes: Patience = { unknown: 60_000, gone: 5 * 60_000 };

/**
 * Alerts are in Alertmanager's memory alone. After its start Prometheus sends those that fire again within its resend delay and one evaluation,
 * a minute each by default.
 */
export const settlingMs = 5 * 60_000;

/** By receiver as notifications spell it, then by fingerprint. */
export type Listing = ReadonlyMap<string, ReadonlyMap<string, ListedAlert>>;

/** The list by receiver and fingerprint, without the alert that always fires. */
export function listingOf(alerts: readonly ListedAlert[], watchdog: string): Listing {
  const listing = new Map<string, Map<string, ListedAlert>>();
  for (const alert of alerts) {
    if (labelOf(alert.labels, 'alertname') === watchdog) continue;
    for (const name of alert.receivers) {
      const receiver = asNotified(name);
      const known = listing.get(receiver) ?? new Map<string, ListedAlert>();
      listing.set(receiver, known.set(alert.fingerprint, alert));
    }
  }
  return listing;
}

/** A receiver's name as notifications spell it: Go's `regexp.QuoteMeta` of what the configuration says. */
export function asNotified(receiver: string): string {
  return receiver.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

export function differenceKey(kind: 'gone' | 'unknown', receiver: string, fingerprint: string): string {
  return JSON.stringify([kind, receiver, fingerprint]);
}

export interface Judged {
  /** The same object where nothing changes. */
  readonly incident: Incident;
  /** Keys of what the list lacks, and for how long is to be seen yet. */
  readonly gone: readonly string[];
}

/**
 * What the list says of an open incident: alerts that it lacks are no longer reported, those that it has fire, silenced or inhibited or neither.
 * An incident of a receiver that is none of the look's is left alone.
 */
export function judge(incident: Incident, look: Look): Judged {
  const same: Judged = { incident, gone: [] };
  if (incident.closedAt !== null || incident.source !== undefined || !look.receivers.has(incident.receiver))
    return same;
  const listed = look.listed.get(incident.receiver) ?? new Map<string, ListedAlert>();
  const gone: string[] = [];
  const alerts = incident.alerts.map((alert) => {
    if (!isOpen(alert) || alert.seenAt >= look.askedAt) return alert;
    const found = listed.get(alert.fingerprint);
    if (found !== undefined) return confirmed(alert, found);
    if (!look.absenceCounts) return alert;
    const key = differenceKey('gone', incident.receiver, alert.fingerprint);
    // A notification has lacked it already.
    if (alert.state === 'not in the last notification' || isDue(key, look)) return ended(alert);
    gone.push(key);
    return alert;
  });
  const truncated = holdsAll({ ...incident, alerts }, listed, look) ? 0 : incident.truncated;
  const silences = silencesOver(alerts, listed, look, incident.silences ?? []);
  const isSame =
    truncated === incident.truncated &&
    alerts.every((alert, at) => alert === incident.alerts[at]) &&
    isSameSet(silences, incident.silences ?? []);
  if (isSame) return { incident, gone };
  const { silences: _, ...rest } = incident;
  return {
    incident: closeIfOver({ ...rest, alerts, truncated, ...(silences.length > 0 && { silences }) }, look.now),
    gone,
  };
}

/**
 * The silences over what is open of it, made here or elsewhere. Alertmanager's restart loses alerts and no silences: of an alert that was silenced
 * and is not listed for now, those that were known stay.
 */
function silencesOver(
  alerts: readonly KnownAlert[],
  listed: ReadonlyMap<string, ListedAlert>,
  { silences, now }: Look,
  known: readonly KnownSilence[],
): readonly KnownSilence[] {
  if (silences === null) return known;
  const open = alerts.filter(isOpen);
  const ids = new Set(open.flatMap(({ fingerprint }) => listed.get(fingerprint)?.silencedBy ?? []));
  const found = [...ids].flatMap((id) => silences.get(id) ?? []);
  const isUnlisted = open.some(({ fingerprint, suppressed }) => suppressed === 'silenced' && !listed.has(fingerprint));
  const unlisted = isUnlisted ? known.filter(({ id, endsAt }) => !ids.has(id) && endsAt > now) : [];
  return kept([...found, ...unlisted]);
}

function isSameSet(a: readonly KnownSilence[], b: readonly KnownSilence[]): boolean {
  const text = (silences: readonly KnownSilence[]) =>
    JSON.stringify(silences.toSorted((x, y) => (x.id < y.id ? -1 : 1)));
  return text(a) === text(b);
}

/** The silences in force as incidents know them. */
export function silencesIn(listed: readonly ListedSilence[], now: number): ReadonlyMap<string, KnownSilence> {
  const active = listed.filter(({ state, endsAt }) => state === 'active' && endsAt > now);
  return new Map(
    active.map(({ id, matchers, createdBy, comment, endsAt }) => [
      id,
      {
        id,
        matchers: matchers.slice(0, mostMatchers).map((matcher) => shortened(matcherText(matcher), 300)),
        createdBy: shortened(createdBy, 100),
        comment: shortened(comment, 300),
        endsAt,
      },
    ]),
  );
}

/** Whether a difference has lasted for as long as it has to. */
export function isDue(key: string, { held, now }: Look): boolean {
  const due = held.get(key);
  return due !== undefined && due <= now;
}

function ended({ suppressed: _, ...alert }: KnownAlert): KnownAlert {
  return { ...alert, state: 'no longer reported' };
}

/** It fires there. The same object where that is known. */
function confirmed(known: KnownAlert, listed: ListedAlert): KnownAlert {
  const suppressed = suppressionOf(listed);
  const begun = listed.startsAt > known.startsAt;
  if (known.state === 'firing' && known.suppressed === suppressed && !begun) return known;
  const { suppressed: _, ...alert } = known;
  return {
    ...alert,
    ...(begun && textsOf(listed)),
    state: 'firing',
    missingSince: null,
    ...(suppressed !== undefined && { suppressed }),
  };
}

function suppressionOf({ silencedBy, inhibitedBy, mutedBy }: ListedAlert): Suppression | undefined {
  if (silencedBy.length > 0 || mutedBy.length > 0) return 'silenced';
  return inhibitedBy.length > 0 ? 'inhibited' : undefined;
}

function textsOf({ labels, annotations, generatorURL, startsAt }: ListedAlert) {
  return { labels, annotations, generatorURL, startsAt };
}

/** Whether nothing fires that may be of this group and that `max_alerts` could have kept from it. */
function holdsAll(incident: Incident, listed: ReadonlyMap<string, ListedAlert>, { absenceCounts }: Look): boolean {
  if (incident.truncated === 0 || !absenceCounts) return false;
  const open = new Set(incident.alerts.filter(isOpen).map((alert) => alert.fingerprint));
  const own = Object.entries(incident.groupLabels);
  return [...listed.values()].every(
    (alert) => open.has(alert.fingerprint) || own.some(([name, value]) => labelOf(alert.labels, name) !== value),
  );
}

/** Ids of the silences over what these receivers are told of. */
export function silencedBy({ receivers, listed }: Pick<Look, 'receivers' | 'listed'>): ReadonlySet<string> {
  const alerts = [...receivers].flatMap((receiver) => [...(listed.get(receiver)?.values() ?? [])]);
  return new Set(alerts.flatMap((alert) => alert.silencedBy));
}

/** Keys of an incident's alerts that fire, as far as is known here. */
export function openKeys({ receiver, alerts }: Incident): readonly string[] {
  return alerts.filter(isOpen).map((alert) => differenceKey('unknown', receiver, alert.fingerprint));
}

/**
 * What fires there, would be notified, and is open nowhere here.
 * @param known keys of all that is open here.
 */
export function unknownTo(known: ReadonlySet<string>, look: Look): readonly string[] {
  return [...look.receivers].flatMap((receiver) =>
    [...(look.listed.get(receiver)?.values() ?? [])]
      .filter((alert) => suppressionOf(alert) === undefined)
      .map((alert) => differenceKey('unknown', receiver, alert.fingerprint))
      .filter((key) => !known.has(key)),
  );
}

/** The keys of what one look has found to differ. */
export interface Differences {
  readonly gone: readonly string[];
  readonly unknown: readonly string[];
}

/** What is remembered for the next look: a difference that this one did not find again is forgotten. */
export function hold({ gone, unknown }: Differences, { held, now }: Look, patience: Patience): Held {
  // Never for longer than a new one: the clock may have been set back.
  const due = (key: string, ms: number) => [key, Math.min(held.get(key) ?? Infinity, now + ms)] as const;
  return new Map([...gone.map((key) => due(key, patience.gone)), ...unknown.map((key) => due(key, patience.unknown))]);
}

/** The alerts of a listed group that have been unknown for long enough. */
export function overdue(group: ListedGroup, due: ReadonlySet<string>): readonly ListedAlert[] {
  const receiver = asNotified(group.receiver);
  return group.alerts.filter(
    (alert) => suppressionOf(alert) === undefined && due.has(differenceKey('unknown', receiver, alert.fingerprint)),
  );
}

export type Placed =
  | { readonly kind: 'opened' | 'reopened' | 'updated'; readonly incident: Incident }
  /** A notification was faster. */
  | null;

/**
 * Shows what was unknown in the group's incident where there is one that goes on or has just ended, else in a provisional one.
 * @param latest the newest incident of the same receiver and group labels.
 */
export function place(
  latest: Incident | undefined,
  group: Pick<ListedGroup, 'receiver' | 'labels'>,
  found: readonly ListedAlert[],
  look: Pick<Look, 'askedAt' | 'now'>,
): Placed {
  const { now } = look;
  const fresh = found.filter((alert) => {
    const known = latest?.alerts.find((one) => one.fingerprint === alert.fingerprint);
    return known === undefined || (!isOpen(known) && known.seenAt < look.askedAt);
  });
  if (fresh.length === 0) return null;
  const alerts = fresh.map((alert) => asKnown(alert, now));
  if (latest === undefined || (latest.closedAt !== null && now - latest.closedAt > reopenMs)) {
    const beginning = { receiver: asNotified(group.receiver), groupKey: provisionalKey(group.labels), alerts };
    return {
      kind: 'opened',
      incident: {
        id: incidentId(beginning, latest?.closedAt ?? null),
        ...beginning,
        groupLabels: group.labels,
        externalURL: '',
        openedAt: now,
        closedAt: null,
        truncated: 0,
      },
    };
  }
  const joining = new Set(alerts.map((alert) => alert.fingerprint));
  const others = latest.alerts.filter((alert) => !joining.has(alert.fingerprint));
  return {
    kind: latest.closedAt === null ? 'updated' : 'reopened',
    incident: { ...latest, closedAt: null, alerts: [...others, ...alerts] },
  };
}

function asKnown(alert: ListedAlert, now: number): KnownAlert {
  return {
    fingerprint: alert.fingerprint,
    ...textsOf(alert),
    endsAt: null,
    state: 'firing',
    missingSince: null,
    seenAt: now,
  };
}
