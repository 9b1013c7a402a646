// What a rule's author says about an alert: the texts of its annotations, mended, and the one of them that tells it in a line.
import { shortened } from '../lib/shortened.ts';
import type { KnownAlert } from './incident.ts';
import { type Labels, labelOf } from './schema.ts';

/**
 * kube-prometheus-stack's texts end in "on cluster ." and hold double spaces where no `cluster` label is set.
 * Empty for an annotation that is absent.
 */
export function annotationText(annotations: Labels, name: string): string {
  return mended(labelOf(annotations, name) ?? '');
}

function mended(text: string): string {
  return text
    .replaceAll(/ (?:on|in) cluster {0,2}(?=[.,]|$)/g, '')
    .replaceAll(/ {2,8}/g, ' ')
    .replaceAll(/ \.(?=\s|$)/g, '.')
    .trim();
}

/** What takes the place of a summary in a headline was not written for one. */
const longestInstead = 150;

/** In a line, what is wrong: the summary, else the beginning of what the rule says instead. */
export function toldOf({ annotations }: Pick<KnownAlert, 'annotations'>): string {
  const summary = annotationText(annotations, 'summary');
  if (summary !== '') return summary;
  // Loki's rules and older mixins have a message.
  const text = ['message', 'description'].map((name) => labelOf(annotations, name) ?? '').find((one) => /\S/.test(one));
  return text === undefined ? '' : shortened(mended(firstLine(text)), longestInstead);
}

function firstLine(text: string): string {
  return /\S.*/.exec(text)?.[0] ?? '';
}

/** The summary that all of several alerts have, else empty. */
export function sharedSummary([first, ...others]: readonly KnownAlert[]): string {
  const summary = first && labelOf(first.annotations, 'summary');
  if (first === undefined || others.length === 0) return '';
  const isShared = others.every(({ annotations }) => labelOf(annotations, 'summary') === summary);
  return isShared ? annotationText(first.annotations, 'summary') : '';
}

/** The lines of the card: summary, message and description, each that says something new. */
export function textsOf({ annotations }: Pick<KnownAlert, 'annotations'>, isSummarySaid: boolean): readonly string[] {
  const [summary = '', ...others] = ['summary', 'message', 'description'].map((name) =>
    annotationText(annotations, name),
  );
  const further = [...new Set(others)].filter((text) => text !== summary);
  const lines = further.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '');
  return summary === '' || isSummarySaid ? lines : [summary, ...lines];
}
