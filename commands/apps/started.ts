// What whoever asked for a change reads: a link to its card, or why nothing is to be done.
import type { Started } from '../../src/deploys/deploys.ts';
import type { Message } from '../../src/message.ts';

/** @param link to the card; null where it is not posted yet. */
export function startedMessage(started: Started, link: string | null): Message {
  if (started.kind === 'nothing to do') return { tone: 'neutral', headline: started.said };
  const { kind, app, id } = started.operation;
  return {
    tone: 'info',
    headline: `The ${kind} of ${app} has begun.`,
    text: [link === null ? 'Its card appears in this channel.' : { link: 'Its card shows how it goes.', url: link }],
    footer: `operation ${id}`,
  };
}

/** The same while the card is on its way. */
export async function linkOf(
  started: Started,
  linkTo: (cardId: string, signal: AbortSignal) => Promise<string | null>,
  signal: AbortSignal,
): Promise<string | null> {
  return started.kind === 'started' ? linkTo(started.operation.id, signal) : null;
}
