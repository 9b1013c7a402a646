// The dead man's switch, decided: what it means that the Watchdog is heard, ends, or stays away. Pure.
import { createHash } from 'node:crypto';
import { labelOf, type Notification } from './schema.ts';

/** What outlives the process of the alert that always fires. Times are milliseconds since 1970, and only shown: clocks jump. */
export interface Watch {
  readonly alertname: string;
  /** When it was first waited for or heard of. */
  readonly since: number;
  /** When a notification last held it firing; null while none has. */
  readonly seenAt: number | null;
  /** When Alertmanager said that it had ended; null once it fires again. */
  readonly endedAt: number | null;
}

/** One time for which it was missing: one card. */
export interface Absence {
  /** The same in every process that notices the same absence. */
  readonly id: string;
  readonly alertname: string;
  /** When it was last seen; null where it never was. */
  readonly seenAt: number | null;
  /** When it was first waited for. */
  readonly waitedSince: number;
  /** What Alertmanager said of its end, as in `Watch`. */
  readonly endedAt: number | null;
  /** How long it may be missing, in milliseconds. */
  readonly afterMs: number;
  readonly noticedAt: number;
  readonly over: { readonly at: number; readonly because: 'it returned' | 'nobody waits for it' } | null;
}

/** Instants of a clock that never jumps, in milliseconds. */
export interface Silence {
  /** Since when the bot has listened without hearing it. */
  readonly since: number;
  /** When that was last looked at. */
  readonly lookedAt: number;
}

export type Verdict =
  | { readonly kind: 'rest'; readonly reason: 'nobody waits for it' | 'its absence is told' }
  | { readonly kind: 'wait'; readonly reason: 'it was heard lately'; readonly ms: number }
  | { readonly kind: 'tell'; readonly reason: 'it has been silent for too long' };

/** Between two looks longer than this, in milliseconds, the process was stopped or starved, and may have been deaf. */
export const stalledMs = 30_000;

/** Whether a notification holds the Watchdog: firing where one of them fires (several Prometheus send one each), null without one. */
export function heardIn(notification: Notification, alertname: string): 'firing' | 'ended' | null {
  const named = notification.alerts.filter(({ labels }) => labelOf(labels, 'alertname') === alertname);
  if (named.length === 0) return null;
  return named.some(({ status }) => status === 'firing') ? 'firing' : 'ended';
}

/** An end is no sign of life: it changes nothing about when the Watchdog was last seen. */
export function marked(watch: Watch | null, alertname: string, heard: 'firing' | 'ended', now: number): Watch {
  const before = watch ?? { alertname, since: now, seenAt: null, endedAt: null };
  if (heard === 'firing') return { ...before, seenAt: now, endedAt: null };
  return { ...before, endedAt: before.endedAt ?? now };
}

/** By the configuration, or by the first one that was ever heard. */
export function isArmed(watch: Watch | null, byConfiguration: boolean): boolean {
  return byConfiguration || (watch !== null && (watch.seenAt !== null || watch.endedAt !== null));
}

/** After a time in which the bot may have been deaf the wait begins anew, as after a start. */
export function looked(silence: Silence, at: number): Silence {
  return at - silence.lookedAt > stalledMs ? { since: at, lookedAt: at } : { ...silence, lookedAt: at };
}

/** @param silentMs for how long the bot has listened without hearing it; `afterMs` how long that may be. */
export function judge(asked: { armed: boolean; told: boolean; silentMs: number; afterMs: number }): Verdict {
  if (!asked.armed) return { kind: 'rest', reason: 'nobody waits for it' };
  if (asked.told) return { kind: 'rest', reason: 'its absence is told' };
  const ms = asked.afterMs - asked.silentMs;
  if (ms > 0) return { kind: 'wait', reason: 'it was heard lately', ms };
  return { kind: 'tell', reason: 'it has been silent for too long' };
}

/** @param silentMs what the clock that never jumps says: shown where the other one has jumped back behind what was last seen. */
export function absenceOf(watch: Watch, told: { now: number; silentMs: number; afterMs: number }): Absence {
  const { alertname, since, seenAt, endedAt } = watch;
  const { now, silentMs, afterMs } = told;
  const past = (time: number): number => (time <= now ? time : now - silentMs);
  return {
    id: createHash('sha256')
      .update(JSON.stringify(['watchdog', alertname, seenAt ?? since]))
      .digest('hex')
      .slice(0, 20),
    alertname,
    seenAt: seenAt === null ? null : past(seenAt),
    waitedSince: past(since),
    endedAt: endedAt === null ? null : past(endedAt),
    afterMs,
    noticedAt: now,
    over: null,
  };
}
