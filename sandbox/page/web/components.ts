// Buttons and selects of a message, as they stand in its rows.
import { type Child, h } from './dom.ts';
import { icon, withEmoji } from './icons.ts';
import type { PageMessage } from './protocol.ts';
import { type RichContext, richText } from './rich-text.ts';

export interface ComponentContext extends RichContext {
  readonly press: (message: PageMessage, label: string) => Promise<void>;
  readonly select: (message: PageMessage, select: string, values: readonly string[]) => Promise<void>;
}

type Part = Readonly<Record<string, unknown>>;

export interface SelectChoice {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly default?: boolean;
}

const styles: Readonly<Record<number, string>> = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link' };

/** Kinds of select: own options, people, roles, both, channels. */
const selects = [3, 5, 6, 7, 8];

export function componentRows(message: PageMessage, context: ComponentContext): Child[] {
  // The types of discord-api-types are wider than what a page can tell apart; each part is looked at by its number.
  return (message.components as unknown as Part[]).map((part) => element(part, message, context));
}

function element(part: Part, message: PageMessage, context: ComponentContext): Child {
  const type = Number(part['type']);
  if (type === 2) return buttonElement(part, message, context);
  if (selects.includes(type)) return selectElement(part, message, context);
  if (type === 10) return h('div', { class: 'content' }, richText(String(part['content'] ?? ''), context));
  const inner = (Array.isArray(part['components']) ? part['components'] : []) as Part[];
  const shown = inner.map((one) => element(one, message, context));
  return shown.length === 0 ? null : h('div', { class: type === 1 ? 'row' : 'container' }, shown);
}

function labelOf(part: Part): string {
  const { name = '' } = (part['emoji'] ?? {}) as { name?: string };
  return String(part['label'] ?? name);
}

function buttonElement(part: Part, message: PageMessage, { press }: ComponentContext): HTMLElement {
  const label = labelOf(part);
  const { name: symbol = '' } = (part['emoji'] ?? {}) as { name?: string };
  const words = [
    ...(part['label'] !== undefined && symbol !== '' ? [...withEmoji(symbol), ' '] : []),
    ...withEmoji(label),
  ];
  const kind = `button ${styles[Number(part['style'])] ?? 'secondary'}`;
  if (typeof part['url'] === 'string') {
    return h(
      'a',
      { class: kind, href: part['url'], target: '_blank', rel: 'noopener noreferrer' },
      words,
      icon('link'),
    );
  }
  const button = h(
    'button',
    {
      type: 'button',
      class: kind,
      disabled: part['disabled'] === true,
      'data-key': label,
      onclick: () => void busy(button, () => press(message, label)),
    },
    words,
  );
  return button;
}

/** Marked while it waits, so that it is not pressed twice. */
async function busy(button: HTMLButtonElement, run: () => Promise<void>): Promise<void> {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  await run().finally(() => button.removeAttribute('aria-busy'));
}

function selectElement(part: Part, message: PageMessage, context: ComponentContext): HTMLElement {
  const name = String(part['custom_id']);
  const placeholder = String(part['placeholder'] ?? 'Choose');
  const many = Number(part['max_values'] ?? 1) > 1;
  const choices = selectChoices(part, context);
  const disabled = part['disabled'] === true;
  const list = h(
    'select',
    { 'aria-label': placeholder, multiple: many, size: many ? Math.min(6, choices.length) : null, disabled },
    !many && h('option', { value: '', selected: true }, placeholder),
    choices.map((choice) => h('option', { value: choice.value, selected: choice.default }, optionText(choice))),
  );
  const send = h(
    'button',
    {
      type: 'button',
      class: 'button secondary',
      disabled,
      'data-key': `choose ${name}`,
      onclick: () => {
        const values = [...list.selectedOptions].map(({ value }) => value).filter((value) => value !== '');
        if (values.length > 0) void busy(send, () => context.select(message, name, values));
        else list.focus();
      },
    },
    'Choose',
  );
  return h('div', { class: 'select' }, list, send);
}

/** A list of the browser's has one line for each, so that what Discord shows below stands behind it. */
function optionText({ label, description }: SelectChoice): string {
  return description === undefined ? label : `${label} (${description})`;
}

/** Its own options, or the people, roles and channels that there are. */
export function selectChoices(part: Part, { hello }: Pick<RichContext, 'hello'>): readonly SelectChoice[] {
  const people = hello.people.map(({ username, displayName }) => ({ label: displayName, value: username }));
  const roles = hello.roles.map(({ name }) => ({ label: `@${name}`, value: name }));
  switch (Number(part['type'])) {
    case 5:
      return people;
    case 6:
      return roles;
    case 7:
      return [...people, ...roles];
    case 8:
      return hello.channels.map(({ name }) => ({ label: `#${name}`, value: name }));
    default:
      return (part['options'] ?? []) as readonly SelectChoice[];
  }
}
