// Discord's side of one interaction: it keeps its rules for first and later responses, and remembers what people see.
import { setImmediate } from 'node:timers/promises';
import type { Answering } from '../../../src/dispatch/invocation.ts';
import type { ActionButton, Line, Message } from '../../../src/message.ts';

export interface Seen {
  readonly answering: Answering;
  /** What happened, in order. */
  readonly steps: string[];
  /** What the message shows now: the answer to a command, or the message whose button was pressed. */
  shown(): Message;
  /** Further messages. */
  readonly added: Message[];
  /** Makes the next request of this kind fail. */
  refuse(step: 'defer' | 'show' | 'deferUpdate' | 'add'): void;
}

/**
 * @param happened also hears of each step.
 * @param turns of the event loop that Discord takes for each request.
 */
export function interaction(kind: 'command' | 'press', happened: (step: string) => void = () => {}, turns = 1): Seen {
  const steps: string[] = [];
  const added: Message[] = [];
  const refusing = new Set<string>();
  let shown: Message | undefined;
  let responded = false;

  async function step(name: string, act: () => void): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    if (refusing.delete(name)) throw new Error(`Discord does not take ${name}`);
    act();
    steps.push(name);
    happened(name);
  }

  function first(): void {
    if (responded) throw new Error('40060: Interaction has already been acknowledged');
    responded = true;
  }

  return {
    steps,
    added,
    refuse: (name) => void refusing.add(name),
    shown() {
      if (shown === undefined) throw new Error('Nothing is shown');
      return shown;
    },
    answering: {
      defer: () =>
        step('defer', () => {
          first();
        }),
      deferUpdate: () =>
        step('deferUpdate', () => {
          if (kind === 'command') throw new Error('A command has no message to update');
          first();
        }),
      modal: () => step('modal', first),
      show: (message) =>
        step('show', () => {
          check(message);
          responded = true;
          shown = message;
        }),
      add: (message) =>
        step('add', () => {
          check(message);
          if (!responded) throw new Error('10015: Unknown Webhook');
          added.push(message);
        }),
    },
  };
}

/** As Discord checks buttons: at most 25, and no custom id twice. */
function check(message: Message): void {
  const ids = (message.buttons ?? []).flatMap((button) =>
    'action' in button ? [`${button.action}:${button.subject}`] : [],
  );
  if (ids.length > 25 || new Set(ids).size !== ids.length || ids.some((id) => id.length > 100)) {
    throw new Error('50035: Invalid Form Body');
  }
}

/** The words of a line or message, without its markup. */
export function words(part: Line | Message | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return part;
  if (Array.isArray(part)) return part.map((run) => words(run)).join('');
  if ('headline' in part) return [part.headline, ...(part.text ?? [])].map((line) => words(line)).join('\n');
  return Object.values(part).map(String).join(' ');
}

/** A button that can be pressed. */
export function button(message: Message, label: string): ActionButton {
  const found = message.buttons?.find((one) => one.label === label);
  if (found === undefined || !('action' in found) || found.disabled === true) throw new Error(`No button ${label}`);
  return found;
}
