// A modal that the bot opened: a dialog with its fields, which keeps the focus until it is sent or closed.
import { selectChoices } from './components.ts';
import { type Child, h } from './dom.ts';
import { icon } from './icons.ts';
import type { PageModal } from './protocol.ts';
import { type RichContext, richText } from './rich-text.ts';

type Part = Readonly<Record<string, unknown>>;
type FieldValue = string | readonly string[];

interface Field {
  readonly customId: string;
  readonly element: HTMLElement;
  readonly value: () => FieldValue;
}

let count = 0;

/** Resolves when it is closed. `send` rejects with what is wrong, which is then shown in it. */
export function showModal(
  modal: PageModal,
  context: RichContext,
  send: (values: Readonly<Record<string, FieldValue>>) => Promise<void>,
): Promise<void> {
  const before = document.activeElement;
  count += 1;
  const titleId = `modal-${count}-title`;
  const fields: Field[] = [];
  const parts = modal.components.map((part) => topElement(part, context, fields));
  const problem = h('p', { class: 'problem', role: 'alert' });
  const submit = h('button', { type: 'submit', class: 'button primary' }, 'Submit');
  const dialog = h(
    'dialog',
    { class: 'modal', 'aria-labelledby': titleId },
    h(
      'form',
      {
        onsubmit: (event) => {
          event.preventDefault();
          submit.setAttribute('aria-busy', 'true');
          const values = Object.fromEntries(fields.map(({ customId, value }) => [customId, value()]));
          send(values)
            .then(() => dialog.close())
            .catch((error: Error) => {
              problem.textContent = error.message;
            })
            .finally(() => submit.removeAttribute('aria-busy'));
        },
      },
      h(
        'header',
        {},
        h('h2', { id: titleId }, modal.title),
        h(
          'button',
          { type: 'button', class: 'quiet', 'aria-label': 'Close', onclick: () => dialog.close() },
          icon('close'),
        ),
      ),
      parts,
      problem,
      h(
        'footer',
        {},
        h('button', { type: 'button', class: 'button secondary', onclick: () => dialog.close() }, 'Cancel'),
        submit,
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.element.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve();
    });
  });
}

function topElement(part: Part, context: RichContext, fields: Field[]): Child {
  if (part['type'] === 10) return h('div', { class: 'content' }, richText(String(part['content'] ?? ''), context));
  if (part['type'] === 18) {
    return labelled(part['component'] as Part, String(part['label']), part['description'], context, fields);
  }
  const [input] = (part['components'] ?? []) as Part[];
  return input === undefined ? null : labelled(input, String(input['label']), undefined, context, fields);
}

function labelled(part: Part, label: string, description: unknown, context: RichContext, fields: Field[]): Child {
  const id = `modal-${count}-${fields.length}`;
  const hint = typeof description === 'string' ? description : '';
  const shared = {
    id,
    required: part['required'] !== false,
    'aria-describedby': hint === '' ? null : `${id}-hint`,
  };
  const field = part['type'] === 4 ? textField(part, shared) : choiceField(part, shared, context);
  fields.push(field);
  return h(
    'div',
    { class: 'modal-field' },
    h('label', { for: id }, label, shared.required && h('span', { class: 'required', 'aria-hidden': 'true' }, ' *')),
    hint !== '' && h('p', { id: `${id}-hint`, class: 'hint' }, hint),
    field.element,
  );
}

interface Shared {
  readonly id: string;
  readonly required: boolean;
  readonly 'aria-describedby': string | null;
}

function textField(part: Part, shared: Shared): Field {
  const attributes = {
    ...shared,
    placeholder: String(part['placeholder'] ?? ''),
    minlength: Number(part['min_length'] ?? 0),
    maxlength: Number(part['max_length'] ?? 4000),
  };
  const element =
    part['style'] === 2 ? h('textarea', { ...attributes, rows: 4 }) : h('input', { ...attributes, type: 'text' });
  element.value = String(part['value'] ?? '');
  return { customId: String(part['custom_id']), element, value: () => element.value };
}

/** Selects, and sets of radio buttons or checkboxes, which a list shows as well. */
function choiceField(part: Part, shared: Shared, context: RichContext): Field {
  const choices = selectChoices(part, context);
  const many = part['type'] === 22 || Number(part['max_values'] ?? 1) > 1;
  const element = h(
    'select',
    { ...shared, multiple: many },
    !many && h('option', { value: '' }, String(part['placeholder'] ?? 'Choose')),
    choices.map((choice) => h('option', { value: choice.value, selected: choice.default }, choice.label)),
  );
  const value = (): string[] => [...element.selectedOptions].map((one) => one.value).filter((one) => one !== '');
  return { customId: String(part['custom_id']), element, value };
}
