// Cards that stay as they are: answers that were shared, and notices of the bot itself.
import type { Message } from '../message.ts';
import { priorities, type WantedCard } from './card.ts';

export interface Post {
  readonly id: string;
  readonly channelId: string;
  readonly message: Message;
  readonly ring?: boolean;
}

/** A post as it is stored, with its card. `at` is in milliseconds since 1970. */
export interface StoredPost {
  readonly id: string;
  readonly at: number;
  readonly message: Message;
  readonly card: WantedCard;
}

export interface PostStore {
  /** Stores the message and its card durably, unless a post with this id is there. */
  add(post: StoredPost): Promise<void>;
  read(id: string): Promise<Message | undefined>;
}

export interface Posts {
  /** Resolves once it is stored; it then appears in the channel once. The same `id` is posted once, however often it is asked for. */
  post(post: Post): Promise<void>;
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
    async post(post) {
      await store.add(storedPost(post, options.now().getTime()));
      publisher.wake(post.channelId);
    },
    show: (cardId) => store.read(cardId),
  };
}

/** For whoever stores it together with something else. */
export function storedPost({ id, channelId, message, ring = false }: Post, at: number): StoredPost {
  const card = {
    id,
    kind: postCard,
    channelId,
    priority: priorities.notice,
    mentionRoles: [],
    ring,
    // Whoever deletes it wants it gone.
    open: false,
    wantedAt: at,
    begun: false,
    lookSince: null,
    messageId: null,
  };
  return { id, at, message, card };
}
