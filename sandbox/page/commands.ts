// Slash commands as the page offers them: each subcommand is one of its own, under its whole name.
import type { APIApplicationCommandOption } from 'discord-api-types/v10';
import type { Actor } from '../discord/discord.ts';
import type { PageCommand, PageOption } from './web/protocol.ts';

type Definition = ReturnType<Actor['definitions']>[number];

/** Option types that hold others: a subcommand, and a group of them. */
const nesting = [1, 2];

export function pageCommands(definitions: readonly Definition[]): PageCommand[] {
  return definitions
    .filter(({ type }) => type === 1)
    .flatMap(({ name, description, options }) => flattened(name, description, options ?? []))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function flattened(
  name: string,
  description: string,
  options: readonly APIApplicationCommandOption[],
): readonly PageCommand[] {
  const inner = options.filter(({ type }) => nesting.includes(type));
  if (inner.length === 0) return [{ name, description, options: options.map(pageOption) }];
  return inner.flatMap((one) =>
    flattened(`${name} ${one.name}`, one.description, ('options' in one ? one.options : undefined) ?? []),
  );
}

function pageOption(option: APIApplicationCommandOption): PageOption {
  const choices = 'choices' in option ? (option.choices ?? []) : [];
  return {
    name: option.name,
    description: option.description,
    type: option.type,
    required: option.required ?? false,
    choices: choices.map(({ name, value }) => ({ name, value })),
    autocomplete: 'autocomplete' in option && option.autocomplete === true,
  };
}
