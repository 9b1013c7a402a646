// Answers one interaction over REST: the first response by its callback, all further ones by its token.
import { type APIApplicationCommandOptionChoice, InteractionResponseType, MessageFlags, Routes } from 'discord.js';
import type { Logger } from 'pino';
import type { Answering, Choice, Complete } from '../dispatch/invocation.ts';
import type { Redact } from '../lib/redact.ts';
import type { Message } from '../message.ts';
import { isBlank } from './clean.ts';
import { fitInto } from './cut.ts';
import { type Failure, failureOf } from './failures.ts';
import type { Upload } from './files.ts';
import { limits, timeOf } from './limits.ts';
import { render } from './message.ts';
import { modalOf } from './modal.ts';
import type { Rest } from './rest.ts';
import type { Interaction } from './schema.ts';
import { dataOf } from './text.ts';

export interface AnswerTools {
  readonly rest: Rest;
  readonly log: Logger;
  readonly now: () => Date;
  readonly redact: Redact;
}

/** Discord did not take an answer. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/** A first response is tried again only while the person is still waiting for it. */
const firstResponseWithin = 2_000;

/** Calls are made one after the other, however they arrive. */
export function createAnswering(interaction: Interaction, tools: AnswerTools): Answering {
  const original = Routes.webhookMessage(interaction.application_id, interaction.token, '@original');
  let responded = false;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const next = last.then(step);
    last = next.catch(() => undefined);
    return next;
  }

  async function first(type: InteractionResponseType, data?: object, files?: readonly Upload[]): Promise<void> {
    await respond(interaction, { type, ...(data !== undefined && { data }) }, files ?? [], tools);
    responded = true;
  }

  return {
    defer: () =>
      inTurn(async () => {
        if (responded) return;
        await first(InteractionResponseType.DeferredChannelMessageWithSource, { flags: MessageFlags.Ephemeral });
      }),
    deferUpdate: () =>
      inTurn(async () => {
        if (responded) return;
        await first(InteractionResponseType.DeferredMessageUpdate);
      }),
    modal: (modal) =>
      inTurn(async () => {
        if (!responded) await first(InteractionResponseType.Modal, modalOf(modal));
      }),
    show: (message) =>
      inTurn(async () => {
        if (!responded) {
          const { body, files } = render(message, { redact: tools.redact, ephemeral: true });
          return first(InteractionResponseType.ChannelMessageWithSource, body, files);
        }
        const { body, files } = render(message, { redact: tools.redact });
        return send('PATCH', original, body, files, tools);
      }),
    add: (message) => inTurn(() => addTo(message)),
  };

  async function addTo(message: Message): Promise<void> {
    const { body, files } = render(message, { redact: tools.redact, ephemeral: true });
    if (!responded) return first(InteractionResponseType.ChannelMessageWithSource, body, files);
    return send('POST', Routes.webhook(interaction.application_id, interaction.token), body, files, tools);
  }
}

/** @param asNumbers the option is a number, so its values are sent as numbers and others left out. */
export function createComplete(interaction: Interaction, asNumbers: boolean, tools: AnswerTools): Complete {
  let answered = false;
  return async (choices) => {
    if (answered) return;
    answered = true;
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    await respond(interaction, { type, data: { choices: choicesOf(choices, asNumbers, tools.redact) } }, [], tools);
  };
}

/** At most 25, each with a name, none twice. */
export function choicesOf(
  choices: readonly Choice[],
  asNumbers: boolean,
  redact: Redact,
): readonly APIApplicationCommandOptionChoice[] {
  const taken = new Map<string, APIApplicationCommandOptionChoice>();
  for (const choice of choices) {
    if (taken.size === limits.command.choices) break;
    const name = fitInto(dataOf(choice.name, redact).trim(), limits.command.choiceName).text;
    const value = asNumbers ? Number(choice.value) : choice.value;
    if (isBlank(name) || taken.has(name)) continue;
    if (typeof value === 'number' ? !Number.isFinite(value) : !usable(value, redact)) continue;
    taken.set(name, { name, value });
  }
  return [...taken.values()];
}

function usable(value: string, redact: Redact): boolean {
  return value !== '' && value.length <= limits.command.choiceValue && value.isWellFormed() && redact(value) === value;
}

/** The callback. 40060 means that it was acknowledged already: an earlier try of ours got through. */
async function respond(
  interaction: Interaction,
  body: object,
  files: readonly Upload[],
  tools: AnswerTools,
): Promise<void> {
  const route = Routes.interactionCallback(interaction.id, interaction.token);
  const began = tools.now().getTime();
  for (let tries = 1; ; tries += 1) {
    const failure = await attempt('POST', route, body, files, tools);
    if (failure === null) return;
    if (failure.kind === 'message refused' && failure.code === 40060) return;
    const lagMs = tools.now().getTime() - timeOf(interaction.id);
    if (failure.kind === 'message refused' && failure.code === 10062) {
      tools.log.warn(
        { interaction: interaction.id, lagMs },
        'Discord no longer waits for an answer to this interaction',
      );
    }
    const uncertain = failure.kind === 'unknown' || failure.kind === 'not sent';
    if (!uncertain || tries === 2 || tools.now().getTime() - began > firstResponseWithin) throw refused(failure);
  }
}

async function send(
  method: 'POST' | 'PATCH',
  route: `/${string}`,
  body: unknown,
  files: readonly Upload[],
  tools: AnswerTools,
): Promise<void> {
  const failure = await attempt(method, route, body, files, tools);
  if (failure !== null) throw refused(failure);
}

async function attempt(
  method: 'POST' | 'PATCH',
  route: `/${string}`,
  body: unknown,
  files: readonly Upload[],
  { rest, now }: AnswerTools,
): Promise<Failure | null> {
  try {
    await rest.request({ method, route, body, files, withToken: false });
    return null;
  } catch (error) {
    return failureOf(error, now());
  }
}

function refused(failure: Failure): AnswerRefused {
  const code = 'code' in failure ? ` (code ${failure.code})` : '';
  return new AnswerRefused(`${failure.kind}${'reason' in failure ? `: ${failure.reason}` : ''}${code}`);
}
