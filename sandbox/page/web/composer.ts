// The message box: plain messages, and slash commands with their options, completed as they are typed.

import type { Announce } from './announcer.ts';
import { act } from './api.ts';
import {
  type Completion,
  commandOf,
  completionAt,
  fittingChoices,
  fittingCommands,
  freeOptions,
  givenIn,
  type Invocation,
  invocationIn,
  knownChoices,
  otherValues,
  withCommand,
  withOption,
  withValue,
} from './command-line.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import type { PageChoice, PageCommand } from './protocol.ts';
import { levelOf, person, type View } from './view.ts';

/** The bot is asked once nobody has typed for so long. */
const pauseMs = 120;

export interface ComposerActions {
  readonly run: (invocation: Extract<Invocation, { ok: true }>) => Promise<void>;
  readonly say: (content: string) => Promise<void>;
  readonly announce: Announce;
}

export interface Composer {
  /** Writes a line into the box and puts the caret at its end. */
  write(line: string): void;
  focus(): void;
  /** After the person or the channel changed, or Discord went away. */
  refresh(isAway: boolean): void;
}

interface Suggestion {
  readonly label: string;
  readonly detail: string;
  readonly choose: () => void;
}

export function createComposer(view: View, form: HTMLFormElement, actions: ComposerActions): Composer {
  const list = h('ul', {
    id: 'suggestions',
    class: 'suggestions',
    role: 'listbox',
    'aria-label': 'Suggestions',
    hidden: true,
  });
  const usage = h('div', { class: 'usage', hidden: true });
  const problem = h('p', { id: 'composer-problem', class: 'problem', role: 'alert' });
  const input = h('input', {
    id: 'composer-input',
    type: 'text',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': 'suggestions',
    'aria-autocomplete': 'list',
    'aria-describedby': 'composer-problem',
    maxlength: 4000,
    autocapitalize: 'off',
    spellcheck: 'false',
    enterkeyhint: 'send',
  });
  const send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, icon('send'));
  form.append(list, usage, problem, h('div', { class: 'box' }, input, send));

  let suggestions: readonly Suggestion[] = [];
  let active = -1;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function commands(): readonly PageCommand[] {
    return view.hello.commands;
  }

  function put(line: string, caret = line.length): void {
    input.value = line;
    input.focus();
    input.setSelectionRange(caret, caret);
    update();
  }

  function close(): void {
    show([], -1);
  }

  function show(next: readonly Suggestion[], first: number): void {
    suggestions = next;
    active = next.length === 0 ? -1 : first;
    list.replaceChildren(
      ...next.map((one, index) =>
        h(
          'li',
          {
            id: `suggestion-${index}`,
            role: 'option',
            'aria-selected': index === active ? 'true' : 'false',
            onmousedown: (event) => {
              event.preventDefault();
              one.choose();
            },
          },
          h('span', { class: 'suggestion-label' }, one.label),
          one.detail !== '' && h('span', { class: 'suggestion-detail' }, one.detail),
        ),
      ),
    );
    list.hidden = next.length === 0;
    input.setAttribute('aria-expanded', String(next.length > 0));
    mark();
  }

  function mark(): void {
    for (const [index, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(index === active));
      if (index === active) item.scrollIntoView({ block: 'nearest' });
    }
    if (active < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `suggestion-${active}`);
  }

  function move(step: number): void {
    if (suggestions.length === 0) return;
    const from = active < 0 && step < 0 ? 0 : active;
    active = (from + step + suggestions.length) % suggestions.length;
    mark();
  }

  function update(): void {
    problem.textContent = '';
    input.removeAttribute('aria-invalid');
    clearTimeout(timer);
    asked += 1;
    const completion = completionAt(input.value, input.selectionStart ?? input.value.length, commands());
    renderUsage(completion);
    suggest(completion);
  }

  function suggest(completion: Completion): void {
    switch (completion.kind) {
      case 'text':
        return close();
      case 'command':
        return show(
          fittingCommands(completion.typed, commands()).map((command) => ({
            label: `/${command.name}`,
            detail: command.description,
            choose: () => put(withCommand(command)),
          })),
          0,
        );
      case 'option': {
        const { command, typed, from } = completion;
        const free = freeOptions(command, givenIn(input.value, command)).filter(({ name }) => name.startsWith(typed));
        const options = free.map((option) => ({
          label: `${option.name}:`,
          detail: `${option.description}${option.required ? ' (needed)' : ''}`,
          choose: () => {
            const next = withOption(input.value, from, from + typed.length, option.name);
            put(next.line, next.caret);
          },
        }));
        return show(options, -1);
      }
      case 'value':
        return suggestValues(completion);
    }
  }

  function suggestValues(completion: Extract<Completion, { kind: 'value' }>): void {
    const { option, typed } = completion;
    const names = {
      6: view.hello.people.map(({ username }) => username),
      7: view.hello.channels.map(({ name }) => name),
      8: view.hello.roles.map(({ name }) => name),
    };
    const known = knownChoices(option, names);
    if (known !== null) return showChoices(completion, fittingChoices(typed, known));
    const ask = asked;
    timer = setTimeout(() => {
      const { command } = completion;
      const body = {
        as: view.hello.as,
        channel: view.channel,
        command: command.name,
        option: option.name,
        typed,
        options: otherValues(input.value, command, option),
      };
      act<{ choices: readonly PageChoice[] }>('complete', body)
        .then(({ choices }) => {
          // Only the newest question counts.
          if (ask === asked) showChoices(completion, choices);
        })
        .catch(() => {
          if (ask === asked) close();
        });
    }, pauseMs);
  }

  function showChoices(completion: Extract<Completion, { kind: 'value' }>, choices: readonly PageChoice[]): void {
    const { typed, from, to } = completion;
    const isWhole = choices.some(({ value }) => String(value) === typed);
    const offered = isWhole && choices.length === 1 ? [] : choices;
    show(
      offered.map(({ name, value }) => ({
        label: name,
        detail: name === String(value) || String(value).startsWith(name) ? '' : String(value),
        choose: () => {
          const next = withValue(input.value, from, to, String(value));
          put(next.line, next.caret);
        },
      })),
      isWhole ? -1 : 0,
    );
    if (offered.length > 0) actions.announce(`${offered.length} suggestion${offered.length === 1 ? '' : 's'}`);
  }

  /** The command being typed, with its options: which have a value, which are needed. */
  function renderUsage(completion: Completion): void {
    const command = completion.kind === 'text' ? null : commandOf(input.value, commands());
    usage.hidden = command === null;
    if (command === null) return;
    const given = givenIn(input.value, command);
    const current = completion.kind === 'value' ? completion.option : null;
    usage.replaceChildren(
      h('span', { class: 'usage-name' }, `/${command.name}`),
      ...command.options.map((option) => {
        const filled = given.some((one) => one.option.name === option.name);
        const state = [filled && 'filled', option.name === current?.name && 'current', option.required && 'needed'];
        return h(
          'button',
          {
            type: 'button',
            class: `chip ${state.filter(Boolean).join(' ')}`,
            title: option.description,
            disabled: filled,
            onclick: () => {
              const at = input.value.length;
              const next = withOption(input.value, at, at, option.name);
              put(next.line, next.caret);
            },
          },
          `${option.name}${option.required ? ' *' : ''}`,
        );
      }),
      h('span', { class: 'usage-text' }, current === null ? command.description : current.description),
    );
  }

  function complain(text: string): void {
    problem.textContent = text;
    input.setAttribute('aria-invalid', 'true');
  }

  async function submit(): Promise<void> {
    const line = input.value;
    if (line.trim() === '') return;
    const invocation = line.startsWith('/') ? invocationIn(line, commands()) : null;
    if (invocation !== null && !invocation.ok) return complain(invocation.problem);
    close();
    usage.hidden = true;
    input.value = '';
    try {
      await (invocation === null ? actions.say(line) : actions.run(invocation));
    } catch (error) {
      if (input.value === '') input.value = line;
      complain(error instanceof Error ? error.message : String(error));
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const chosen = suggestions[active];
    const keys: Readonly<Record<string, (() => void) | undefined>> = {
      ArrowDown: suggestions.length > 0 ? () => move(1) : undefined,
      ArrowUp: suggestions.length > 0 ? () => move(-1) : undefined,
      Escape: suggestions.length > 0 ? close : undefined,
      Enter: chosen?.choose,
      Tab: event.shiftKey ? undefined : (chosen ?? suggestions[0])?.choose,
    };
    const run = keys[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  }

  input.addEventListener('input', update);
  input.addEventListener('click', update);
  input.addEventListener('keydown', onKey);
  input.addEventListener('keyup', (event) => {
    if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) update();
  });
  input.addEventListener('blur', close);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });

  return {
    write: (line) => put(line),
    focus: () => input.focus(),
    refresh(isAway) {
      const me = person(view);
      const who = me === undefined ? '' : `${me.displayName} (${levelOf(me).name})`;
      input.placeholder = isAway ? 'Discord is away' : `Message #${view.channel} as ${who}, or / for commands`;
      input.setAttribute('aria-label', `Message #${view.channel} as ${who}`);
      input.disabled = isAway;
      send.disabled = isAway;
    },
  };
}
