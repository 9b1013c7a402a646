// Discord's interactions → invocations, in the words of those who answer them. Pure.
import { ApplicationCommandOptionType, ApplicationCommandType, ComponentType, InteractionType } from 'discord.js';
import type { Invocation, OptionValue, Person, PressInvocation } from '../dispatch/invocation.ts';
import { readCustomId } from './buttons.ts';
import { timeOf } from './limits.ts';
import type { Interaction, OptionLeaf, OptionRoot } from './schema.ts';

/** Null for a kind of interaction that this program does not offer: other selects, context menus, pings. */
export function invocationOf(interaction: Interaction): Invocation | null {
  const person = personOf(interaction);
  const { data } = interaction;
  if (person === null || data === null || data === undefined) return null;
  const asked = {
    id: interaction.id,
    person,
    guildId: interaction.guild_id ?? null,
    channelId: interaction.channel_id ?? interaction.channel?.id ?? '',
  };
  switch (interaction.type) {
    case InteractionType.ApplicationCommand: {
      if (
        data.name === undefined ||
        (data.type ?? ApplicationCommandType.ChatInput) !== ApplicationCommandType.ChatInput
      ) {
        return null;
      }
      const { subcommand, leaves } = leavesOf(data.options ?? []);
      return { kind: 'command', ...asked, command: data.name, subcommand, options: valuesOf(leaves) };
    }
    case InteractionType.ApplicationCommandAutocomplete: {
      const { subcommand, leaves } = leavesOf(data.options ?? []);
      const focused = leaves.find((leaf) => leaf.focused === true);
      if (data.name === undefined || focused === undefined) return null;
      return {
        kind: 'completion',
        ...asked,
        command: data.name,
        subcommand,
        option: focused.name,
        typed: String(focused.value ?? ''),
        options: valuesOf(leaves.filter((leaf) => leaf !== focused)),
      };
    }
    case InteractionType.MessageComponent: {
      const isOffered =
        data.component_type === ComponentType.Button || data.component_type === ComponentType.StringSelect;
      return isOffered ? pressOf(interaction, asked, { values: data.values ?? [] }) : null;
    }
    case InteractionType.ModalSubmit:
      return pressOf(interaction, asked, { fields: fieldsOf(data.components ?? []) });
    default:
      return null;
  }
}

/** Null where no message carries what was pressed, or nothing says what that is. */
function pressOf(
  { id, data, message }: Interaction,
  asked: Pick<PressInvocation, 'id' | 'person' | 'guildId' | 'channelId'>,
  given: Pick<PressInvocation, 'values' | 'fields'>,
): PressInvocation | null {
  if (data?.custom_id === undefined || message?.id === undefined) return null;
  return {
    kind: 'press',
    ...asked,
    askedAt: timeOf(id),
    ...readCustomId(data.custom_id),
    messageId: message.id,
    ...given,
  };
}

function fieldsOf(
  components: NonNullable<NonNullable<Interaction['data']>['components']>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    components.flatMap(({ component }) => (component === undefined ? [] : [[component.custom_id, component.value]])),
  );
}

/** True where the option in focus is a number: its choices have to be numbers too. */
export function completesNumber(interaction: Interaction): boolean {
  const focused = leavesOf(interaction.data?.options ?? []).leaves.find((leaf) => leaf.focused === true);
  return (
    focused?.type === ApplicationCommandOptionType.Integer || focused?.type === ApplicationCommandOptionType.Number
  );
}

/** Outside a guild Discord names the user alone, who then has no roles. */
function personOf({ member, user }: Interaction): Person | null {
  if (member !== null && member !== undefined) {
    return { id: member.user.id, username: member.user.username, roles: member.roles };
  }
  return user === null || user === undefined ? null : { id: user.id, username: user.username, roles: [] };
}

/** A subcommand in a group is named `group subcommand`. */
function leavesOf(options: readonly OptionRoot[]): { subcommand: string | null; leaves: readonly OptionLeaf[] } {
  const [first] = options;
  if (first?.type === ApplicationCommandOptionType.Subcommand) {
    return { subcommand: first.name, leaves: first.options ?? [] };
  }
  if (first?.type === ApplicationCommandOptionType.SubcommandGroup) {
    const inner = first.options?.[0];
    return {
      subcommand: inner === undefined ? first.name : `${first.name} ${inner.name}`,
      leaves: inner?.options ?? [],
    };
  }
  return { subcommand: null, leaves: options };
}

function valuesOf(leaves: readonly OptionLeaf[]): Readonly<Record<string, OptionValue>> {
  const values = leaves.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return Object.fromEntries(values);
}
