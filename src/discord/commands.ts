// Registers the slash commands of the guild, only when they differ from what Discord has.
import { ApplicationCommandOptionType, ApplicationCommandType, Routes } from 'discord.js';
import { z } from 'zod';
import { limits } from './limits.ts';
import type { Rest } from './rest.ts';

export interface OptionDefinition {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean';
  readonly required: boolean;
  /** Fixed values, at most 25. */
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  /** Suggestions come from the bot; not together with `choices`. */
  readonly autocomplete?: boolean;
}

/** A command as Discord is told of it. Where there are subcommands, `options` is not used. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionDefinition[];
  readonly subcommands?: readonly {
    readonly name: string;
    readonly summary: string;
    readonly options: readonly OptionDefinition[];
  }[];
}

const types = {
  string: ApplicationCommandOptionType.String,
  integer: ApplicationCommandOptionType.Integer,
  boolean: ApplicationCommandOptionType.Boolean,
} as const;

interface CommandBody {
  readonly name: string;
  readonly description: string;
  readonly type: number;
  readonly options: readonly OptionBody[];
}

interface OptionBody {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly autocomplete?: boolean;
  readonly options?: readonly OptionBody[];
}

/**
 * The JSON that Discord takes; required options come first, as it wants them. `default_member_permissions` is left out, since
 * the bot itself checks roles at each use, and `contexts` too: a guild's commands exist nowhere else.
 * @throws Error naming the command that breaks a limit; a defect of ours, met by a test
 */
export function commandBodies(definitions: readonly CommandDefinition[]): readonly CommandBody[] {
  if (definitions.length > limits.command.perGuild) throw new Error('More commands than Discord takes');
  return definitions.map((definition) => {
    checkName(definition.name, definition.summary, definition.name);
    const subcommands = definition.subcommands?.map((subcommand): OptionBody => {
      const path = `${definition.name} ${subcommand.name}`;
      checkName(subcommand.name, subcommand.summary, path);
      return {
        type: ApplicationCommandOptionType.Subcommand,
        name: subcommand.name,
        description: subcommand.summary,
        options: optionBodies(subcommand.options, path),
      };
    });
    return {
      name: definition.name,
      description: definition.summary,
      type: ApplicationCommandType.ChatInput,
      options: subcommands ?? optionBodies(definition.options, definition.name),
    };
  });
}

export interface Registration {
  /** Names of commands, each in one of these only. */
  readonly missing: readonly string[];
  readonly differing: readonly string[];
  readonly other: readonly string[];
}

/** What is registered in the guild, beside what should be; changes nothing. Rejects with what `failureOf` reads. */
export async function compareCommands(
  definitions: readonly CommandDefinition[],
  options: { rest: Rest; applicationId: string; guildId: string; signal: AbortSignal },
): Promise<Registration> {
  const { rest, applicationId, guildId, signal } = options;
  const route = Routes.applicationGuildCommands(applicationId, guildId);
  const registered = RegisteredCommands.parse(await rest.request({ method: 'GET', route, signal }));
  return difference(registered, commandBodies(definitions));
}

/** By name: the order does not count. */
export function difference(registered: readonly RegisteredCommand[], wanted: readonly CommandBody[]): Registration {
  const of = (name: string) => registered.filter((one) => one.name === name);
  const there = wanted.filter(({ name }) => of(name).length > 0);
  return {
    missing: wanted.filter((one) => !there.includes(one)).map(({ name }) => name),
    differing: there.filter((one) => !sameCommands(of(one.name), [one])).map(({ name }) => name),
    other: registered.map(({ name }) => name).filter((name) => wanted.every((one) => one.name !== name)),
  };
}

/** Puts the definitions in place in one request, or leaves Discord alone where it has just these. Rejects with what `failureOf` reads. */
export async function registerCommands(
  definitions: readonly CommandDefinition[],
  options: { rest: Rest; applicationId: string; guildId: string; signal: AbortSignal },
): Promise<'registered' | 'unchanged'> {
  const { rest, applicationId, guildId, signal } = options;
  const wanted = commandBodies(definitions);
  const route = Routes.applicationGuildCommands(applicationId, guildId);
  const registered = RegisteredCommands.safeParse(await rest.request({ method: 'GET', route, signal }));
  if (registered.success && sameCommands(registered.data, wanted)) return 'unchanged';
  await rest.request({ method: 'PUT', route, body: wanted, signal });
  return 'registered';
}

/** True where both say the same once Discord's defaults are filled in; the order of commands does not count. */
export function sameCommands(registered: readonly RegisteredCommand[], wanted: readonly CommandBody[]): boolean {
  return canonical(registered) === canonical(wanted);
}

function canonical(commands: readonly (RegisteredCommand | CommandBody)[]): string {
  const normal = commands.map((command) => ({
    name: command.name,
    description: command.description,
    type: command.type ?? ApplicationCommandType.ChatInput,
    permissions: 'default_member_permissions' in command ? (command.default_member_permissions ?? null) : null,
    nsfw: 'nsfw' in command && command.nsfw === true,
    options: (command.options ?? []).map(canonicalOption),
  }));
  return JSON.stringify(normal.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}

function canonicalOption(option: RegisteredOption | OptionBody): unknown {
  return {
    type: option.type,
    name: option.name,
    description: option.description,
    required: option.required ?? false,
    autocomplete: option.autocomplete ?? false,
    choices: (option.choices ?? []).map(({ name, value }) => ({ name, value })),
    options: (option.options ?? []).map(canonicalOption),
  };
}

interface RegisteredOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean | null | undefined;
  readonly autocomplete?: boolean | null | undefined;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[] | null | undefined;
  readonly options?: readonly RegisteredOption[] | null | undefined;
}

const RegisteredOption: z.ZodType<RegisteredOption> = z.object({
  type: z.number().int(),
  name: z.string(),
  description: z.string(),
  required: z.boolean().nullish(),
  autocomplete: z.boolean().nullish(),
  choices: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number()]) })).nullish(),
  options: z.lazy(() => z.array(RegisteredOption)).nullish(),
});

const RegisteredCommands = z.array(
  z.object({
    name: z.string(),
    description: z.string(),
    type: z.number().int().nullish(),
    default_member_permissions: z.string().nullish(),
    nsfw: z.boolean().nullish(),
    options: z.array(RegisteredOption).nullish(),
  }),
);
type RegisteredCommand = z.infer<typeof RegisteredCommands>[number];

function optionBodies(options: readonly OptionDefinition[], path: string): readonly OptionBody[] {
  if (options.length > limits.command.options) throw new Error(`/${path} has more options than Discord takes`);
  const bodies = options.map((option): OptionBody => {
    checkName(option.name, option.description, `${path} ${option.name}`);
    if ((option.choices?.length ?? 0) > limits.command.choices) {
      throw new Error(`/${path} ${option.name} has more choices than Discord takes`);
    }
    return {
      type: types[option.type],
      name: option.name,
      description: option.description,
      ...(option.required && { required: true }),
      ...(option.choices !== undefined && { choices: choicesFor(option.type, option.choices) }),
      ...(option.autocomplete === true && option.choices === undefined && { autocomplete: true }),
    };
  });
  return bodies.toSorted((a, b) => Number(b.required ?? false) - Number(a.required ?? false));
}

/** The values of a number's choices are numbers. */
function choicesFor(type: OptionDefinition['type'], choices: NonNullable<OptionDefinition['choices']>) {
  return choices.map(({ name, value }) => ({ name, value: type === 'integer' ? Number(value) : value }));
}

function checkName(name: string, description: string, path: string): void {
  if (!/^[-_\p{L}\p{N}]{1,32}$/u.test(name) || name !== name.toLowerCase()) {
    throw new Error(`/${path}: Discord does not take this name`);
  }
  if (description.length === 0 || description.length > limits.command.description) {
    throw new Error(`/${path}: a description has 1 to ${limits.command.description} characters`);
  }
}
