// A card as a domain wants it, for tests of what becomes of it.
import type { WantedCard } from '../../../src/cards/card.ts';

export const wantedCard: WantedCard = {
  id: 'a',
  kind: 'alert',
  channelId: '1',
  priority: 0,
  mentionRoles: [],
  ring: true,
  open: true,
  wantedAt: 500,
  begun: false,
  lookSince: null,
  messageId: null,
};
