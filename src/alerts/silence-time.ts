// Until when something is silenced, from what people type: a length, a time, a weekday.
import { formatDuration, parseDuration } from '../lib/duration.ts';
import { momentOf, wallTime } from '../lib/zoned.ts';

const minute = 60_000;
const day = 24 * 3_600_000;

/** Shorter ones are over before they are read; longer ones are forgotten. */
const bounds = { shortest: minute, longest: 90 * day };

/** When a day begins for whoever is asked again then. */
const morning = { hour: 8, minute: 0 };

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

export type Until = { readonly ok: true; readonly until: Date } | { readonly ok: false; readonly problem: string };

/** @param timezone in which times without one are meant. */
export interface Clock {
  readonly now: Date;
  readonly timezone: string;
}

/** What is shown as right. */
export const untilExamples = '90m, 4h, 2d, until Monday 08:00, 2026-12-01 08:00, 18:30';

/** @returns the moment, or what is wrong and what would be right. */
export function parseUntil(text: string, clock: Clock): Until {
  const typed = text
    .trim()
    .toLowerCase()
    .replace(/^(?:for|until|till)\s+/, '')
    .replace(/\s+/g, ' ');
  const until = momentIn(typed, clock);
  if (until === null) return { ok: false, problem: `is no time that is understood; for example ${untilExamples}` };
  const ms = until.getTime() - clock.now.getTime();
  if (ms < bounds.shortest || ms > bounds.longest) {
    return {
      ok: false,
      problem: `must end in one minute at the earliest and ${formatDuration(bounds.longest)} at the latest`,
    };
  }
  return { ok: true, until };
}

/** The next Monday at 08:00; on a Monday before that, the same day. */
export function untilMonday(clock: Clock): Date {
  return nextWeekday(1, morning, clock);
}

/** For example `2026-12-01 08:00`, where no markup can show it in the reader's own time zone. */
export function endText(endsAt: number, timezone: string): string {
  const { year, month, day, hour, minute } = wallTime(new Date(endsAt), timezone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

function momentIn(typed: string, clock: Clock): Date | null {
  const length = parseDuration(typed);
  if (length !== null) return new Date(clock.now.getTime() + length);
  const [, date, name, clockTime] = /^(?:(\d{4}-\d{2}-\d{2})|([a-z]+))?[ t]?(\d{1,2}:\d{2})?$/.exec(typed) ?? [];
  const time = clockTime === undefined ? morning : timeOf(clockTime);
  if (time === null || (date === undefined && name === undefined && clockTime === undefined)) return null;
  if (date !== undefined) return onDate(date, time, clock);
  if (name === undefined) return nextDay(time, clock);
  if (name === 'tomorrow') return daysOn(1, time, clock);
  const weekday = weekdays.findIndex((one) => name.length >= 2 && one.startsWith(name));
  return weekday === -1 ? null : nextWeekday(weekday, time, clock);
}

function timeOf(text: string): { hour: number; minute: number } | null {
  const [hour = 99, minute = 99] = text.split(':').map(Number);
  return hour < 24 && minute < 60 ? { hour, minute } : null;
}

function onDate(date: string, time: { hour: number; minute: number }, { timezone }: Clock): Date | null {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const real = new Date(Date.UTC(year, month - 1, day));
  if (real.getUTCMonth() !== month - 1 || real.getUTCDate() !== day) return null;
  return momentOf({ year, month, day, ...time }, timezone);
}

function nextDay(time: { hour: number; minute: number }, clock: Clock): Date {
  const today = daysOn(0, time, clock);
  return today > clock.now ? today : daysOn(1, time, clock);
}

function nextWeekday(weekday: number, time: { hour: number; minute: number }, clock: Clock): Date {
  const ahead = (weekday - wallTime(clock.now, clock.timezone).weekday + 7) % 7;
  const first = daysOn(ahead, time, clock);
  return first > clock.now ? first : daysOn(ahead + 7, time, clock);
}

function daysOn(days: number, time: { hour: number; minute: number }, { now, timezone }: Clock): Date {
  const today = wallTime(now, timezone);
  return momentOf({ ...today, day: today.day + days, ...time }, timezone);
}
