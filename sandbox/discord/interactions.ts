// Interactions: a person does something, the bot has three seconds for a first response and fifteen minutes for the rest.
import { randomBytes } from 'node:crypto';
import { readChoices } from './checks/choices.ts';
import { isObject } from './checks/form.ts';
import { messageFlags, readMessage, type Upload } from './checks/message.ts';
import { readModal } from './checks/modal.ts';
import { ApiError, refusal } from './errors.ts';
import { createMessage, demandContent, editMessage } from './messages.ts';
import type { Channel, Interaction, InteractionType, StoredMessage, World } from './state.ts';
import { findMessage } from './wire/messages.ts';

export const callbackTypes = { message: 4, defer: 5, deferUpdate: 6, update: 7, choices: 8, modal: 9 };

const { suppressEmbeds, ephemeral, suppressNotifications, componentsV2, loading } = messageFlags;

/** Flags that an answer to an interaction may set. */
export const answerFlags = [suppressEmbeds, ephemeral, suppressNotifications, componentsV2];

export interface NewInteraction {
  readonly type: InteractionType;
  readonly userId: string;
  readonly channelId: string;
  readonly data: Record<string, unknown>;
  readonly commandName?: string;
  readonly sourceId?: string | null;
  readonly label?: string;
}

/** Sends it over the gateway; when nobody answers in time it fails, as "The application did not respond" tells the person. */
export function createInteraction(world: World, made: NewInteraction): Interaction {
  const id = world.ids.next();
  const interaction: Interaction = {
    ...made,
    id,
    token: Buffer.from(`interaction:${id}:${randomBytes(24).toString('base64url')}`).toString('base64url'),
    createdAt: world.now(),
    commandName: made.commandName ?? null,
    label: made.label ?? null,
    sourceId: made.sourceId ?? null,
    ack: null,
    failed: false,
    originalId: null,
    followUpIds: [],
    choices: [],
    modal: null,
  };
  forgetOld(world);
  world.state.interactions.set(id, interaction);
  world.tell({ kind: 'interaction', interaction, what: 'created' });
  world.later(world.windows.firstResponse, () => fail(world, interaction));
  return interaction;
}

function fail(world: World, interaction: Interaction): void {
  if (interaction.ack || interaction.failed) return;
  interaction.failed = true;
  world.tell({ kind: 'interaction', interaction, what: 'failed' });
}

/** Their messages still name them, so old ones stay for long, but not for ever. */
function forgetOld(world: World): void {
  const { interactions } = world.state;
  for (const id of interactions.keys()) {
    if (interactions.size < 2_000) return;
    interactions.delete(id);
  }
}

/** The first response. Answers the message that it made or changed, if any. */
export function acknowledge(
  world: World,
  { id, token, body, files }: { id: string; token: string; body: Record<string, unknown>; files: readonly Upload[] },
): { interaction: Interaction; message: StoredMessage | null } {
  const interaction = world.state.interactions.get(id);
  if (!interaction || interaction.token !== token) throw refusal('unknownInteraction');
  if (interaction.ack) throw refusal('alreadyAcknowledged');
  if (interaction.failed || world.now() - interaction.createdAt > world.windows.firstResponse) {
    fail(world, interaction);
    throw refusal('unknownInteraction');
  }
  const type = checkType(interaction, body['type']);
  const data = isObject(body['data']) ? body['data'] : {};
  const channel = world.state.channels.get(interaction.channelId);
  if (!channel) throw refusal('unknownChannel');
  const message = respond(world, { interaction, channel, type, data, files });
  return { interaction, message };
}

interface Response {
  readonly interaction: Interaction;
  readonly channel: Channel;
  readonly type: number;
  readonly data: Record<string, unknown>;
  readonly files: readonly Upload[];
}

function respond(world: World, { interaction, channel, type, data, files }: Response): StoredMessage | null {
  const settle = (isEphemeral: boolean): void => {
    interaction.ack = { type, at: world.now(), ephemeral: isEphemeral };
  };
  const tell = (): void => world.tell({ kind: 'interaction', interaction, what: 'acknowledged' });
  switch (type) {
    case callbackTypes.message:
    case callbackTypes.defer: {
      const deferred = type === callbackTypes.defer;
      const flags = deferred ? [ephemeral, suppressNotifications] : answerFlags;
      const input = inData(() =>
        readMessage(world, deferred ? { flags: data['flags'] } : data, files, {
          channelId: channel.id,
          flags,
          before: null,
        }),
      );
      const isEphemeral = ((input.flags ?? 0) & ephemeral) !== 0;
      if (!deferred) {
        const parts = {
          content: input.content ?? '',
          embeds: input.embeds ?? [],
          attachments: input.attachments ?? [],
        };
        demandContent({ ...parts, components: input.components ?? [], flags: input.flags ?? 0 });
      }
      settle(isEphemeral);
      const id = world.ids.next();
      interaction.originalId = id;
      const message = createMessage(world, channel, {
        id,
        authorId: world.state.application.id,
        input: { ...input, nonce: null, replyTo: null },
        type: interaction.type === 2 ? 20 : 0,
        interaction: { id: interaction.id, kind: 'original' },
        ephemeralFor: isEphemeral ? interaction.userId : null,
        addFlags: deferred ? loading : 0,
      });
      tell();
      return message;
    }
    case callbackTypes.deferUpdate:
    case callbackTypes.update: {
      const source = interaction.sourceId ? findMessage(world, channel.id, interaction.sourceId) : undefined;
      if (!source) throw refusal('unknownMessage');
      if (type === callbackTypes.update) {
        const rules = { channelId: channel.id, flags: [suppressEmbeds, componentsV2], before: source };
        editMessage(
          world,
          source,
          inData(() => readMessage(world, data, files, rules)),
        );
      }
      settle(source.ephemeralFor !== null);
      interaction.originalId = source.id;
      tell();
      return source;
    }
    case callbackTypes.choices:
      interaction.choices = readChoices(data, focusedType(interaction.data));
      settle(false);
      tell();
      return null;
    default:
      interaction.modal = readModal(data);
      settle(false);
      tell();
      return null;
  }
}

/** Errors of a callback's message stand below `data`. */
function inData<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiError && error.errors) {
      throw new ApiError(error.status, error.code, error.message, { data: error.errors });
    }
    throw error;
  }
}

function checkType(interaction: Interaction, value: unknown): number {
  const { message, defer, deferUpdate, update, choices, modal } = callbackTypes;
  const ofMessage = interaction.sourceId ? [deferUpdate, update] : [];
  const allowed = {
    2: [message, defer, modal],
    3: [message, defer, modal, ...ofMessage],
    4: [choices],
    5: [message, defer, ...ofMessage],
  }[interaction.type];
  if (typeof value === 'number' && allowed.includes(value)) return value;
  throw new ApiError(400, 50035, 'Invalid Form Body', {
    type: { _errors: [{ code: 'BASE_TYPE_CHOICES', message: `Value must be one of (${allowed.join(', ')}).` }] },
  });
}

interface OptionData {
  readonly type?: number;
  readonly focused?: boolean;
  readonly options?: readonly OptionData[];
}

/** The type of the option that is being typed; string when there is none. */
function focusedType(data: OptionData): number {
  for (const option of data.options ?? []) {
    if (option.focused) return option.type ?? 3;
    if (option.options) return focusedType(option);
  }
  return 3;
}

/** The interaction whose token this is: 401 50027 for an unknown or outlived one, 404 10015 before its first response. */
export function interactionOf(world: World, applicationId: string, token: string): Interaction {
  if (applicationId !== world.state.application.id) throw refusal('unknownWebhook');
  const interaction = world.state.interactions.get(idInToken(token));
  if (!interaction || interaction.token !== token) throw refusal('invalidWebhookToken');
  if (world.now() - interaction.createdAt > world.windows.interactionToken) throw refusal('invalidWebhookToken');
  if (!interaction.ack) throw refusal('unknownWebhook');
  return interaction;
}

function idInToken(token: string): string {
  return Buffer.from(token, 'base64url').toString().split(':')[1] ?? '';
}

/** A follow-up; straight after a deferral it fills the placeholder instead, and its flags are ignored. */
export function followUp(
  world: World,
  interaction: Interaction,
  body: Record<string, unknown>,
  files: readonly Upload[],
): StoredMessage {
  const channel = world.state.channels.get(interaction.channelId);
  if (!channel) throw refusal('unknownChannel');
  const input = readMessage(world, body, files, { channelId: channel.id, flags: answerFlags, before: null });
  const original = interaction.originalId ? findMessage(world, channel.id, interaction.originalId) : undefined;
  if (original && original.flags & loading && original.interaction?.id === interaction.id) {
    return editMessage(world, original, { ...input, flags: (input.flags ?? 0) & componentsV2 }, { filling: true });
  }
  const isEphemeral = ((input.flags ?? 0) & ephemeral) !== 0;
  const parts = { content: input.content ?? '', embeds: input.embeds ?? [], attachments: input.attachments ?? [] };
  demandContent({ ...parts, components: input.components ?? [], flags: input.flags ?? 0 });
  const id = world.ids.next();
  interaction.followUpIds.push(id);
  return createMessage(world, channel, {
    id,
    authorId: world.state.application.id,
    input: { ...input, nonce: null, replyTo: null },
    type: 0,
    interaction: { id: interaction.id, kind: 'follow-up' },
    ephemeralFor: isEphemeral ? interaction.userId : null,
  });
}

/** `@original` or the id of a message that answers this interaction; 10008 for any other. */
export function answerOf(world: World, interaction: Interaction, which: string): StoredMessage {
  const id = which === '@original' ? interaction.originalId : which;
  const known = id !== null && (id === interaction.originalId || interaction.followUpIds.includes(id));
  const message = known ? findMessage(world, interaction.channelId, id) : undefined;
  if (!message) throw refusal('unknownMessage');
  return message;
}

export function editAnswer(
  world: World,
  message: StoredMessage,
  body: Record<string, unknown>,
  files: readonly Upload[],
): StoredMessage {
  const filling = (message.flags & loading) !== 0;
  const before = { attachments: message.attachments, flags: message.flags };
  const input = readMessage(world, body, files, {
    channelId: message.channelId,
    flags: [suppressEmbeds, componentsV2],
    before,
  });
  return editMessage(world, message, input, { filling });
}
