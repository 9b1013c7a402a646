// What a person typed, through the command's own schemas: every problem at once, each with what would be right.
import type { Command, Option, Options, Values } from './command.ts';
import type { OptionValue } from './invocation.ts';

export interface Problem {
  readonly option: string;
  /** What is wrong and what would be right, as a sentence or two. */
  readonly said: string;
}

export type Parsed<O extends Options> =
  | { readonly kind: 'valid'; readonly values: Values<O> }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** @param given as Discord sends it; nothing about it is trusted. */
export function parseOptions<O extends Options>(
  command: Pick<Command<O>, 'options'>,
  given: Readonly<Record<string, OptionValue>>,
): Parsed<O> {
  const problems: Problem[] = [];
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(command.options, name)) {
      problems.push({ option: name, said: 'There is no such option (any more).' });
    }
  }
  for (const [name, option] of Object.entries(command.options)) {
    const parsed = parseOption(option, Object.hasOwn(given, name) ? given[name] : undefined);
    if ('problem' in parsed) problems.push({ option: name, said: parsed.problem });
    else values[name] = parsed.value;
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  // Each value came through the schema of its own option, which is what Values<O> says.
  return { kind: 'valid', values: values as Values<O> };
}

function parseOption(option: Option, value: OptionValue | undefined): { value: unknown } | { problem: string } {
  if (value === undefined) {
    return option.required ? { problem: `It is required. ${right(option)}` } : { value: undefined };
  }
  if (option.choices !== undefined && !option.choices.some((choice) => choice.value === value)) {
    return { problem: right(option) };
  }
  const result = option.schema.safeParse(value);
  if (result.success) return { value: result.data };
  const wrong = result.error.issues.map((issue) => sentence(issue.message)).join(' ');
  return { problem: `${wrong} ${right(option)}` };
}

function right(option: Option): string {
  const expected = `Expected: ${sentence(option.description)}`;
  if (option.choices === undefined) return expected;
  return `${expected} One of ${option.choices.map((choice) => choice.value).join(', ')}.`;
}

function sentence(text: string): string {
  return /[.!?]$/u.test(text) ? text : `${text}.`;
}
