// What appears in the channels, as lines of text for the terminal.
import type { SandboxMessage } from './discord/discord.ts';

/** Names for ids, so that a reader sees `@operator` and `#alerts`. */
export interface Names {
  readonly channel: (id: string) => string;
  readonly role: (id: string) => string;
  readonly user: (id: string) => string;
}

const maxLines = 14;

/** One message as it stands: where, who, whether edited, and what it says. */
export function transcriptOf(message: SandboxMessage, change: 'created' | 'edited' | 'deleted', names: Names): string {
  const notes = [
    ...(message.ephemeralFor === null ? [] : [`only ${message.ephemeralFor} sees this`]),
    ...(change === 'created' ? [] : [change]),
    ...(change === 'created' && message.replyTo !== null ? ['a reply'] : []),
    ...(change === 'created' && message.rang.length > 0 ? [`rings @${message.rang.map(names.role).join(', @')}`] : []),
  ];
  const head = `#${message.channel}  ${message.author.username}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
  if (change === 'deleted') return head;
  const lines = bodyLines(message).map((line) => readable(line, names));
  const shown =
    lines.length > maxLines ? [...lines.slice(0, maxLines), `… ${lines.length - maxLines} more lines`] : lines;
  return [head, ...shown.map((line) => `  │ ${line}`)].join('\n');
}

function bodyLines(message: SandboxMessage): string[] {
  const lines = message.content === '' ? [] : message.content.split('\n');
  for (const embed of message.embeds) {
    if (embed.title !== undefined) lines.push(`▌ ${embed.title}`);
    for (const line of (embed.description ?? '').split('\n')) if (line !== '') lines.push(`▌ ${line}`);
    for (const field of embed.fields ?? []) lines.push(`▌ ${field.name}: ${field.value.replaceAll('\n', ' ')}`);
    if (embed.footer !== undefined) lines.push(`▌ ${embed.footer.text}`);
  }
  for (const file of message.files) lines.push(`[file ${file.filename}, ${file.size} bytes]`);
  if (message.buttons.length > 0) lines.push(message.buttons.map((button) => `( ${button.label} )`).join(' '));
  return lines;
}

/** Discord's markup as a reader would see it. */
function readable(line: string, names: Names): string {
  return line
    .replaceAll(/<t:(-?\d+)(?::[a-zA-Z])?>/g, (_, seconds: string) =>
      new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z'),
    )
    .replaceAll(/<@&(\d+)>/g, (_, id: string) => `@${names.role(id)}`)
    .replaceAll(/<@(\d+)>/g, (_, id: string) => `@${names.user(id)}`)
    .replaceAll(/<#(\d+)>/g, (_, id: string) => `#${names.channel(id)}`)
    .replaceAll(/\[([^\]]*)\]\(<?([^)>]*)>?\)/g, '$1 ($2)')
    .replaceAll(/\*\*|`/g, '')
    .replaceAll(/\\([^a-zA-Z0-9\s])/g, '$1');
}
