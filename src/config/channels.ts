// The channels that the configuration names, each once: what is posted there, and who is mentioned.
import type { Config } from './config.ts';

export interface NamedChannel {
  readonly id: string;
  /** Where the configuration names it. */
  readonly places: readonly string[];
  /** Ids of the roles that are mentioned there. */
  readonly mention: readonly string[];
}

export function channelsOf({ discord, alerts }: Pick<Config, 'discord' | 'alerts'>): readonly NamedChannel[] {
  const uses = [
    { place: 'DISCORD_ALERT_CHANNEL_ID', id: discord.alertChannelId, mention: [] },
    ...(discord.auditChannelId === null
      ? []
      : [{ place: 'DISCORD_AUDIT_CHANNEL_ID', id: discord.auditChannelId, mention: [] }]),
    ...alerts.routes.map(({ channel, mention, escalate }, at) => ({
      place: `alerts.routes[${at}]`,
      id: channel,
      mention: [...mention, ...(escalate?.mention ?? [])],
    })),
  ];
  const byId = Map.groupBy(uses, ({ id }) => id);
  return [...byId].map(([id, same]) => ({
    id,
    places: same.map(({ place }) => place),
    mention: [...new Set(same.flatMap(({ mention }) => mention))],
  }));
}
