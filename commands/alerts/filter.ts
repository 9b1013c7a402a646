// Whether an incident is one that a filter of /alerts asks for.
import { type Incident, isOpen } from '../../src/alerts/incident.ts';

/** Longer texts are looked through to here. */
const longest = 2000;

/** In a label as `name=value`, or in a text, of what is open; in any case of letters. */
export function mentions({ alerts, groupLabels }: Pick<Incident, 'alerts' | 'groupLabels'>, filter: string): boolean {
  const wanted = filter.toLowerCase();
  const isIn = (text: string): boolean => text.slice(0, longest).toLowerCase().includes(wanted);
  const pairs = (labels: Readonly<Record<string, string>>): boolean =>
    Object.entries(labels).some(([name, value]) => isIn(`${name}=${value}`));
  return (
    pairs(groupLabels) ||
    alerts
      .filter(isOpen)
      .some(({ labels, annotations }) => pairs(labels) || Object.values(annotations).some((text) => isIn(text)))
  );
}
