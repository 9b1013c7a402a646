// What stands in the message box, read as a slash command: which part is being typed, what may follow, and what would be sent.
import type { PageChoice, PageCommand, PageOption } from './protocol.ts';

export type Completion =
  | { readonly kind: 'text' }
  /** The command's name is being typed, from `from` on. */
  | { readonly kind: 'command'; readonly typed: string }
  /** The name of an option is being typed. */
  | { readonly kind: 'option'; readonly command: PageCommand; readonly typed: string; readonly from: number }
  /** The value of an option is being typed. */
  | {
      readonly kind: 'value';
      readonly command: PageCommand;
      readonly option: PageOption;
      readonly typed: string;
      readonly from: number;
      readonly to: number;
    };

export type Values = Readonly<Record<string, string | number | boolean>>;

export type Invocation =
  | { readonly ok: true; readonly command: PageCommand; readonly options: Values }
  | { readonly ok: false; readonly problem: string };

export interface Given {
  readonly option: PageOption;
  readonly text: string;
  /** Where the option's name begins in the line. */
  readonly start: number;
  /** Of the value in the line. */
  readonly from: number;
  readonly to: number;
}

/** The command that the line names in full, followed by a space. */
export function commandOf(line: string, commands: readonly PageCommand[]): PageCommand | null {
  const fitting = commands.filter(({ name }) => line.startsWith(`/${name} `));
  return fitting.sort((a, b) => b.name.length - a.name.length)[0] ?? null;
}

/** Options that the line gives a value, in its order; a value reaches to the next option of the command. */
export function givenIn(line: string, command: PageCommand): Given[] {
  const names = command.options.map(({ name }) => name);
  if (names.length === 0) return [];
  const starts = [...line.matchAll(new RegExp(`(?<=\\s)(${names.join('|')}):`, 'g'))];
  const seen = new Set<string>();
  const firsts = starts.filter(([, name = '']) => !seen.has(name) && seen.add(name));
  return firsts.flatMap((found, index) => {
    const option = command.options.find(({ name }) => name === found[1]);
    const begin = found.index + found[0].length;
    const end = firsts[index + 1]?.index ?? line.length;
    const text = line.slice(begin, end);
    const from = begin + (text.length - text.trimStart().length);
    const to = Math.max(from, begin + text.trimEnd().length);
    return option === undefined ? [] : [{ option, text: text.trim(), start: found.index, from, to }];
  });
}

/** What is being typed where the caret stands. */
export function completionAt(line: string, caret: number, commands: readonly PageCommand[]): Completion {
  if (!line.startsWith('/')) return { kind: 'text' };
  const command = commandOf(line, commands);
  if (command === null || caret <= command.name.length + 1) return { kind: 'command', typed: line.slice(1) };
  const given = givenIn(line, command);
  const value = given.find(({ from, to }) => caret >= from && caret <= to);
  const begun = lastWord(line.slice(0, caret));
  if (value !== undefined) {
    // After a space in what is typed last, the next option may begin.
    const mayEnd = caret === line.length && /\s/.test(line.slice(value.from, caret));
    const fitting = mayEnd && begun !== '' && freeOptions(command, given).some(({ name }) => name.startsWith(begun));
    if (!fitting)
      return { kind: 'value', command, option: value.option, typed: value.text, from: value.from, to: value.to };
  }
  return { kind: 'option', command, typed: begun, from: caret - begun.length };
}

function lastWord(text: string): string {
  return /\S*$/.exec(text)?.[0] ?? '';
}

export function freeOptions(command: PageCommand, given: readonly Given[]): PageOption[] {
  return command.options.filter((option) => given.every((one) => one.option.name !== option.name));
}

/** Commands whose name begins with what is typed, then those that hold it in their name or description. */
export function fittingCommands(typed: string, commands: readonly PageCommand[]): PageCommand[] {
  const wanted = typed.trim().toLowerCase();
  const first = commands.filter(({ name }) => name.startsWith(wanted));
  const others = commands.filter(
    ({ name, description }) => !name.startsWith(wanted) && `${name} ${description}`.toLowerCase().includes(wanted),
  );
  return [...first, ...others];
}

/** Choices that the page knows by itself; null where the bot must be asked. */
export function knownChoices(
  option: PageOption,
  names: Readonly<Record<6 | 7 | 8, readonly string[]>>,
): readonly PageChoice[] | null {
  if (option.autocomplete) return null;
  if (option.choices.length > 0) return option.choices;
  if (option.type === 5) return ['true', 'false'].map((value) => ({ name: value, value }));
  if (option.type === 6 || option.type === 7 || option.type === 8) {
    return names[option.type].map((name) => ({ name, value: name }));
  }
  return [];
}

export function fittingChoices(typed: string, choices: readonly PageChoice[]): PageChoice[] {
  const wanted = typed.toLowerCase();
  return choices.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted));
}

/** The line with this command chosen: its first required option begins at once. */
export function withCommand(command: PageCommand): string {
  const required = command.options.find((option) => option.required);
  return required === undefined ? `/${command.name} ` : `/${command.name} ${required.name}:`;
}

/** The line and caret with an option begun where its name was being typed. */
export function withOption(line: string, from: number, to: number, name: string): { line: string; caret: number } {
  const before = line.slice(0, from).replace(/\S$/, (last) => `${last} `);
  const after = line.slice(to);
  return { line: `${before}${name}:${after}`, caret: before.length + name.length + 1 };
}

/** The line and caret with this value for the option, and a space after it. */
export function withValue(line: string, from: number, to: number, value: string): { line: string; caret: number } {
  const after = line.slice(to).trimStart();
  return { line: `${line.slice(0, from)}${value} ${after}`, caret: from + value.length + 1 };
}

/** What Enter would send, or what is in its way. */
export function invocationIn(line: string, commands: readonly PageCommand[]): Invocation {
  const command = commandOf(`${line} `, commands);
  if (command === null) return { ok: false, problem: `There is no command ${line.split(' ')[0] ?? line}.` };
  const given = givenIn(`${line} `, command);
  const stray = line.slice(command.name.length + 1, given[0]?.start).trim();
  if (stray !== '') {
    return { ok: false, problem: `“${stray}” belongs to no option: write the option’s name and a colon before it.` };
  }
  const missing = command.options.find(
    (option) => option.required && !given.some((one) => one.option.name === option.name && one.text !== ''),
  );
  if (missing !== undefined)
    return { ok: false, problem: `/${command.name} needs ${missing.name}: ${missing.description}.` };
  const options: Record<string, string | number | boolean> = {};
  for (const { option, text } of given) {
    if (text === '') continue;
    const value = readValue(option, text);
    if (value === null) return { ok: false, problem: `${option.name} does not take “${text}”.` };
    options[option.name] = value;
  }
  return { ok: true, command, options };
}

/** Other options' values as they stand, for an autocomplete. */
export function otherValues(line: string, command: PageCommand, option: PageOption): Values {
  const others = givenIn(line, command).filter((one) => one.option.name !== option.name && one.text !== '');
  return Object.fromEntries(
    others.flatMap((one) => {
      const value = readValue(one.option, one.text);
      return value === null ? [] : [[one.option.name, value]];
    }),
  );
}

function readValue(option: PageOption, text: string): string | number | boolean | null {
  if (option.choices.length > 0) {
    return option.choices.find(({ name, value }) => name === text || String(value) === text)?.value ?? null;
  }
  if (option.type === 5) return text === 'true' ? true : text === 'false' ? false : null;
  if (option.type !== 4 && option.type !== 10) return text;
  const number = Number(text);
  return Number.isFinite(number) && (option.type === 10 || Number.isInteger(number)) ? number : null;
}
