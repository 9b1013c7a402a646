// An interaction's first response, and what follows by its token.
import { acknowledge, answerOf, callbackTypes, editAnswer, followUp, interactionOf } from '../interactions.ts';
import { deleteMessage } from '../messages.ts';
import { type Answer, bodyOf, type Call, param, type Route } from '../router.ts';
import type { Interaction, StoredMessage, World } from '../state.ts';
import { wireMessage } from '../wire/messages.ts';

function callback(call: Call): Answer {
  const { world, files, query } = call;
  const given = { id: param(call, 'interaction'), token: param(call, 'token'), body: bodyOf(call), files };
  const { interaction, message } = acknowledge(world, given);
  if (query['with_response'] !== 'true' && query['with_response'] !== '1') return { status: 204 };
  return { status: 200, body: callbackResponse(world, interaction, message) };
}

/** Only types 4 and 7 come with a resource in Discord's description. */
function callbackResponse(world: World, interaction: Interaction, message: StoredMessage | null) {
  const type = interaction.ack?.type;
  const shown = type === callbackTypes.message || type === callbackTypes.update;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      channel_id: interaction.channelId,
      guild_id: world.state.guild.id,
      ...(message
        ? {
            response_message_id: message.id,
            response_message_loading: type === callbackTypes.defer,
            response_message_ephemeral: message.ephemeralFor !== null,
          }
        : {}),
    },
    ...(message && shown ? { resource: { type, message: wireMessage(world, message) } } : {}),
  };
}

/** What every use of a token counts against: the hidden limit of the channel. */
function ofToken(call: Call): Interaction {
  const interaction = interactionOf(call.world, param(call, 'webhook'), param(call, 'token'));
  call.limits.takeHidden('interactionWebhookChannel', interaction.channelId);
  return interaction;
}

function which(call: Call): StoredMessage {
  return answerOf(call.world, ofToken(call), param(call, 'reply'));
}

const webhook = '/webhooks/:webhook/:token';
const reply = `${webhook}/messages/:reply`;
const limit = 'interactionWebhook';

export const interactions: Route[] = [
  {
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    authority: 'token',
    limit: 'none',
    handle: callback,
  },
  {
    method: 'POST',
    path: webhook,
    authority: 'token',
    limit,
    handle: (call) => ({
      status: 200,
      body: wireMessage(call.world, followUp(call.world, ofToken(call), bodyOf(call), call.files)),
    }),
  },
  {
    method: 'GET',
    path: reply,
    authority: 'token',
    limit,
    handle: (call) => ({ status: 200, body: wireMessage(call.world, which(call)) }),
  },
  {
    method: 'PATCH',
    path: reply,
    authority: 'token',
    limit,
    handle: (call) => ({
      status: 200,
      body: wireMessage(call.world, editAnswer(call.world, which(call), bodyOf(call), call.files)),
    }),
  },
  {
    method: 'DELETE',
    path: reply,
    authority: 'token',
    limit,
    handle: (call) => {
      deleteMessage(call.world, which(call));
      return { status: 204 };
    },
  },
];
