// The payload of INTERACTION_CREATE.
import { basePermissions, permissionsIn } from '../permissions.ts';
import type { Interaction, World } from '../state.ts';
import { wireChannel } from './channels.ts';
import { findMessage, wireMessage } from './messages.ts';
import { wireMember } from './people.ts';

export function wireInteraction(world: World, interaction: Interaction): Record<string, unknown> {
  const { state } = world;
  const channel = state.channels.get(interaction.channelId);
  const member = state.members.get(interaction.userId);
  const source = interaction.sourceId ? findMessage(world, interaction.channelId, interaction.sourceId) : undefined;
  return {
    id: interaction.id,
    application_id: state.application.id,
    type: interaction.type,
    token: interaction.token,
    version: 1,
    data: interaction.data,
    channel_id: interaction.channelId,
    ...(channel
      ? {
          channel: {
            ...wireChannel(state, channel),
            permissions: String(permissionsIn(state, channel, interaction.userId)),
          },
          app_permissions: String(permissionsIn(state, channel, state.application.id)),
        }
      : {}),
    guild_id: state.guild.id,
    guild: { id: state.guild.id, locale: 'en-US', features: [] },
    ...(member
      ? {
          member: {
            ...wireMember(state, member),
            permissions: String(
              channel ? permissionsIn(state, channel, member.userId) : basePermissions(state, member.userId),
            ),
          },
        }
      : {}),
    ...(source ? { message: wireMessage(world, source) } : {}),
    locale: 'en-US',
    guild_locale: 'en-US',
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: { '0': state.guild.id },
    context: 0,
    attachment_size_limit: 10 * 1024 * 1024,
  };
}
