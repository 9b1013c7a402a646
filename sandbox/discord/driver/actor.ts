// The driver for people: types commands, presses, selects, submits, writes, and sees what that person would see.
import type { APIMessageComponent } from 'discord-api-types/v10';
import { createInteraction } from '../interactions.ts';
import { createMessage } from '../messages.ts';
import { demand, has, permissionsIn } from '../permissions.ts';
import type { Channel, Command, Interaction, Modal, StoredMessage, World } from '../state.ts';
import { findMessage } from '../wire/messages.ts';
import { channelNamed, commandData, type OptionValue, selectData } from './payloads.ts';
import { type InteractionResult, resultOf } from './result.ts';
import { type SandboxMessage, viewMessage } from './view.ts';

export interface Typing {
  readonly subcommand?: string;
  readonly group?: string;
  /** Where it is typed; `operations` when there is one that the person sees, else the first. */
  readonly channel?: string;
}

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

type Options = Readonly<Record<string, OptionValue>>;

export interface Actor {
  readonly id: string;
  readonly username: string;
  /** Resolves at the bot's first response, or when there is none in time. Throws where Discord's client would not send it. */
  command(name: string, options?: Options, typing?: Typing): Promise<InteractionResult>;
  /** What is offered while `typed` stands in the option; rejects when the bot does not answer in time. */
  complete(name: string, option: string, typed: string, options?: Options, typing?: Typing): Promise<readonly Choice[]>;
  /** Presses the button of this label on the message (or id) as it is now. */
  press(message: SandboxMessage | string, label: string): Promise<InteractionResult>;
  /** `select` is the placeholder or custom id; values are labels or values, names for people, roles and channels. */
  select(message: SandboxMessage | string, select: string, values: readonly string[]): Promise<InteractionResult>;
  /** Fills the modal that the result opened; keys are labels or custom ids. */
  submit(
    opened: InteractionResult,
    values: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<InteractionResult>;
  /** Writes a message into a channel. */
  say(channel: string, content: string): SandboxMessage;
  /** What the person sees there, own ephemeral messages among it; nothing without View and history. */
  sees(channel: string): readonly SandboxMessage[];
  /** Commands that Discord offers to the person. */
  commands(): readonly string[];
  /** The same, as the bot registered them. */
  definitions(): readonly Command[];
  /** Channels that the person sees, in Discord's order; threads and direct messages are not among them. */
  channels(): readonly { readonly id: string; readonly name: string; readonly topic: string | null }[];
}

export function createActor(world: World, username: string): Actor {
  const user = () => {
    const found = [...world.state.users.values()].find((one) => one.username === username && !one.bot);
    if (!found) throw new Error(`There is nobody called "${username}"`);
    return found;
  };
  const id = user().id;

  function may(channel: Channel): boolean {
    return has(permissionsIn(world.state, channel, id), 'ViewChannel');
  }

  function channelFor(name: string | undefined): Channel {
    const all = [...world.state.channels.values()].filter((one) => one.type === 0 && may(one));
    const channel =
      name === undefined ? (all.find((one) => one.name === 'operations') ?? all[0]) : channelNamed(world.state, name);
    if (!channel || !may(channel)) throw new Error(`${username} sees no channel "${name ?? ''}"`);
    return channel;
  }

  function offered(): Command[] {
    const permissions = permissionsIn(world.state, channelFor(undefined), id);
    if (!has(permissions, 'UseApplicationCommands')) return [];
    return [...world.state.commands.values()].filter((command) => {
      const needed = command.default_member_permissions;
      return (
        needed === null ||
        needed === undefined ||
        (BigInt(needed) !== 0n && (permissions & BigInt(needed)) === BigInt(needed)) ||
        has(permissions, 'Administrator')
      );
    });
  }

  function commandNamed(name: string): Command {
    const command = offered().find((one) => one.name === name && one.type === 1);
    if (command) return command;
    const names = offered().map((one) => `/${one.name}`);
    throw new Error(`Discord offers ${username} no command "/${name}"; there are: ${names.join(', ') || 'none'}`);
  }

  function messageFor(given: SandboxMessage | string): StoredMessage {
    const messageId = typeof given === 'string' ? given : given.id;
    const channel = [...world.state.messages.keys()].find((one) => findMessage(world, one, messageId));
    const message = channel ? findMessage(world, channel, messageId) : undefined;
    const place = channel ? world.state.channels.get(channel) : undefined;
    if (!message || !place || !may(place)) throw new Error(`${username} sees no message ${messageId}`);
    if (message.ephemeralFor !== null && message.ephemeralFor !== id)
      throw new Error(`${username} does not see the message ${messageId}: it is for somebody else`);
    return message;
  }

  function act(given: Omit<Parameters<typeof createInteraction>[1], 'userId'>): Promise<InteractionResult> {
    return resultOf(world, createInteraction(world, { ...given, userId: id }));
  }

  return {
    id,
    username,
    async command(name, options = {}, typing = {}) {
      const command = commandNamed(name);
      const data = commandData(world.state, command, { options, subcommand: typing.subcommand, group: typing.group });
      return act({ type: 2, channelId: channelFor(typing.channel).id, data, commandName: fullName(name, typing) });
    },
    async complete(name, option, typed, options = {}, typing = {}) {
      const command = commandNamed(name);
      const given = {
        options: { ...options, [option]: typed },
        subcommand: typing.subcommand,
        group: typing.group,
        focused: option,
      };
      const data = commandData(world.state, command, given);
      const made = createInteraction(world, {
        type: 4,
        userId: id,
        channelId: channelFor(typing.channel).id,
        data,
        commandName: fullName(name, typing),
      });
      const result = await resultOf(world, made);
      if (result.failure) throw new Error('Loading options failed');
      return made.choices;
    },
    async press(given, label) {
      const message = messageFor(given);
      const view = viewMessage(world, message);
      const button = view.buttons.find((one) => one.label === label);
      if (!button)
        throw new Error(
          `There is no button "${label}"; there are: ${view.buttons.map((one) => one.label).join(', ') || 'none'}`,
        );
      if (button.customId === null) throw new Error(`"${label}" is a link to ${button.url}`);
      if (button.disabled) throw new Error(`"${label}" is disabled`);
      const data = { component_type: 2, custom_id: button.customId, id: componentId(message, button.customId) };
      return act({ type: 3, channelId: message.channelId, data, sourceId: message.id, label });
    },
    async select(given, name, values) {
      const message = messageFor(given);
      const view = viewMessage(world, message);
      const select = view.selects.find((one) => one.customId === name || one.placeholder === name);
      if (!select)
        throw new Error(
          `There is no select "${name}"; there are: ${view.selects.map((one) => one.placeholder || one.customId).join(', ') || 'none'}`,
        );
      if (select.disabled) throw new Error(`"${name}" is disabled`);
      const chosen =
        select.type === 3
          ? { values: values.map((value) => optionOf(select, value)) }
          : selectData(world.state, select.type, values);
      const data = {
        component_type: select.type,
        custom_id: select.customId,
        id: componentId(message, select.customId),
        ...chosen,
      };
      return act({ type: 3, channelId: message.channelId, data, sourceId: message.id, label: values.join(', ') });
    },
    async submit(opened, values) {
      const before = world.state.interactions.get(opened.id);
      if (!opened.modal || !before) throw new Error('Nothing is open to be submitted');
      const data = { custom_id: opened.modal.customId, components: filled(opened.modal, values) };
      return act({ type: 5, channelId: before.channelId, data, sourceId: before.sourceId, label: opened.modal.title });
    },
    say(name, content) {
      const channel = channelFor(name);
      demand(world, channel, id, 'SendMessages');
      const input = {
        content,
        embeds: [],
        components: [],
        attachments: [],
        flags: 0,
        tts: false,
        nonce: null,
        enforceNonce: false,
        allowed: null,
        replyTo: null,
      };
      return viewMessage(world, createMessage(world, channel, { authorId: id, input }));
    },
    sees(name) {
      const channel = channelNamed(world.state, name);
      if (!channel || !may(channel)) return [];
      const messages = world.state.messages.get(channel.id) ?? [];
      const history = has(permissionsIn(world.state, channel, id), 'ReadMessageHistory');
      return messages
        .filter((one) => one.deletedAt === null && (one.ephemeralFor === null ? history : one.ephemeralFor === id))
        .map((one) => viewMessage(world, one));
    },
    commands: () => offered().map((one) => one.name),
    definitions: () => offered(),
    channels: () =>
      [...world.state.channels.values()]
        .filter((one) => one.type === 0 && may(one))
        .sort((a, b) => a.position - b.position)
        .map(({ id: channelId, name, topic }) => ({ id: channelId, name, topic })),
  };
}

function fullName(name: string, { group, subcommand }: Typing): string {
  return [name, group, subcommand].filter(Boolean).join(' ');
}

function componentId(message: StoredMessage, customId: string): number | undefined {
  return message.components
    .flatMap((row): readonly APIMessageComponent[] => ('components' in row ? row.components : []))
    .find((one) => 'custom_id' in one && one.custom_id === customId)?.id;
}

function optionOf(select: SandboxMessage['selects'][number], wanted: string): string {
  const option = select.options.find((one) => one.label === wanted || one.value === wanted);
  if (!option)
    throw new Error(`The select has no "${wanted}"; there are: ${select.options.map((one) => one.label).join(', ')}`);
  return option.value;
}

/** The modal's components as Discord sends them back: with values, without labels. */
function filled(modal: Modal, values: Readonly<Record<string, string | readonly string[]>>): unknown[] {
  const used = new Set<string>();
  const fill = (input: Record<string, unknown>, label: unknown): Record<string, unknown> => {
    const customId = String(input['custom_id']);
    const key = [String(label), customId].find((name) => name in values);
    if (key) used.add(key);
    const value = key === undefined ? (input['value'] as string | undefined) : values[key];
    const isEmpty = value === undefined || value.length === 0;
    if (isEmpty && input['required'] !== false) throw new Error(`The modal needs "${String(label ?? customId)}"`);
    const shared = { type: input['type'], custom_id: customId };
    if (Number(input['type']) === 4) return { ...shared, value: checkLength(String(value ?? ''), input) };
    return { ...shared, values: typeof value === 'string' ? [value] : (value ?? []) };
  };
  // The modal has been read by its rules: what is inside its parts is there.
  const result = modal.components.map((top) => {
    if (top['type'] === 10) return { type: 10 };
    if (top['type'] === 18) {
      const input = top['component'] as Record<string, unknown>;
      return { type: 18, component: fill(input, top['label']) };
    }
    const inputs = (top['components'] as Record<string, unknown>[] | undefined) ?? [];
    return { type: 1, components: inputs.map((input) => fill(input, input['label'])) };
  });
  const unknown = Object.keys(values).filter((name) => !used.has(name));
  if (unknown.length > 0) throw new Error(`The modal has no ${unknown.join(', ')}`);
  return result;
}

function checkLength(value: string, input: Record<string, unknown>): string {
  const min = Number(input['min_length'] ?? 0);
  const max = Number(input['max_length'] ?? 4000);
  if (value !== '' && (value.length < min || value.length > max))
    throw new Error(`The modal takes between ${min} and ${max} characters`);
  return value;
}

/** Words for what was done: `/nodes node:desktop-1`, `[Acknowledge]`. */
export function describeAct(interaction: Interaction): string {
  if (interaction.type === 3) return `[${interaction.label ?? String(interaction.data['custom_id'])}]`;
  if (interaction.type === 5) return `sends [${interaction.label ?? String(interaction.data['custom_id'])}]`;
  const words: string[] = [];
  const visit = (options: unknown): void => {
    for (const option of (options as { name: string; value?: unknown; options?: unknown }[] | undefined) ?? []) {
      if (option.options) visit(option.options);
      else if (option.value !== undefined) words.push(`${option.name}:${String(option.value)}`);
    }
  };
  visit(interaction.data['options']);
  return [`/${interaction.commandName}`, ...words].join(' ');
}
