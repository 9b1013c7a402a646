// What dispatch itself says: problems with a request, and why there is no answer.

import type { UserError } from '../lib/user-error.ts';
import type { Line, Message } from '../message.ts';
import type { Problem } from './options.ts';

export function invalidMessage(command: string, problems: readonly Problem[]): Message {
  const many = problems.length === 1 ? 'One option' : `${problems.length} options`;
  return {
    tone: 'warning',
    headline: [{ code: `/${command}` }, ` was not run: ${many} cannot be used.`],
    text: problems.map(({ option, said }): Line => [{ code: option }, `: ${said}`]),
  };
}

/** The first line of the error is the headline, further ones follow as text. */
export function toldMessage(error: UserError): Message {
  const [headline = '', ...text] = error.message.split('\n');
  return { tone: 'warning', headline, ...(text.length > 0 && { text }) };
}

/** @param reference under which the log has the rest. */
export function failureMessage(reference: string): Message {
  return {
    tone: 'critical',
    headline: `Something went wrong. Reference: ${reference}`,
    text: ['Whoever runs the bot finds what happened in its log under this reference.'],
  };
}

export function unknownCommandMessage(command: string): Message {
  return {
    tone: 'warning',
    headline: [{ code: `/${command}` }, ' does not exist (any more).'],
    text: [[{ code: '/help' }, ' lists the commands that do.']],
  };
}

export function noLongerAppliesMessage(): Message {
  return { tone: 'warning', headline: 'This button no longer applies.', text: ['Ask again with the command.'] };
}

/** @param command that gave the answer, where it is known. */
export function expiredMessage(command: string | null): Message {
  return {
    tone: 'warning',
    headline: 'This answer is no longer kept: answers can be leafed through and shared for an hour.',
    text: [command === null ? 'Ask again with the command.' : ['Ask again with ', { code: `/${command}` }, '.']],
  };
}

export function storeAwayMessage(): Message {
  return {
    tone: 'warning',
    headline: 'This cannot be done now: the database of the bot does not work.',
    text: ['Try again in a few minutes; commands that read are answered meanwhile.'],
  };
}

export function notYoursMessage(): Message {
  return { tone: 'warning', headline: 'Only the person who asked can share this answer.' };
}
