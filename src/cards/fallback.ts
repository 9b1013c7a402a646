// What a card says, and whom it rings, where its channel or Discord refuses it as it is.
import type { Line, Message } from '../message.ts';
import type { CardRecord } from './card.ts';

/** Roles that a card rings: of one that was refused elsewhere only where the alerts without a route are shown. */
export function mentionedBy(
  { refusedChannelId, channelId, mentionRoles }: CardRecord,
  defaultChannelId: string,
): readonly string[] {
  return refusedChannelId === null || channelId === defaultChannelId ? mentionRoles : [];
}

/** A card that could not go where its route says tells so. */
export function withRefusal(message: Message, record: CardRecord): Message {
  if (record.refusedChannelId === null || record.replyTo !== null) return message;
  const line: Line = [
    'Its route names the channel ',
    { code: record.refusedChannelId },
    ', which refuses messages of the bot.',
  ];
  return { ...message, text: [line, ...(message.text ?? [])] };
}

/** What is left when Discord calls the full message wrong: the headline, and everything else as a file. */
export function plain(message: Message): Message {
  const items = message.list?.items.map((item) => item.whole) ?? [];
  const data = [...items, ...(message.block?.lines ?? [])].join('\n\n');
  return {
    headline: message.headline,
    tone: message.tone,
    title: 'Shown in short form',
    ...(data !== '' && { files: [{ name: message.list?.file ?? 'message.txt', data }] }),
  };
}
