// Which of the names that there are someone may have meant.
import leven from 'leven';

/** At most `most` of `names`, the likeliest first; none where nothing is near. */
export function nearest(typed: string, names: readonly string[], most = 3): string[] {
  const wanted = typed.toLowerCase();
  return names
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.min(wanted.length, name.length) / 3))
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** A name that begins with, or holds, what was typed is near whatever its length. */
function distance(wanted: string, name: string): number {
  if (wanted !== '' && name.startsWith(wanted)) return 0;
  if (wanted.length >= 3 && name.includes(wanted)) return 1;
  return leven(wanted, name);
}
