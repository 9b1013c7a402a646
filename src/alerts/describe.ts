// One alert in the operator's words: what is broken, where, and since when.
import { redacted } from '../lib/secret.ts';
import { saysSecret } from '../lib/secret-names.ts';
import { shortened } from '../lib/shortened.ts';
import type { Item, Line, Run } from '../message.ts';
import { exporterLabels } from './exporters.ts';
import { isOpen, type KnownAlert, severityOf, severityRank } from './incident.ts';
import { type Labels, labelOf } from './schema.ts';
import { annotationText, textsOf } from './texts.ts';

/** Labels that tell which thing it is, the most telling first. */
const telling = [
  'namespace',
  'pod',
  'node',
  'instance',
  'container',
  'deployment',
  'statefulset',
  'daemonset',
  'job_name',
  'cronjob',
  'persistentvolumeclaim',
  'device',
  'mountpoint',
  'service',
  'job',
];

/** Said elsewhere on the card, or of no use to a person. */
const untold = new Set(['alertname', 'severity', 'prometheus', 'uid', 'endpoint']);

const maxLabels = 12;

/** What is left of a long value in a line that has to hold more than it. */
const longest = { name: 80, word: 40 };

/** Whether a label of this name says which alert or thing it is, rather than how bad it is or who watches it. */
export function tells(name: string): boolean {
  return name === 'alertname' || telling.includes(name);
}

/** What Grafana calls the alert where a rule could not be evaluated; which rule, is in `rulename`. */
const unevaluated = new Set(['DatasourceError', 'DatasourceNoData']);

/** The alert's name as its rule gives it; where the label is absent, a word for it. */
export function nameOf({ labels }: Pick<KnownAlert, 'labels'>): string {
  const name = labelOf(labels, 'alertname')?.trim() || 'unnamed alert';
  const rule = unevaluated.has(name) ? labelOf(labels, 'rulename')?.trim() : undefined;
  return rule ? `${rule} (${name})` : name;
}

/** The name where others stand beside it, so that a long one does not push them out. */
export function shortNameOf(alert: Pick<KnownAlert, 'labels'>): string {
  return shortened(nameOf(alert), longest.name);
}

/** The severity's word as the rule gives it, for example `critical`; empty where there is none. */
export function severityWord(labels: Labels): string {
  return shortWord(labelOf(labels, 'severity')?.trim() ?? '');
}

/** A label's value that is to stand in a headline. */
export function shortWord(value: string): string {
  return shortened(value, longest.word);
}

/**
 * The labels that tell this alert from others, without those that only tell which exporter measured: the telling ones first, then the rest.
 * Where the name says that the value is a secret, it is redacted here: name and value are shown apart.
 */
export function distinguishingLabels(labels: Labels): readonly (readonly [string, string])[] {
  const ofExporter = exporterLabels(labels);
  const first = telling.flatMap((name) => {
    const value = labelOf(labels, name);
    return value === undefined || value === '' || ofExporter.has(name) ? [] : [[name, value] as const];
  });
  const rest = Object.entries(labels)
    .filter(([name, value]) => !telling.includes(name) && !untold.has(name) && value !== '')
    .map(([name, value]) => [name, saysSecret(name) ? redacted : value] as const);
  return [...first, ...rest];
}

/** Since when, or from when until when. A zero or future start is not a time that one could believe. */
export function timeSpan(alert: KnownAlert, now: number): Line {
  const began = alert.startsAt > 0 && alert.startsAt <= now + 60_000 ? new Date(alert.startsAt) : null;
  if (alert.state === 'resolved') {
    const ended: Run = { time: new Date(alert.endsAt ?? alert.seenAt), style: 'full' };
    if (began === null) return ['resolved ', ended];
    return ['resolved ', ended, ', began ', { time: began, style: 'full' }];
  }
  const word = alert.suppressed === undefined ? alert.state : `${alert.state} (${alert.suppressed})`;
  if (began === null) return word === 'firing' ? 'firing' : [word, ' (started at an unknown time)'];
  return [
    word,
    alert.state === 'firing' ? ' since ' : ', began ',
    { time: began, style: 'relative' },
    ' (',
    { time: began, style: 'full' },
    ')',
  ];
}

/**
 * What the card shows of one alert, and all of it for the attached file.
 * @param isSummarySaid the card says its summary above the list.
 */
export function describeAlert(alert: KnownAlert, now: number, isSummarySaid: boolean): Item {
  return new DescribedAlert(alert, now, isSummarySaid);
}

/** Made when it is read, since most of a large group never is; a class, since thousands of closures take megabytes. */
class DescribedAlert implements Item {
  readonly #alert: KnownAlert;
  readonly #now: number;
  readonly #isSummarySaid: boolean;

  constructor(alert: KnownAlert, now: number, isSummarySaid: boolean) {
    this.#alert = alert;
    this.#now = now;
    this.#isSummarySaid = isSummarySaid;
  }

  get lines(): readonly Line[] {
    return linesOf(this.#alert, this.#now, this.#isSummarySaid);
  }

  get whole(): string {
    return wholeAlert(this.#alert);
  }

  get isShort(): boolean {
    return distinguishingLabels(this.#alert.labels).length > maxLabels;
  }
}

function linesOf(alert: KnownAlert, now: number, isSummarySaid: boolean): readonly Line[] {
  const severity = severityWord(alert.labels);
  const all = distinguishingLabels(alert.labels);
  const labels = all
    .slice(0, maxLabels)
    .flatMap(([name, value], index): Run[] => [index === 0 ? '' : ' · ', `${name} `, { code: value }]);
  if (all.length > maxLabels) labels.push(` · and ${all.length - maxLabels} more labels`);
  const lines: Line[] = [
    [{ bold: nameOf(alert) }, severity === '' ? '' : ` ${severity}`, ' · ', ...runs(timeSpan(alert, now))],
  ];
  if (labels.length > 0) lines.push(labels);
  lines.push(...textsOf(alert, isSummarySaid));
  const action = annotationText(alert.annotations, 'action');
  if (action !== '' && isOpen(alert)) lines.push(`→ ${action}`);
  return lines;
}

function runs(line: Line): readonly Run[] {
  return Array.isArray(line) ? line : [line as Run];
}

function wholeAlert(alert: KnownAlert): string {
  const iso = (ms: number): string => (Math.abs(ms) > 8.64e15 ? 'unknown' : new Date(ms).toISOString());
  const pairs = (labels: Labels): string[] => Object.entries(labels).map(([name, value]) => `    ${name}: ${value}`);
  return [
    `${nameOf(alert)} (${[alert.state, alert.suppressed].filter((word) => word !== undefined).join(', ')})`,
    `  startsAt: ${iso(alert.startsAt)}`,
    ...(alert.endsAt === null ? [] : [`  endsAt: ${iso(alert.endsAt)}`]),
    '  labels:',
    ...pairs(alert.labels),
    '  annotations:',
    ...pairs(alert.annotations),
    ...(alert.valueString === undefined ? [] : [`  value: ${alert.valueString}`]),
    ...(alert.generatorURL === '' ? [] : [`  generatorURL: ${alert.generatorURL}`]),
    `  fingerprint: ${alert.fingerprint}`,
  ].join('\n');
}

/** Sorts what needs someone first: what fires before what has ended, then by severity, then the newest. */
export function byUrgency(a: KnownAlert, b: KnownAlert): number {
  return order(a) - order(b) || b.startsAt - a.startsAt;
}

const stateOrder: Record<KnownAlert['state'], number> = {
  firing: 0,
  'not in the last notification': 100,
  'no longer reported': 200,
  resolved: 300,
};

function order(alert: KnownAlert): number {
  return stateOrder[alert.state] + severityRank(severityOf(alert.labels));
}
