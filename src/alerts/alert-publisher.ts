// What alerts and the dead man's switch need of the publisher of cards.
import type { BegunCard } from '../cards/card.ts';
import type { AskedUnwritten } from '../cards/unwritten.ts';

export interface AlertPublisher {
  reserve(channelId: string, cardId: string): boolean;
  release(channelId: string, cardId: string): void;
  wake(channelId: string, begun?: BegunCard): void;
  showUnwritten(asked: AskedUnwritten): Promise<void>;
  /** The message of a card that was shown from memory; undefined when it was not, null when none is known. */
  unwrittenMessage(cardId: string): string | null | undefined;
  /** Whether a card in memory has rung for all that it was to ring for. */
  hasRungUnwritten(cardId: string): boolean;
  /** The message of the reply that rang last for it, from memory; null where there is none. */
  rungUnwritten(cardId: string): string | null;
  forgetUnwritten(cardId: string): void;
}
