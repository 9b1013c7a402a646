// A modal → the data of Discord's callback, within its limits.
import { type APIModalInteractionResponseCallbackData, ComponentType, TextInputStyle } from 'discord.js';
import type { Modal } from '../message.ts';
import { fitInto } from './cut.ts';
import { limits } from './limits.ts';

/** All texts of a modal are the bot's own words. */
export function modalOf(modal: Modal): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `${modal.action}:${modal.subject}`,
    title: fitInto(modal.title, limits.modal.title).text,
    components: modal.fields.slice(0, limits.modal.fields).map((field) => ({
      type: ComponentType.Label,
      label: fitInto(field.label, limits.modal.label).text,
      ...(field.description !== undefined && {
        description: fitInto(field.description, limits.modal.description).text,
      }),
      component: {
        type: ComponentType.TextInput,
        custom_id: field.id,
        style: field.longest > 100 ? TextInputStyle.Paragraph : TextInputStyle.Short,
        required: field.required,
        max_length: Math.min(field.longest, limits.modal.value),
        ...(field.placeholder !== undefined && {
          placeholder: fitInto(field.placeholder, limits.modal.placeholder).text,
        }),
      },
    })),
  };
}
