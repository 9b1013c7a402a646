// Times as Discord's client writes them: https://docs.discord.com/developers/reference#message-formatting-timestamp-styles

const styles: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

const units: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `style` is Discord's letter; `at` and `now` are milliseconds since 1970. */
export function timeText(style: string, at: number, now: number): string {
  if (style === 'R') return relative(at, now);
  return new Intl.DateTimeFormat('en-GB', styles[style] ?? styles['f']).format(at);
}

function relative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = units.find(([, one]) => Math.abs(seconds) >= one) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en-GB', { numeric: 'always' }).format(Math.round(seconds / size), unit);
}

/** Beside an author's name: `14:03`, or with the day when it is another one. */
export function stampText(at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return sameDay ? timeText('t', at, now) : `${timeText('d', at, now)} ${timeText('t', at, now)}`;
}

/** `0:42`. */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
