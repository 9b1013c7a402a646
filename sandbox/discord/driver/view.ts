// Messages as tests, the transcript and the page look at them: plain values of one moment.
import type { APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { messageFlags } from '../checks/message.ts';
import type { StoredAttachment, StoredMessage, World } from '../state.ts';
import { attachmentUrl } from '../wire/messages.ts';

export interface SandboxFile {
  readonly filename: string;
  readonly size: number;
  readonly contentType: string;
  readonly description: string | undefined;
  readonly url: string;
  text(): string;
  bytes(): Uint8Array;
}

export interface SandboxButton {
  readonly label: string;
  readonly customId: string | null;
  readonly url: string | null;
  readonly disabled: boolean;
  /** 1 primary, 2 secondary, 3 success, 4 danger, 5 link. */
  readonly style: number;
}

export interface SandboxSelect {
  readonly customId: string;
  /** 3 own options, 5 people, 6 roles, 7 both, 8 channels. */
  readonly type: number;
  readonly placeholder: string;
  readonly disabled: boolean;
  readonly options: readonly { readonly label: string; readonly value: string }[];
}

export interface SandboxRevision {
  readonly at: number;
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly filenames: readonly string[];
}

export interface SandboxMessage {
  readonly id: string;
  readonly channelId: string;
  /** The channel's name. */
  readonly channel: string;
  readonly author: { readonly id: string; readonly username: string; readonly bot: boolean };
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly buttons: readonly SandboxButton[];
  readonly selects: readonly SandboxSelect[];
  readonly files: readonly SandboxFile[];
  readonly flags: number;
  /** Sent with SUPPRESS_NOTIFICATIONS. */
  readonly silent: boolean;
  /** "Thinking": a deferred answer without content yet. */
  readonly loading: boolean;
  /** Username of the one person who sees it; null for a message that the channel sees. */
  readonly ephemeralFor: string | null;
  /** Ids of people and roles that it rang when it was made; the guild's id for @everyone. */
  readonly rang: readonly string[];
  readonly replyTo: string | null;
  readonly createdAt: number;
  readonly editedAt: number | null;
  readonly deleted: boolean;
  readonly pinned: boolean;
  readonly nonce: string | number | null;
  /** The interaction that it answers. */
  readonly interactionId: string | null;
  /** Who used which slash command, where it is the first answer to one. */
  readonly invoked: { readonly username: string; readonly command: string } | null;
  /** How it looked at first and after each edit; the last one is how it looks now. */
  readonly revisions: readonly SandboxRevision[];
  /** Everything that a person can read in it, one line each: content, embeds, labels of buttons, names of files. */
  readonly text: string;
}

type Part = Record<string, unknown>;

/** All components at any depth. */
export function componentsWithin(components: readonly unknown[]): Part[] {
  return components.flatMap((one) => {
    const part = one as Part;
    const below = [
      ...((part['components'] as unknown[] | undefined) ?? []),
      ...(part['accessory'] ? [part['accessory']] : []),
    ];
    return [part, ...componentsWithin(below)];
  });
}

export function viewMessage(world: World, message: StoredMessage): SandboxMessage {
  const { state } = world;
  const author = state.users.get(message.authorId);
  const parts = componentsWithin(message.components);
  return {
    id: message.id,
    channelId: message.channelId,
    channel: state.channels.get(message.channelId)?.name ?? message.channelId,
    author: { id: message.authorId, username: author?.username ?? message.authorId, bot: author?.bot ?? false },
    content: message.content,
    embeds: message.embeds,
    components: message.components,
    buttons: parts.filter((part) => part['type'] === 2).map(viewButton),
    selects: parts.filter((part) => [3, 5, 6, 7, 8].includes(Number(part['type']))).map(viewSelect),
    files: message.attachments.map((file) => viewFile(world, message.channelId, file)),
    flags: message.flags,
    silent: (message.flags & messageFlags.suppressNotifications) !== 0,
    loading: (message.flags & messageFlags.loading) !== 0,
    ephemeralFor:
      message.ephemeralFor === null ? null : (state.users.get(message.ephemeralFor)?.username ?? message.ephemeralFor),
    rang: message.rang,
    replyTo: message.replyTo?.messageId ?? null,
    createdAt: message.createdAt,
    editedAt: message.editedAt,
    deleted: message.deletedAt !== null,
    pinned: message.pinnedAt !== null,
    nonce: message.nonce,
    interactionId: message.interaction?.id ?? null,
    invoked: invokedBy(world, message),
    revisions: message.revisions.map((one) => ({
      at: one.at,
      content: one.content,
      embeds: one.embeds,
      components: one.components,
      filenames: one.attachments.map((file) => file.filename),
    })),
    text: textOf(message, parts),
  };
}

function invokedBy({ state }: World, { interaction }: StoredMessage): SandboxMessage['invoked'] {
  const answered = interaction?.kind === 'original' ? state.interactions.get(interaction.id) : undefined;
  if (answered?.type !== 2) return null;
  const username = state.users.get(answered.userId)?.username ?? answered.userId;
  return { username, command: answered.commandName ?? '' };
}

function viewButton(part: Part): SandboxButton {
  return {
    label: String(part['label'] ?? (part['emoji'] as Part | undefined)?.['name'] ?? ''),
    customId: typeof part['custom_id'] === 'string' ? part['custom_id'] : null,
    url: typeof part['url'] === 'string' ? part['url'] : null,
    disabled: part['disabled'] === true,
    style: Number(part['style']),
  };
}

function viewSelect(part: Part): SandboxSelect {
  return {
    customId: String(part['custom_id']),
    type: Number(part['type']),
    placeholder: String(part['placeholder'] ?? ''),
    disabled: part['disabled'] === true,
    options: ((part['options'] as Part[] | undefined) ?? []).map((one) => ({
      label: String(one['label']),
      value: String(one['value']),
    })),
  };
}

function viewFile(world: World, channelId: string, file: StoredAttachment): SandboxFile {
  return {
    filename: file.filename,
    size: file.data.length,
    contentType: file.contentType,
    description: file.description,
    url: attachmentUrl(world, channelId, file),
    text: () => file.data.toString('utf8'),
    bytes: () => new Uint8Array(file.data),
  };
}

function textOf(message: StoredMessage, parts: readonly Part[]): string {
  const embeds = message.embeds.flatMap((embed) => [
    embed.author?.name,
    embed.title,
    embed.description,
    ...(embed.fields ?? []).flatMap((field) => [field.name, field.value]),
    embed.footer?.text,
  ]);
  const texts = parts.filter((part) => part['type'] === 10).map((part) => String(part['content']));
  const buttons = parts.filter((part) => part['type'] === 2).map((part) => `[${viewButton(part).label}]`);
  const files = message.attachments.map((file) => file.filename);
  return [message.content, ...embeds, ...texts, ...(buttons.length > 0 ? [buttons.join(' ')] : []), ...files]
    .filter(Boolean)
    .join('\n');
}
