// The guided walk: which of its seven steps a message shows to have happened.
import type { SandboxMessage } from '../discord/discord.ts';
import type { WalkStep } from './web/protocol.ts';

type Seen = Pick<SandboxMessage, 'text' | 'content' | 'channel' | 'ephemeralFor' | 'loading' | 'invoked' | 'author'>;

/** Empty for a message that shows none. */
export function stepsIn(message: Seen): WalkStep[] {
  if (message.loading || !message.author.bot) return [];
  return message.ephemeralFor === null ? inChannel(message) : inAnswer(message);
}

/** A card stands where its command was typed. */
function inChannel({ channel, content, text }: Seen): WalkStep[] {
  if (/\bfailed and undone\b/.test(content) || /\bdone: rollback of\b/.test(content)) return ['undone'];
  if (/\bdone: deploy of\b/.test(content)) return ['deploy'];
  if (!channel.startsWith('alerts')) return [];
  if (/\bfiring\b/.test(content)) return /\b([2-9]|\d{2,}) firing\b/.test(text) ? ['fire', 'grow'] : ['fire'];
  return /\bresolved\b/.test(content) ? ['resolve'] : [];
}

function inAnswer({ text, invoked }: Seen): WalkStep[] {
  if (/needs the level/.test(text)) return ['refused'];
  return invoked?.command === 'nodes' && /\bready\b/i.test(text) ? ['nodes'] : [];
}
