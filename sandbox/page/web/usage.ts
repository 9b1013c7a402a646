// The strip that shows the command being typed: its options, which of them have a value, and which are needed.
import type { Completion } from './command-line.ts';
import { commandOf, givenIn } from './command-line.ts';
import { h } from './dom.ts';
import type { PageCommand } from './protocol.ts';

/** `begin` begins an option at the end of the line. */
export function renderUsage(
  strip: HTMLElement,
  { line, completion, commands }: { line: string; completion: Completion; commands: readonly PageCommand[] },
  begin: (option: string) => void,
): void {
  const command = completion.kind === 'text' ? null : commandOf(line, commands);
  strip.hidden = command === null;
  if (command === null) return;
  const given = givenIn(line, command);
  const current = completion.kind === 'value' ? completion.option : null;
  const chips = command.options.map((option) => {
    const filled = given.some((one) => one.option.name === option.name);
    const state = [filled && 'filled', option.name === current?.name && 'current', option.required && 'needed'];
    return h(
      'button',
      {
        type: 'button',
        class: `chip ${state.filter(Boolean).join(' ')}`,
        title: option.description,
        disabled: filled,
        onclick: () => begin(option.name),
      },
      `${option.name}${option.required ? ' *' : ''}`,
    );
  });
  strip.replaceChildren(
    h('span', { class: 'usage-name' }, `/${command.name}`),
    ...chips,
    h('span', { class: 'usage-text' }, current === null ? command.description : current.description),
  );
}
