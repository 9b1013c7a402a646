// What a person sees of the bot's answer to something they did.
import { messageFlags } from '../checks/message.ts';
import { callbackTypes } from '../interactions.ts';
import type { Interaction, Modal, StoredMessage, World } from '../state.ts';
import { findMessage } from '../wire/messages.ts';
import { type SandboxMessage, viewMessage } from './view.ts';
import { type WaitOptions, waitFor } from './wait.ts';

export type AckKind = 'message' | 'deferred' | 'deferred update' | 'update' | 'choices' | 'modal' | 'none';

export interface InteractionResult {
  readonly id: string;
  /** `none` when nobody answered in time. */
  readonly ack: {
    readonly kind: AckKind /** Milliseconds from the act to the first response. */;
    readonly afterMs: number | null;
    readonly ephemeral: boolean;
  };
  /** What Discord tells the person when nobody answered: "The application did not respond". */
  readonly failure: string | null;
  /** The answer as it is now; for an update of a message, that message. Null when there is none, or it was deleted. */
  readonly reply: SandboxMessage | null;
  readonly followUps: readonly SandboxMessage[];
  readonly modal: Modal | null;
  /** Waits until the answer is as wanted. */
  until(wanted: (reply: SandboxMessage) => unknown, options?: WaitOptions): Promise<SandboxMessage>;
  /** Waits until the answer is more than "thinking", and the pressed message after a deferred update has been edited. */
  final(options?: WaitOptions): Promise<SandboxMessage>;
  /** Waits for a further message. */
  followUp(wanted?: (message: SandboxMessage) => unknown, options?: WaitOptions): Promise<SandboxMessage>;
}

const kinds: Record<number, AckKind> = {
  [callbackTypes.message]: 'message',
  [callbackTypes.defer]: 'deferred',
  [callbackTypes.deferUpdate]: 'deferred update',
  [callbackTypes.update]: 'update',
  [callbackTypes.choices]: 'choices',
  [callbackTypes.modal]: 'modal',
};

/** Resolves at the first response, or when there will be none. */
export async function resultOf(world: World, interaction: Interaction): Promise<InteractionResult> {
  const editsBefore = editsOf(world, interaction);
  const settled = () => interaction.ack !== null || interaction.failed;
  await waitFor(world, settled, () => '', {
    timeoutMs: world.windows.firstResponse + 5_000,
    what: 'an answer or its deadline',
  });
  return describeResult(world, interaction, editsBefore);
}

function editsOf(world: World, interaction: Interaction): number {
  const source = interaction.sourceId ? findMessage(world, interaction.channelId, interaction.sourceId) : undefined;
  return source?.revisions.length ?? 0;
}

function describeResult(world: World, interaction: Interaction, editsBefore: number): InteractionResult {
  const { ack } = interaction;
  const stored = (id: string | null): StoredMessage | undefined =>
    id === null ? undefined : findMessage(world, interaction.channelId, id);
  const show = (id: string | null): SandboxMessage | null => {
    const message = stored(id);
    return message ? viewMessage(world, message) : null;
  };
  const followUps = () => interaction.followUpIds.flatMap((id) => show(id) ?? []);
  const describe = () => {
    const reply = show(interaction.originalId);
    return `The answer is: ${reply ? reply.text || '(thinking)' : interaction.failed ? 'The application did not respond' : 'none'}`;
  };
  const until: InteractionResult['until'] = (wanted, options) =>
    waitFor(
      world,
      () => {
        const reply = show(interaction.originalId);
        return reply && wanted(reply) ? reply : null;
      },
      describe,
      { what: 'an answer as wanted', ...options },
    );
  return {
    id: interaction.id,
    ack: {
      kind: ack ? (kinds[ack.type] ?? 'none') : 'none',
      afterMs: ack ? ack.at - interaction.createdAt : null,
      ephemeral: ack?.ephemeral ?? false,
    },
    failure: interaction.failed ? 'The application did not respond' : null,
    get reply() {
      return show(interaction.originalId);
    },
    get followUps() {
      return followUps();
    },
    modal: interaction.modal,
    until,
    final: (options) => {
      const awaitsEdit = ack?.type === callbackTypes.deferUpdate;
      const isFinal = (reply: StoredMessage): boolean =>
        (reply.flags & messageFlags.loading) === 0 && (!awaitsEdit || reply.revisions.length > editsBefore);
      return waitFor(
        world,
        () => {
          const reply = stored(interaction.originalId);
          return reply !== undefined && isFinal(reply) ? viewMessage(world, reply) : null;
        },
        describe,
        { what: 'the final answer', ...options },
      );
    },
    followUp: (wanted = () => true, options) =>
      waitFor(world, () => followUps().find((one) => wanted(one)), describe, {
        what: 'a follow-up as wanted',
        ...options,
      }),
  };
}
