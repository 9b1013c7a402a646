// A command as a person would type it → an invocation's command and options: pure.
import type { Command } from './command.ts';
import type { OptionValue } from './invocation.ts';
import { parseOptions } from './options.ts';

export interface TypedCommand {
  readonly command: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** Controls, line breaks, and what nobody sees: a button's label says all of what it runs. */
const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** @returns null where the text is no command that there is, its options are wrong, or it would change something. */
export function readTyped(text: string, byName: ReadonlyMap<string, Command>): TypedCommand | null {
  if (hidden.test(text)) return null;
  const [, name = '', rest = ''] = /^\/([^\s:]{1,32})((?:\s.*)?)$/s.exec(text.trim()) ?? [];
  const command = byName.get(name);
  if (command === undefined || command.changes === true) return null;
  const options = optionsIn(rest, command);
  if (options === null || parseOptions(command, options).kind === 'invalid') return null;
  return { command: name, options };
}

/** `name:value name:value`, where a value goes on until the next option's name. */
function optionsIn(text: string, { options }: Command): Record<string, OptionValue> | null {
  const values: Record<string, OptionValue> = {};
  let current: string | null = null;
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const colon = word.indexOf(':');
    const name = colon > 0 ? word.slice(0, colon) : '';
    if (Object.hasOwn(options, name)) {
      if (Object.hasOwn(values, name)) return null;
      current = name;
      values[name] = word.slice(colon + 1);
    } else if (current === null) return null;
    else values[current] = `${values[current]} ${word}`;
  }
  for (const [name, value] of Object.entries(values)) {
    const typed = ofType(String(value), options[name]?.type ?? 'string');
    if (typed === null) return null;
    values[name] = typed;
  }
  return values;
}

function ofType(text: string, type: 'string' | 'integer' | 'boolean'): OptionValue | null {
  if (type === 'string') return text;
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : null;
  return text === 'true' || text === 'false' ? text === 'true' : null;
}
