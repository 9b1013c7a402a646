// The limits of a modal (docs: interactions/receiving-and-responding#modal).
import type { Modal } from '../state.ts';
import { readSelectParts } from './components.ts';
import { createForm, type Form, type Path } from './form.ts';

type Component = Record<string, unknown>;

const kinds = {
  row: 1,
  stringSelect: 3,
  textInput: 4,
  text: 10,
  label: 18,
  fileUpload: 19,
  radio: 21,
  checkboxes: 22,
  checkbox: 23,
};
const insideLabel = [3, 4, 5, 6, 7, 8, kinds.fileUpload, kinds.radio, kinds.checkboxes, kinds.checkbox];

export function readModal(data: Record<string, unknown>): Modal {
  const form = createForm();
  const customIds = new Set<string>();
  const modal: Modal = {
    title: form.text(data['title'], ['data', 'title'], { min: 1, max: 45, required: true }) ?? '',
    customId:
      form.text(data['custom_id'], ['data', 'custom_id'], { min: 1, max: 100, required: true, trim: false }) ?? '',
    components: (form.list(data['components'], ['data', 'components'], { min: 1, max: 5, required: true }) ?? []).map(
      (one, index) => readTop(form, one, ['data', 'components', index], customIds),
    ),
  };
  form.check();
  return modal;
}

function readTop(form: Form, value: unknown, path: Path, customIds: Set<string>): Component {
  const given = form.object(value, path) ?? {};
  const type = form.choice(given['type'], [...path, 'type'], [kinds.row, kinds.text, kinds.label]);
  if (type === kinds.text) {
    return { type, content: form.text(given['content'], [...path, 'content'], { min: 1, max: 4000, required: true }) };
  }
  if (type === kinds.row) {
    const list = form.list(given['components'], [...path, 'components'], { min: 1, max: 1, required: true }) ?? [];
    return {
      type,
      components: list.map((one, index) =>
        readInput(form, one, [...path, 'components', index], [kinds.textInput], customIds),
      ),
    };
  }
  return {
    type,
    label: form.text(given['label'], [...path, 'label'], { min: 1, max: 45, required: true }),
    description: form.text(given['description'], [...path, 'description'], { max: 100 }),
    component: readInput(form, given['component'], [...path, 'component'], insideLabel, customIds),
  };
}

function readInput(
  form: Form,
  value: unknown,
  path: Path,
  allowed: readonly number[],
  customIds: Set<string>,
): Component {
  const given = form.object(value, path);
  if (!given) {
    form.required(path);
    return {};
  }
  const type = form.choice(given['type'], [...path, 'type'], allowed);
  const customId = form.text(given['custom_id'], [...path, 'custom_id'], {
    min: 1,
    max: 100,
    required: true,
    trim: false,
  });
  if (customId !== undefined) {
    if (customIds.has(customId))
      form.fail([...path, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
    customIds.add(customId);
  }
  if (given['disabled'] === true)
    form.fail([...path, 'disabled'], 'COMPONENT_DISABLED_IN_MODAL', 'Components in modals cannot be disabled');
  const shared = { type, custom_id: customId, required: form.truth(given['required'], [...path, 'required']) ?? true };
  if (type === kinds.textInput) return { ...shared, ...readText(form, given, path, allowed.length === 1) };
  if (type === kinds.radio || type === kinds.checkboxes) {
    const min = type === kinds.radio ? 2 : 1;
    return { ...shared, options: form.list(given['options'], [...path, 'options'], { min, max: 10, required: true }) };
  }
  if (type === kinds.fileUpload || type === kinds.checkbox || type === undefined) return { ...given, ...shared };
  return { ...shared, ...readSelectParts(form, type, given, path) };
}

function readText(form: Form, given: Component, path: Path, needsLabel: boolean): Component {
  const label = form.text(given['label'], [...path, 'label'], {
    min: needsLabel ? 1 : 0,
    max: 45,
    required: needsLabel,
  });
  const min = form.integer(given['min_length'], [...path, 'min_length'], { min: 0, max: 4000 });
  const max = form.integer(given['max_length'], [...path, 'max_length'], { min: 1, max: 4000 });
  const value = form.text(given['value'], [...path, 'value'], { max: 4000, trim: false });
  const placeholder = form.text(given['placeholder'], [...path, 'placeholder'], { max: 100 });
  return {
    style: form.choice(given['style'], [...path, 'style'], [1, 2]),
    label,
    min_length: min ?? 0,
    max_length: max ?? 4000,
    value,
    placeholder,
  };
}
