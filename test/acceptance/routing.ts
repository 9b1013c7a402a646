// Where alerts go, as config.yaml says it, for tests that give channels and roles by name.
import type { Discord } from '../../sandbox/discord/discord.ts';

interface Route {
  readonly match: Readonly<Record<string, string>>;
  readonly channel: string;
  /** A role. */
  readonly mention: string;
}

/** The settings of alerts, in one line: these routes, and whatever else is given. */
export function routesOf(discord: Discord, routes: readonly Route[], more: object = {}): string {
  const told = routes.map(({ match, channel, mention }) => ({
    match,
    channel: discord.channelId(channel),
    mention: [discord.roleId(mention)],
  }));
  return `alerts: ${JSON.stringify({ ...more, routes: told })}\n`;
}

/** What is critical has a channel of its own. */
export const toCritical = (match: Route['match'] = { severity: 'critical' }): Route => ({
  match,
  channel: 'alerts-critical',
  mention: 'operator',
});
