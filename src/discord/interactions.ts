// Takes INTERACTION_CREATE events as they arrive and hands them to the receiver.
import { InteractionType } from 'discord.js';
import type { Receiver } from '../dispatch/invocation.ts';
import { type AnswerTools, createAnswering, createComplete } from './answering.ts';
import { completesNumber, invocationOf } from './invocations.ts';
import { Interaction } from './schema.ts';

export interface Interactions {
  /** Takes the event's data; never throws. */
  take(data: unknown): void;
  /** Resolves when every interaction taken so far has been dealt with. */
  settled(): Promise<void>;
}

export function createInteractions(receiver: Receiver, tools: AnswerTools): Interactions {
  const { log } = tools;
  const running = new Set<Promise<void>>();
  return {
    take(data) {
      const parsed = Interaction.safeParse(data);
      if (!parsed.success) {
        // No values: an interaction holds a secret and what people typed.
        const fields = parsed.error.issues.slice(0, 5).map((issue) => issue.path.join('.'));
        log.warn({ fields }, 'An interaction from Discord is not of the known form');
        return;
      }
      const work = handle(parsed.data, receiver, tools)
        .catch((error: unknown) => {
          const reason = error instanceof Error ? tools.redact(error.message) : 'unknown';
          log.warn({ interaction: parsed.data.id, reason }, 'An interaction could not be answered');
        })
        .finally(() => running.delete(work));
      running.add(work);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}

async function handle(interaction: Interaction, receiver: Receiver, tools: AnswerTools): Promise<void> {
  const invocation = invocationOf(interaction);
  if (invocation === null) return turnDown(interaction, tools);
  if (invocation.kind === 'completion') {
    return receiver.completing(invocation, createComplete(interaction, completesNumber(interaction), tools));
  }
  return receiver.invoked(invocation, createAnswering(interaction, tools));
}

/** Nobody is left without an answer, even to what this program never offered. */
async function turnDown(interaction: Interaction, tools: AnswerTools): Promise<void> {
  tools.log.warn(
    { interaction: interaction.id, type: interaction.type },
    'Discord sent a kind of interaction that is not offered',
  );
  if (interaction.type === InteractionType.ApplicationCommandAutocomplete) {
    return createComplete(interaction, false, tools)([]);
  }
  return createAnswering(interaction, tools).show({
    tone: 'warning',
    headline: 'This is not something the bot offers (any more). `/help` lists what it does.',
  });
}
