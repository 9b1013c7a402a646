// What the alerts room needs of the store; `store/incidents.ts` satisfies it.
import type { AskedCard, RungRing, WantedCard, WantedRing } from '../cards/card.ts';
import type { Incident } from './incident.ts';
import type { Labels } from './schema.ts';

/** What happens in one transaction. */
export interface AlertTransaction {
  latest(receiver: string, groupKey: string): Promise<Incident | undefined>;
  provisional: AlertStore['provisional'];
  /** The newest incident of the receiver whose group has these labels, whatever its key. */
  newestOf(receiver: string, groupLabels: Labels): Promise<Incident | undefined>;
  read(id: string): Promise<Incident | undefined>;
  /** This receiver has called the bot. */
  called(receiver: string, at: number): Promise<void>;
  /** `escalateAt`: when the next role is mentioned (milliseconds since 1970), null where nobody is to be. */
  write(incident: Incident, escalateAt: number | null): Promise<void>;
  /** Resolves to the channel in which it is to be posted; null where its card is not there. */
  ring(ring: WantedRing): Promise<string | null>;
  /** It has rung from memory; nothing where its card is not there. */
  rang(rung: RungRing): Promise<void>;
  /** A ring may no longer apply. */
  reviewRing(id: string, priority: number): Promise<void>;
  want(card: WantedCard): Promise<AskedCard>;
}

export interface AlertStore {
  /**
   * Durable when it resolves; rejects when the store fails. `work` may run twice. `meanwhile` is called once it is written and not durable yet: what
   * it begins must wait for `durable` before anybody can see it.
   */
  change<T>(
    work: (tx: AlertTransaction) => Promise<T>,
    meanwhile?: (value: T, durable: Promise<void>) => void,
  ): Promise<T>;
  latest(receiver: string, groupKey: string): Promise<Incident | undefined>;
  /** The newest provisional incident of the receiver that is of this key or holds one of these alerts, open or closed. */
  provisional(receiver: string, key: string, fingerprints: readonly string[]): Promise<Incident | undefined>;
  read(id: string): Promise<Incident | undefined>;
  /** Incidents that have not ended, at most `limit`. */
  open(limit: number): Promise<readonly Incident[]>;
}
