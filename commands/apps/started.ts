// What whoever asked for a change reads: where its card is, or why nothing is to be done.
import type { Started } from '../../src/deploys/deploys.ts';
import type { Message } from '../../src/message.ts';

export function startedMessage(started: Started): Message {
  if (started.kind === 'nothing to do') return { tone: 'neutral', headline: started.said };
  const { kind, app } = started.operation;
  return {
    tone: 'info',
    headline: `The ${kind} of ${app} has begun: its card is in this channel.`,
    footer: `operation ${started.operation.id}`,
  };
}
