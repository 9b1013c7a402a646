// The limits of what an autocomplete answers: at most 25 choices, names of 100 characters, values of the option's type.
import { createForm } from './form.ts';

export function readChoices(
  data: Record<string, unknown>,
  optionType: number,
): { name: string; value: string | number }[] {
  const form = createForm();
  const list = form.list(data['choices'], ['data', 'choices'], { max: 25, required: true }) ?? [];
  const choices = list.map((one, index) => {
    const at = ['data', 'choices', index];
    const given = form.object(one, at) ?? {};
    const name = form.text(given['name'], [...at, 'name'], { min: 1, max: 100, required: true }) ?? '';
    const { value } = given;
    if (optionType === 3) {
      if (typeof value !== 'string')
        form.fail([...at, 'value'], 'STRING_TYPE_CONVERT', `Could not interpret "${String(value)}" as string.`);
      return {
        name,
        value: form.text(value, [...at, 'value'], { min: 1, max: 100, required: true, trim: false }) ?? '',
      };
    }
    if (typeof value !== 'number')
      form.fail([...at, 'value'], 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not a number.`);
    return { name, value: typeof value === 'number' ? value : 0 };
  });
  form.check();
  return choices;
}
