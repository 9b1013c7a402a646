// The clock on the wall of a time zone, by what Intl knows of it.

/** As the clock shows it; `month` from 1, `weekday` from 0 for Sunday. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
}

/** @param timezone IANA name that Intl knows. */
export function wallTime(at: Date, timezone: string): WallTime {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const number = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [number('year'), number('month'), number('day')];
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return { year, month, day, hour: number('hour'), minute: number('minute'), weekday };
}

/**
 * The moment at which the clock shows this; days beyond the month's end roll over. What summer time skips is the same time after the jump, of what
 * it repeats the first.
 */
export function momentOf(wall: Omit<WallTime, 'weekday'>, timezone: string): Date {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const guesses = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => asUtc - offset(near, timezone));
  const right = guesses.filter((guess) => guess + offset(guess, timezone) === asUtc).sort((a, b) => a - b);
  return new Date(right[0] ?? guesses[0] ?? asUtc);
}

/** How far the clock is ahead of UTC, in milliseconds. */
function offset(at: number, timezone: string): number {
  const { year, month, day, hour, minute } = wallTime(new Date(at), timezone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000;
}
