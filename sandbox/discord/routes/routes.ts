// Every route; the more literal ones first, because the first that fits is taken.
import type { Route } from '../router.ts';
import { about } from './about.ts';
import { channels } from './channels.ts';
import { commands } from './commands.ts';
import { guilds } from './guilds.ts';
import { interactions } from './interactions.ts';
import { marks } from './marks.ts';
import { messages } from './messages.ts';

export const routes: readonly Route[] = [
  ...about,
  ...guilds,
  ...commands,
  ...interactions,
  ...marks,
  ...messages,
  ...channels,
];
