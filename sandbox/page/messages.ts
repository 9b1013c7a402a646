// Messages as the page shows them to one person.
import type { Actor, SandboxMessage } from '../discord/discord.ts';
import type { PageMessage } from './web/protocol.ts';

const newest = 100;

export function pageMessage(message: SandboxMessage): PageMessage {
  const { id, channel, author, content, embeds, components, loading, silent, rang, replyTo } = message;
  return {
    ...{ id, channel, author, content, embeds, components, loading, silent, rang, replyTo },
    files: message.files.map((file, index) => ({
      filename: file.filename,
      size: file.size,
      contentType: file.contentType,
      description: file.description ?? null,
      path: `/files/${id}/${index}/${encodeURIComponent(file.filename)}`,
    })),
    ephemeral: message.ephemeralFor !== null,
    invoked: message.invoked,
    createdAt: message.createdAt,
    editedAt: message.editedAt,
  };
}

/** What the person sees in every channel, the newest of each. */
export function pageMessages(actor: Actor): PageMessage[] {
  return actor.channels().flatMap(({ name }) => actor.sees(name).slice(-newest).map(pageMessage));
}

export function sees(actor: Actor, message: SandboxMessage): boolean {
  if (message.ephemeralFor !== null && message.ephemeralFor !== actor.username) return false;
  return actor.channels().some(({ id }) => id === message.channelId);
}
