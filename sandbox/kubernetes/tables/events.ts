// The table of events.
import { at, type KubernetesObject, textAt } from '../objects.ts';
import type { Column, Columns } from './columns.ts';
import { age } from './common.ts';

export const eventColumns: Columns = [
  column('Last Seen', 'The time at which the most recent occurrence of this event was recorded.', 0, lastSeen),
  column('Type', 'Type of this event (Normal, Warning), new types could be added in the future', 0, (event) =>
    textAt(event, 'type'),
  ),
  column(
    'Reason',
    "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
    0,
    (event) => textAt(event, 'reason'),
  ),
  column('Object', 'The object that this event is about.', 0, object),
  column('Subobject', 'A part of the object that this event is about.', 1, (event) =>
    textAt(subject(event), 'fieldPath'),
  ),
  column('Source', 'The component reporting this event. Should be a short machine understandable string.', 1, source),
  column('Message', 'A human-readable description of the status of this operation.', 0, (event) =>
    (textAt(event, 'message') || textAt(event, 'note')).trim(),
  ),
  column(
    'First Seen',
    'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)',
    1,
    firstSeen,
  ),
  column('Count', 'The number of times this event has occurred.', 1, count),
  { ...column('Name', 'Name must be unique within a namespace.', 1, (event) => event.metadata.name), format: 'name' },
];

function column(name: string, description: string, priority: number, cell: Column['cell']): Column {
  return { name, type: 'string', description, priority, cell };
}

function subject(event: KubernetesObject): unknown {
  return at(event, 'involvedObject') ?? at(event, 'regarding');
}

function object(event: KubernetesObject): string {
  const kind = textAt(subject(event), 'kind').toLowerCase();
  return `${kind}/${textAt(subject(event), 'name')}`;
}

function source(event: KubernetesObject): string {
  const from = at(event, 'source') ?? at(event, 'deprecatedSource');
  const component =
    textAt(from, 'component') || textAt(event, 'reportingComponent') || textAt(event, 'reportingController');
  const host = textAt(from, 'host') || textAt(event, 'reportingInstance');
  return host === '' ? component : `${component}, ${host}`;
}

function firstTime(event: KubernetesObject): string {
  return textAt(event, 'firstTimestamp') || textAt(event, 'deprecatedFirstTimestamp') || textAt(event, 'eventTime');
}

function firstSeen(event: KubernetesObject, now: Date): string {
  return age(firstTime(event), now);
}

function lastSeen(event: KubernetesObject, now: Date): string {
  const series = textAt(event, 'series.lastObservedTime');
  return age(
    series || textAt(event, 'lastTimestamp') || textAt(event, 'deprecatedLastTimestamp') || firstTime(event),
    now,
  );
}

function count(event: KubernetesObject): number {
  return (
    Number(textAt(event, 'series.count') || textAt(event, 'count') || textAt(event, 'deprecatedCount') || '1') || 1
  );
}
