// Commands as plain data, for the discord room to register.
import type { Command, Option } from './command.ts';
import type { Choice } from './invocation.ts';

export interface OptionDefinition {
  readonly name: string;
  readonly description: string;
  readonly type: Option['type'];
  readonly required: boolean;
  /** Fixed values; left out where there are none. */
  readonly choices?: readonly Choice[];
  /** True where Discord is to ask for suggestions while the person types. */
  readonly autocomplete: boolean;
}

export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** Required ones first, as Discord wants them. */
  readonly options: readonly OptionDefinition[];
}

export function definitionsOf(commands: readonly Command[]): CommandDefinition[] {
  return commands.map(({ name, summary, options }) => {
    const defined = Object.entries(options).map(([option, value]) => defineOption(option, value));
    return {
      name,
      summary,
      options: [...defined.filter((option) => option.required), ...defined.filter((option) => !option.required)],
    };
  });
}

function defineOption(name: string, { description, type, required, choices, complete }: Option): OptionDefinition {
  const fixed = choices !== undefined && { choices };
  return { name, description, type, required, ...fixed, autocomplete: complete !== undefined };
}
