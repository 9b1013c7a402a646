// Who made the silences that Alertmanager's list names, and until when: asked for by their ids, or all at once where those are many.
import type { Alertmanager, Answer, ListedSilence } from '../alertmanager/alertmanager.ts';

/** Alertmanager keeps those that have ended for five days, so that all of them can be thousands where a few are meant. */
const mostByOne = 20;

/** What there is of these; rejects with the signal's reason alone. */
export async function silenceDetails(
  alertmanager: Pick<Alertmanager, 'silence' | 'silences'>,
  ids: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Answer<readonly ListedSilence[]>> {
  if (ids.size > mostByOne) {
    const all = await alertmanager.silences(signal);
    return all.kind === 'answered' ? { ...all, value: all.value.filter(({ id }) => ids.has(id)) } : all;
  }
  const found: ListedSilence[] = [];
  for (const id of ids) {
    const one = await alertmanager.silence(id, signal);
    if (one.kind !== 'answered') return one;
    if (one.value !== null) found.push(one.value);
  }
  return { kind: 'answered', value: found };
}
