// Cores, bytes, shares and ages as people read them.
import { formatDuration } from '../../src/lib/duration.ts';

const day = 24 * 3600_000;

/** `8`, `1.3`, `0.25`; a core is what Kubernetes calls one CPU. */
export function cores(value: number): string {
  if (value >= 10) return String(Math.round(value));
  return String(Number(value.toFixed(value >= 1 ? 1 : 2)));
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `512 MiB`, `3.1 GiB`, `32 GiB`. */
export function bytes(value: number): string {
  let rest = Math.max(0, value);
  let unit: string = units[0];
  for (const next of units.slice(1)) {
    // 1023.9 would be shown as 1024.
    if (rest < 1023.5) break;
    rest /= 1024;
    unit = next;
  }
  return `${rest >= 10 ? Math.round(rest) : Number(rest.toFixed(1))} ${unit}`;
}

/** ` (15%)`, cut to whole percents as kubectl does; nothing where there is no whole. */
export function share(part: number, whole: number | null): string {
  // 0.7 of 1 is 70 %, whatever 0.7 * 100 is to a computer.
  return whole === null || whole <= 0 ? '' : ` (${Math.floor((part / whole) * 100 + 1e-9)}%)`;
}

/** `1.2 of 8 (15%)`, or `1.2` where it is not known of how much. */
export function ofAll(part: number, whole: number | null, format: (value: number) => string): string {
  return whole === null ? format(part) : `${format(part)} of ${format(whole)}${share(part, whole)}`;
}

/** `34d`, `5h12m`, `unknown`. */
export function age(since: Date | null, now: Date): string {
  if (since === null) return 'unknown';
  const length = now.getTime() - since.getTime();
  return formatDuration(length, length >= 2 * day ? 1 : 2);
}

/** `1 node`, `4 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** One line of at most `max` characters. */
export function short(text: string, max: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  // Never fewer units than characters, and much cheaper to count.
  if (line.length <= max) return line;
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}
