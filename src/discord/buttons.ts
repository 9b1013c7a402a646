// Buttons → action rows; addresses that Discord refuses come back as text.

import { type APIActionRowComponent, type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import type { Redact } from '../lib/redact.ts';
import type { ActionButton, Button, LinkButton } from '../message.ts';
import { isBlank } from './clean.ts';
import { fitInto } from './cut.ts';
import { limits } from './limits.ts';
import { dataOf, unlinked } from './text.ts';
import { linkable } from './urls.ts';

export interface Rows {
  readonly rows: APIActionRowComponent<APIButtonComponent>[];
  /** Plain lines for the text: links that cannot be buttons. */
  readonly asText: readonly string[];
}

const styles = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  success: ButtonStyle.Success,
  danger: ButtonStyle.Danger,
} as const;

export function rowsOf(buttons: readonly Button[], redact: Redact): Rows {
  const components: APIButtonComponent[] = [];
  const asText: string[] = [];
  const ids = new Set<string>();
  for (const button of buttons) {
    const component = 'url' in button ? linkComponent(button, redact) : actionComponent(button, ids, redact);
    if (component !== null && components.length < limits.rows * limits.buttonsPerRow) components.push(component);
    else if ('url' in button) asText.push(unlinked(dataOf(button.label, redact), button.url, redact));
  }
  const rows: APIActionRowComponent<APIButtonComponent>[] = [];
  for (let start = 0; start < components.length; start += limits.buttonsPerRow) {
    rows.push({ type: ComponentType.ActionRow, components: components.slice(start, start + limits.buttonsPerRow) });
  }
  return { rows, asText };
}

/** What a button's press says, from its custom id. */
export function readCustomId(customId: string): { readonly action: string; readonly subject: string } {
  const colon = customId.indexOf(':');
  if (colon < 0) return { action: customId, subject: '' };
  return { action: customId.slice(0, colon), subject: customId.slice(colon + 1) };
}

function linkComponent(button: LinkButton, redact: Redact): APIButtonComponent | null {
  const url = linkable(button.url, limits.buttonUrl, redact);
  if (url === null) return null;
  return { type: ComponentType.Button, style: ButtonStyle.Link, label: labelOf(button.label, 'Link', redact), url };
}

/** Null for a second button of the same id: Discord refuses the message for it. */
function actionComponent(button: ActionButton, ids: Set<string>, redact: Redact): APIButtonComponent | null {
  const id = `${button.action}:${button.subject}`;
  if (id.length > limits.customId || ids.has(id)) return null;
  ids.add(id);
  return {
    type: ComponentType.Button,
    style: styles[button.style],
    label: labelOf(button.label, button.action, redact),
    custom_id: id,
    ...(button.disabled === true && { disabled: true }),
  };
}

function labelOf(label: string, otherwise: string, redact: Redact): string {
  const text = dataOf(label, redact).trim();
  return fitInto(isBlank(text) ? otherwise : text, limits.buttonLabel).text;
}
