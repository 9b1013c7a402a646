// What alerts and the dead man's switch need of the publisher of cards.
import type { Publisher } from '../cards/publisher.ts';

export type AlertPublisher = Pick<
  Publisher,
  | 'reserve'
  | 'release'
  | 'wake'
  | 'showUnwritten'
  | 'unwrittenMessage'
  | 'hasRungUnwritten'
  | 'rungUnwritten'
  | 'forgetUnwritten'
>;
