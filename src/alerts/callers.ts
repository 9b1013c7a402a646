// Receivers of Alertmanager that have called the bot: what Alertmanager lists is shown for them alone.
import type { Notification } from './schema.ts';
import type { AlertTransaction } from './store.ts';

type Caller = Pick<Notification, 'version' | 'receiver'>;

export interface Callers {
  /** Whether it is still to be written down. */
  isNew(caller: Caller): boolean;
  /** Within a transaction. */
  write(tx: Pick<AlertTransaction, 'called'>, caller: Caller, at: number): Promise<void>;
  /** It is durable. */
  written(caller: Caller): void;
}

/** Of a homelab's handful; more are not looked after. */
const mostKnown = 1000;

export function createCallers(): Callers {
  const known = new Set<string>();
  // Grafana's receivers are not in Alertmanager's list.
  const isNew = ({ version, receiver }: Caller) => version === '4' && !known.has(receiver) && known.size < mostKnown;
  return {
    isNew,
    async write(tx, caller, at) {
      if (isNew(caller)) await tx.called(caller.receiver, at);
    },
    written(caller) {
      if (isNew(caller)) known.add(caller.receiver);
    },
  };
}
