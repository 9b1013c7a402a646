// Round pictures of people: their initial on a colour of their own; the bot has the page's sign.
import { h } from './dom.ts';
import { icon } from './icons.ts';

const tones = 6;

/** Decoration: the name stands beside it. */
export function avatar({ username, displayName, bot }: { username: string; displayName?: string; bot: boolean }) {
  const sum = [...username].reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  const shown = bot ? icon('home') : (displayName ?? username).slice(0, 1).toUpperCase();
  return h('span', { class: bot ? 'avatar avatar-bot' : `avatar tone-${sum % tones}`, 'aria-hidden': 'true' }, shown);
}
