// Round pictures of people: their initial on a colour of their own; the bot has the page's sign.
import { h } from './dom.ts';
import { icon } from './icons.ts';

const tones = 6;

export interface Pictured {
  readonly id: string;
  readonly username: string;
  readonly displayName?: string;
  readonly bot: boolean;
}

/** Decoration: the name stands beside it. */
export function avatar({ id, username, displayName, bot }: Pictured): HTMLElement {
  const shown = bot ? icon('home') : (displayName ?? username).slice(0, 1).toUpperCase();
  return h(
    'span',
    { class: bot ? 'avatar avatar-bot' : `avatar tone-${Number(id.slice(-3)) % tones}`, 'aria-hidden': 'true' },
    shown,
  );
}
