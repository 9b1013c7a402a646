// Cards that stay as they are: answers that were shared, and notices of the bot itself.
import type { Message } from '../message.ts';
import { priorities, type WantedCard } from './card.ts';

export interface PostStore {
  /** Stores the message and its card durably, unless a post with this id is there. */
  add(post: { readonly id: string; readonly at: number; readonly message: Message }, card: WantedCard): Promise<void>;
  read(id: string): Promise<Message | undefined>;
}

export interface Posts {
  /** Resolves once it is stored; it then appears in the channel once. The same `id` is posted once, however often it is asked for. */
  post(post: {
    readonly id: string;
    readonly channelId: string;
    readonly message: Message;
    readonly ring?: boolean;
  }): Promise<void>;
  show(cardId: string): Promise<Message | undefined>;
}

/** The kind of these cards in the ledger. */
export const postCard = 'post';

export function createPosts(options: {
  store: PostStore;
  publisher: { wake(channelId: string): void };
  now: () => Date;
}): Posts {
  const { store, publisher } = options;
  return {
    async post({ id, channelId, message, ring }) {
      const at = options.now().getTime();
      await store.add(
        { id, at, message },
        {
          id,
          kind: postCard,
          channelId,
          priority: priorities.notice,
          mentionRoles: [],
          ring: ring ?? false,
          // Whoever deletes it wants it gone.
          open: false,
          wantedAt: at,
          begun: false,
          lookSince: null,
          messageId: null,
        },
      );
      publisher.wake(channelId);
    },
    show: (cardId) => store.read(cardId),
  };
}
