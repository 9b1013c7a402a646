// Lengths of time as people write them: `30d`, `15m`, `1h30m`.

const units = [
  ['w', 7 * 24 * 3600_000],
  ['d', 24 * 3600_000],
  ['h', 3600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Ten years of milliseconds; longer is a slip of the finger, and stays far from what a timer or a date can hold. */
const longest = 3660 * 24 * 3600_000;

/**
 * Whole numbers with the units w, d, h, m, s, each at most once and largest first, as in Prometheus.
 * @returns milliseconds, or null where `text` is no such duration or longer than ten years.
 */
export function parseDuration(text: string): number | null {
  const match = /^(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(text.trim());
  if (match === null || match[0] === '') return null;
  const total = units.reduce((sum, [, size], index) => sum + Number(match[index + 1] ?? 0) * size, 0);
  return total <= longest ? total : null;
}

/**
 * @param ms cut to whole seconds; negative counts as zero.
 * @param most how many units are named, largest first; the rest is cut off.
 * @returns for example `1h30m`; `0s` for less than a second. `parseDuration` reads it back.
 */
export function formatDuration(ms: number, most = 5): string {
  if (!Number.isFinite(ms)) return '0s';
  let rest = Math.max(0, ms);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    // Weeks are read, but people count days.
    if (unit === 'w') continue;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < most) parts.push(`${count}${unit}`);
    else if (parts.length > 0) most -= 1;
  }
  return parts.length === 0 ? '0s' : parts.join('');
}
