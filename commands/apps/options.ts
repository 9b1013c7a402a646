// The options that commands about apps share.
import { z } from 'zod';
import type { Deployable } from '../../src/access/deployable.ts';
import type { App } from '../../src/deploys/app.ts';
import type { Option } from '../../src/dispatch/command.ts';
import { UserError } from '../../src/lib/user-error.ts';

export const appOption = {
  description: 'Name of an app in the configuration',
  type: 'string',
  required: false,
  schema: z.string().max(100),
  complete: (typed, { apps }) =>
    apps.filter(({ name }) => name.includes(typed.toLowerCase())).map(({ name }) => ({ name, value: name })),
} as const satisfies Option<string>;

export const reasonOption = {
  description: 'Why, for the commit, the card and the audit trail',
  type: 'string',
  required: false,
  schema: z.string().trim().max(300, 'A reason has at most 300 characters'),
} as const satisfies Option<string>;

/**
 * The one app that a change is about.
 * @throws UserError where it is not named although there are several, or is not known.
 */
export function oneApp(apps: readonly App[], name: string | undefined): App {
  if (apps.length === 0)
    throw new UserError('No app is configured.\nWhoever runs the bot names apps under apps in its configuration file.');
  const names = apps.map((app) => app.name).join(', ');
  const [only, ...others] = apps;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  if (name === undefined) throw new UserError(`Say which app: ${names}.`);
  const found = apps.find((app) => app.name === name);
  if (found === undefined) throw new UserError(`There is no app ${name}. There are: ${names}.`);
  return found;
}

/** The app that is named, or all of them. */
export function someApps(apps: readonly App[], name: string | undefined): readonly App[] {
  return name === undefined && apps.length > 0 ? apps : [oneApp(apps, name)];
}

/** Deployers of the app that is named, or of the only one. */
export function deployersOf(
  options: Readonly<Record<string, unknown>>,
  apps: readonly Deployable[],
): readonly string[] {
  const name = options['app'];
  const found = name === undefined && apps.length === 1 ? apps[0] : apps.find((app) => app.name === name);
  return found?.deployers ?? [];
}
