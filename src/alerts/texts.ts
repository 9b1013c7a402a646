// What a rule's author says about an alert: the texts of its annotations, mended, and the one of them that tells it in a line.
import { shortened } from '../lib/shortened.ts';
import type { KnownAlert } from './incident.ts';
import { type Labels, labelOf } from './schema.ts';

/**
 * Where no `cluster` label is set, kube-prometheus-stack's texts say "on cluster .", "desktop-1 on cluster  has", "on  is" and "PDB /shop/web", and hold
 * double spaces. Empty for an annotation that is absent.
 */
export function annotationText(annotations: Labels, name: string): string {
  return mended(labelOf(annotations, name) ?? '');
}

function mended(text: string): string {
  return text
    .replaceAll(/ (?:on|in) cluster(?: {0,2}(?=[.,]|$)| (?= ))/g, '')
    .replaceAll(' on  is ', ' is ')
    .replace(/^PDB \//, 'PDB ')
    .replaceAll(/ {2,8}/g, ' ')
    .replaceAll(/ \.(?=\s|$)/g, '.')
    .trim();
}

/** What takes the place of a summary in a headline was not written for one. */
const longestInstead = 150;

type Said = Pick<KnownAlert, 'annotations' | 'valueString'>;

/** In a line, what is wrong: the summary, else the beginning of what the rule says instead. */
export function toldOf(alert: Said): string {
  const summary = annotationText(alert.annotations, 'summary');
  if (summary !== '') return summary;
  // Loki's rules and older mixins have a message; Error is Grafana's, of a rule that it could not evaluate.
  const texts = ['message', 'description', 'Error'].map((name) => labelOf(alert.annotations, name) ?? '');
  const text = texts.find((one) => /\S/.test(one));
  return shortened(text === undefined ? measuredOf(alert) : mended(firstLine(text)), longestInstead);
}

/** What `toldOf` tells of each of them, where it is the same of all; else empty. */
export function sharedTold(alerts: readonly KnownAlert[]): string {
  const [first] = alerts;
  if (first === undefined) return '';
  const told = toldOf(first);
  const summary = labelOf(first.annotations, 'summary');
  // Summaries are compared as they are: a group can hold many thousands.
  const hasSame = (alert: KnownAlert): boolean =>
    labelOf(alert.annotations, 'summary') === summary && (/\S/.test(summary ?? '') || toldOf(alert) === told);
  return alerts.every(hasSame) ? told : '';
}

/** For example `A = 97.3, C = 1`; what is in another form than Grafana's is given as it is. */
function measuredOf({ valueString = '' }: Said): string {
  const values = [...valueString.matchAll(/\[ var='([^']*)' labels=\{[^}]*\} value=([^\s\]]+) \]/g)];
  return values.map(([, name, value]) => `${name} = ${value}`).join(', ') || valueString.trim();
}

function firstLine(text: string): string {
  return /\S.*/.exec(text)?.[0] ?? '';
}

/** The summary that all of several alerts have, else empty. */
export function sharedSummary(alerts: readonly KnownAlert[]): string {
  const [first, second] = alerts;
  if (first === undefined || second === undefined) return '';
  const summary = labelOf(first.annotations, 'summary');
  const isShared = alerts.every(({ annotations }) => labelOf(annotations, 'summary') === summary);
  return isShared ? annotationText(first.annotations, 'summary') : '';
}

/** The lines of the card: summary, message and description, each that says something new, then what Grafana says besides. */
export function textsOf(alert: Said, isSummarySaid: boolean): readonly string[] {
  const [summary = '', message = '', description = '', error = '', reason = ''] = [
    ...['summary', 'message', 'description', 'Error', 'grafana_state_reason'],
  ].map((name) => annotationText(alert.annotations, name));
  const further = [...new Set([message, description])].filter((text) => text !== summary);
  const value = summary === '' ? measuredOf(alert) : '';
  return [
    ...(summary === '' || isSummarySaid ? [] : [summary]),
    ...further.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== ''),
    ...(error === '' ? [] : [`Error: ${error}`]),
    ...(reason === '' ? [] : [`Grafana's reason: ${reason}`]),
    ...(value === '' ? [] : [value]),
  ];
}
