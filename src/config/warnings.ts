// What is allowed but probably not meant.
import type { Config, Problem, Route } from './config.ts';

export function warningsOf(config: Config): Problem[] {
  return [...ofTokens(config), ...ofAccess(config), ...ofRoutes(config), ...ofApps(config)];
}

function ofTokens({ alertmanager, discord }: Config): Problem[] {
  const url = new URL(discord.apiUrl);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return [
    ...(alertmanager.webhookToken.reveal().length < 16
      ? [{ where: 'ALERTMANAGER_WEBHOOK_TOKEN', what: 'is shorter than 16 characters, which can be guessed' }]
      : []),
    ...(url.protocol === 'http:' && !local
      ? [{ where: 'DISCORD_API_URL', what: 'is not https: the bot token crosses the network in the clear' }]
      : []),
  ];
}

function ofAccess({ access }: Config): Problem[] {
  const lists = Object.values(access);
  if (lists.every((list) => list.length === 0))
    return [{ where: 'access', what: 'gives no role any level: alerts work, commands refuse everyone' }];
  const twice = new Set(lists.flatMap((list) => [...new Set(list)]).filter((id, i, ids) => ids.indexOf(id) !== i));
  return [...twice].map((id) => ({
    where: 'access',
    what: `lists the role ${id} under several levels: the highest counts`,
  }));
}

function ofRoutes({ alerts: { routes } }: Config): Problem[] {
  const first = routes.findIndex((route) => Object.keys(route.match).length === 0);
  const isLast = first === -1 || first === routes.length - 1;
  return [...(isLast ? [] : [hidesOthers(first)]), ...routes.flatMap(ofQuietRoute)];
}

function hidesOthers(index: number): Problem {
  const where = `alerts.routes[${index}]`;
  return { where, what: 'matches everything, so that the routes after it are never reached' };
}

function ofQuietRoute({ ring, ringOnResolve, escalate }: Route, index: number): Problem[] {
  if (ring !== false) return [];
  const idle = [...(ringOnResolve ? ['ringOnResolve'] : []), ...(escalate === undefined ? [] : ['escalate'])];
  return idle.map((key) => ({
    where: `alerts.routes[${index}].${key}`,
    what: 'does nothing beside ring: false, which never rings',
  }));
}

function ofApps({ apps, repository }: Config): Problem[] {
  const sources = new Map<string, string>();
  const shared = apps.flatMap(({ name, path, image }) => {
    const key = `${path} ${image}`;
    const other = sources.get(key);
    if (other === undefined) sources.set(key, name);
    return other === undefined
      ? []
      : [{ where: `apps.${name}`, what: `has path and image of apps.${other}: a deploy of one is a deploy of both` }];
  });
  if (apps.length === 0 || repository !== null) return shared;
  const what = 'is not set: apps are listed, but none of them can be deployed';
  return [...shared, { where: 'MANIFEST_REPO_URL', what }];
}
