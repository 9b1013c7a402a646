// How far a rollout is, as people see it: a bar, counts and seconds. Pure.
import { formatDuration } from '../lib/duration.ts';
import { shortened } from '../lib/shortened.ts';
import type { Line } from '../message.ts';
import { type Progress, progressOf } from './judge.ts';
import type { RolloutView } from './view.ts';

/** Characters of the bar; pods beyond that share one. */
const width = 12;
const noteLength = 300;

/** @param elapsedMs since the rollout began; shown in whole seconds. */
export function progressLines(progress: Progress, elapsedMs: number): Line[] {
  const { wanted, updated, ready, unavailable, old, note } = progress;
  const counts = [`${updated} updated`, `${ready} ready`, `${unavailable} unavailable`];
  if (old > 0) counts.push(`${old} old`);
  const bar: Line = [
    { code: barOf(progress) },
    ` ${Math.min(ready, wanted)}/${wanted} · ${counts.join(', ')} · ${formatDuration(elapsedMs, 2)}`,
  ];
  return note === '' ? [bar] : [bar, shortened(note, noteLength)];
}

/** The same of a view. */
export function rolloutLines(view: RolloutView, elapsedMs: number): Line[] {
  return progressLines(progressOf(view), elapsedMs);
}

/** `█` new and ready, `▓` new, `░` to come. Which of the ready pods are new is not known: they count as new once no more are old. */
function barOf({ wanted, updated, ready, old }: Progress): string {
  if (wanted === 0) return '█'.repeat(width);
  const cells = Math.min(width, Math.max(wanted, 1));
  const share = (count: number) => Math.floor((Math.min(Math.max(count, 0), wanted) / wanted) * cells);
  const fresh = share(updated);
  const full = Math.min(fresh, share(ready - old));
  return '█'.repeat(full) + '▓'.repeat(fresh - full) + '░'.repeat(cells - fresh);
}
