// Selects → action rows, within Discord's limits.
import { type APIActionRowComponent, type APIStringSelectComponent, ComponentType } from 'discord.js';
import type { Redact } from '../lib/redact.ts';
import type { Select } from '../message.ts';
import { isBlank } from './clean.ts';
import { fitInto } from './cut.ts';
import { limits } from './limits.ts';
import { dataOf } from './text.ts';

/** A row each; one without a usable option is left out: Discord refuses the message for it. */
export function selectRows(
  selects: readonly Select[],
  redact: Redact,
): readonly APIActionRowComponent<APIStringSelectComponent>[] {
  return selects.flatMap((select) => {
    const component = componentOf(select, redact);
    return component === null ? [] : [{ type: ComponentType.ActionRow, components: [component] }];
  });
}

function componentOf(select: Select, redact: Redact): APIStringSelectComponent | null {
  const customId = `${select.action}:${select.subject}`;
  const values = new Set<string>();
  const options = select.options.flatMap(({ label, value, description }) => {
    const text = shortened(label, limits.select.label, redact);
    if (values.has(value) || value === '' || value.length > limits.select.value || text === null) return [];
    values.add(value);
    const more = description === undefined ? null : shortened(description, limits.select.description, redact);
    return [{ label: text, value, ...(more !== null && { description: more }) }];
  });
  if (options.length === 0 || customId.length > limits.customId) return null;
  return {
    type: ComponentType.StringSelect,
    custom_id: customId,
    placeholder: shortened(select.placeholder, limits.select.placeholder, redact) ?? 'Choose',
    options: options.slice(0, limits.select.options),
  };
}

function shortened(text: string, most: number, redact: Redact): string | null {
  const shown = dataOf(text, redact).trim();
  return isBlank(shown) ? null : fitInto(shown, most).text;
}
