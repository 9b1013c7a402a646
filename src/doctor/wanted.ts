// What the configuration and the commands want of the services, as the doctor asks for it. Pure.
import { type Level, levels } from '../access/level.ts';
import type { Config } from '../config/config.ts';

/** Roles that one entry of the configuration names. */
export interface WantedRoles {
  readonly place: string;
  readonly ids: readonly string[];
}

/** A right of Kubernetes, where it is used. */
export interface Need {
  /** Empty for the core group. */
  readonly group: string;
  /** With a subresource behind a slash: `pods/log`. */
  readonly resource: string;
  readonly verb: string;
  /** Null for all namespaces, and for what is in none. */
  readonly namespace: string | null;
}

/** A command, as far as it uses Kubernetes. */
export interface UsingCommand {
  readonly level: Level | 'everyone';
  readonly options: Readonly<Record<string, unknown>>;
  readonly rights?: readonly { readonly group: string; readonly resource: string; readonly verbs: readonly string[] }[];
}

/** Only entries that name a role. */
export function wantedRoles({ access, alerts, apps }: Pick<Config, 'access' | 'alerts' | 'apps'>): WantedRoles[] {
  const entries = [
    ...levels.map((level) => ({ place: `access.${level}`, ids: access[level] })),
    ...apps.map(({ name, deployers }) => ({ place: `apps.${name}.deployers`, ids: deployers })),
    ...alerts.routes.flatMap(({ mention, escalate }, at) => [
      { place: `alerts.routes[${at}].mention`, ids: mention },
      { place: `alerts.routes[${at}].escalate.mention`, ids: escalate?.mention ?? [] },
    ]),
  ];
  return entries.filter(({ ids }) => ids.length > 0);
}

/**
 * What each level's commands and those below it use. A command about an app uses its rights in the namespaces of the apps alone, where they
 * may be bound; without apps they are asked for everywhere, as manifests/chatops/rbac grants them.
 */
export function needsOf(
  commands: readonly UsingCommand[],
  apps: readonly { readonly namespace: string }[],
): Readonly<Record<Level, readonly Need[]>> {
  const ofApps = apps.length === 0 ? [null] : [...new Set(apps.map(({ namespace }) => namespace))];
  const upTo = (level: Level): readonly Need[] => {
    const below = levels.slice(0, levels.indexOf(level) + 1);
    const needs = commands
      .filter((command) => below.some((one) => one === command.level))
      .flatMap(({ options, rights = [] }) => {
        const namespaces = Object.hasOwn(options, 'app') ? ofApps : [null];
        return rights.flatMap(({ group, resource, verbs }) =>
          verbs.flatMap((verb) => namespaces.map((namespace): Need => ({ group, resource, verb, namespace }))),
        );
      });
    return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
  };
  return { viewer: upTo('viewer'), operator: upTo('operator'), admin: upTo('admin') };
}
