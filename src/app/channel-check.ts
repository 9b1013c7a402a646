// Looks, soon after the start, whether the bot may post in the channels that the configuration names.
import { channelsOf } from '../config/channels.ts';
import type { Config } from '../config/config.ts';
import type { DiscordRoom } from '../discord/discord.ts';
import { pause } from '../lib/pause.ts';

/** A bot that is started again and again asks Discord nothing each time, so that the limit is left to what matters. In milliseconds. */
const afterMs = 3000;

export interface ChannelCheck {
  stop(): void;
}

export function startChannelCheck(discord: Pick<DiscordRoom, 'checkPermissions'>, config: Config): ChannelCheck {
  const stopping = new AbortController();
  const { signal } = stopping;
  void pause(afterMs, signal).then(async () => {
    if (!signal.aborted) await discord.checkPermissions(channelsOf(config), signal);
  });
  return { stop: () => stopping.abort() };
}
