// The message box: plain messages, and slash commands with their options, completed as they are typed.
import type { Announce } from './announcer.ts';
import { act } from './api.ts';
import {
  type Completion,
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
import type { PageChoice } from './protocol.ts';
import { createSuggestions } from './suggestions.ts';
import { renderUsage } from './usage.ts';
import { levelOf, person, type View } from './view.ts';

/** Where the whole hint does not fit; as in the style sheets. */
const narrow = matchMedia('(max-width: 46rem)');

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

type ValueCompletion = Extract<Completion, { kind: 'value' }>;
type OptionCompletion = Extract<Completion, { kind: 'option' }>;

export function createComposer(view: View, form: HTMLFormElement, actions: ComposerActions): Composer {
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
  const suggestions = createSuggestions('suggestions', input);
  form.append(suggestions.list, usage, problem, h('div', { class: 'box' }, input, send));

  /** Counts what was typed, so that an answer of the bot to something older is dropped. */
  let typed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function put(line: string, caret = line.length): void {
    input.value = line;
    input.focus();
    input.setSelectionRange(caret, caret);
    update();
  }

  function update(): void {
    problem.textContent = '';
    input.removeAttribute('aria-invalid');
    clearTimeout(timer);
    typed += 1;
    const { commands } = view.hello;
    const line = input.value;
    const completion = completionAt(line, input.selectionStart ?? line.length, commands);
    renderUsage(usage, { line, completion, commands }, (option) => {
      const next = withOption(line, line.length, line.length, option);
      put(next.line, next.caret);
    });
    if (completion.kind === 'text') suggestions.close();
    else if (completion.kind === 'command') suggestCommands(completion.typed);
    else if (completion.kind === 'option') suggestOptions(completion);
    else suggestValues(completion);
  }

  function suggestCommands(name: string): void {
    const fitting = fittingCommands(name, view.hello.commands).map((command) => ({
      label: `/${command.name}`,
      detail: command.description,
      choose: () => put(withCommand(command)),
    }));
    suggestions.show(fitting, 0);
  }

  /** None is active at first: Enter sends the command as it is. */
  function suggestOptions({ command, typed: name, from }: OptionCompletion): void {
    const free = freeOptions(command, givenIn(input.value, command)).filter((option) => option.name.startsWith(name));
    const fitting = free.map((option) => ({
      label: `${option.name}:`,
      detail: `${option.description}${option.required ? ' (needed)' : ''}`,
      choose: () => {
        const next = withOption(input.value, from, from + name.length, option.name);
        put(next.line, next.caret);
      },
    }));
    suggestions.show(fitting, -1);
  }

  function suggestValues(completion: ValueCompletion): void {
    const { option, command } = completion;
    const names = {
      6: view.hello.people.map(({ username }) => username),
      7: view.hello.channels.map(({ name }) => name),
      8: view.hello.roles.map(({ name }) => name),
    };
    const known = knownChoices(option, names);
    if (known !== null) {
      showChoices(completion, fittingChoices(completion.typed, known));
      return;
    }
    const asked = typed;
    const body = {
      as: view.hello.as,
      channel: view.channel,
      command: command.name,
      option: option.name,
      typed: completion.typed,
      options: otherValues(input.value, command, option),
    };
    timer = setTimeout(() => {
      act<{ choices: readonly PageChoice[] }>('complete', body)
        .catch(() => ({ choices: [] }))
        .then(({ choices }) => {
          if (asked === typed) showChoices(completion, choices);
        });
    }, pauseMs);
  }

  function showChoices({ typed: text, from, to }: ValueCompletion, choices: readonly PageChoice[]): void {
    const isWhole = choices.some(({ value }) => String(value) === text);
    const offered = isWhole && choices.length === 1 ? [] : choices;
    const fitting = offered.map(({ name, value }) => ({
      label: name,
      detail: String(value).startsWith(name) ? '' : String(value),
      choose: () => {
        const next = withValue(input.value, from, to, String(value));
        put(next.line, next.caret);
      },
    }));
    suggestions.show(fitting, isWhole ? -1 : 0);
    if (offered.length > 0) actions.announce(`${offered.length} suggestion${offered.length === 1 ? '' : 's'}`);
  }

  function complain(text: string): void {
    problem.textContent = text;
    input.setAttribute('aria-invalid', 'true');
  }

  async function submit(): Promise<void> {
    const line = input.value;
    if (line.trim() === '') return;
    const invocation = line.startsWith('/') ? invocationIn(line, view.hello.commands) : null;
    if (invocation !== null && !invocation.ok) {
      complain(invocation.problem);
      return;
    }
    clearTimeout(timer);
    typed += 1;
    suggestions.close();
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
    if (event.isComposing || suggestions.all.length === 0) return;
    const { active, all } = suggestions;
    const keys: Readonly<Record<string, (() => void) | undefined>> = {
      ArrowDown: () => suggestions.move(1),
      ArrowUp: () => suggestions.move(-1),
      Escape: suggestions.close,
      Enter: active?.choose,
      Tab: event.shiftKey ? undefined : (active ?? all[0])?.choose,
    };
    const run = keys[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  }

  input.addEventListener('input', update);
  input.addEventListener('click', update);
  input.addEventListener('keydown', onKey);
  input.addEventListener('keyup', ({ key }) => {
    if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key)) update();
  });
  input.addEventListener('blur', suggestions.close);
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
      const whole = `Message #${view.channel} as ${who}, or / for commands`;
      const brief = `As ${me?.displayName ?? ''}: a message, or /`;
      input.placeholder = isAway ? 'Discord is away' : narrow.matches ? brief : whole;
      input.setAttribute('aria-label', `Message #${view.channel} as ${who}`);
      input.disabled = isAway;
      send.disabled = isAway;
    },
  };
}
