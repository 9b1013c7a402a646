// Mentions the next role, once, when nobody has acknowledged a critical incident in time; what is due survives restarts.
import type { Logger } from 'pino';
import type { Alerts } from './alerts.ts';

export interface EscalationStore {
  /** Incidents whose next role is to be mentioned, the earliest first; `at` in milliseconds since 1970. */
  escalations(limit: number): Promise<readonly { readonly id: string; readonly at: number }[]>;
}

export interface Escalations {
  /** Begins once `ready` has resolved. */
  start(ready: Promise<void>): void;
  /** Something may be due at this time (milliseconds since 1970). */
  expect(at: number): void;
  stop(): Promise<void>;
}

/** Longer waits are taken in steps, so that a clock that jumps does no harm; also between two tries where the store fails or one is put off. */
const longestMs = 30_000;

/** Looked at in one go. */
const most = 100;

export function createEscalations(options: {
  readonly store: EscalationStore;
  readonly alerts: Pick<Alerts, 'escalate' | 'unwrittenEscalations'>;
  readonly log: Logger;
  readonly now: () => Date;
}): Escalations {
  const { store, alerts, log, now } = options;
  let timer: NodeJS.Timeout | null = null;
  let timerAt = Number.POSITIVE_INFINITY;
  let started = false;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  function look(at: number): void {
    const soon = Math.min(at, now().getTime() + longestMs);
    if (!started || stopped || (timer !== null && timerAt <= soon)) return;
    if (timer !== null) clearTimeout(timer);
    timerAt = soon;
    timer = setTimeout(
      () => {
        timer = null;
        timerAt = Number.POSITIVE_INFINITY;
        running = running.then(run);
      },
      Math.max(1, soon - now().getTime()),
    );
  }

  /** The earliest first. What is in memory is newer than what is written of it. */
  async function earliest(limit: number): Promise<readonly { readonly id: string; readonly at: number }[]> {
    const unwritten = new Map(alerts.unwrittenEscalations().map(({ id, at }) => [id, at]));
    const written = (await store.escalations(limit + unwritten.size)).filter(({ id }) => !unwritten.has(id));
    const held = [...unwritten].flatMap(([id, at]) => (at === null ? [] : [{ id, at }]));
    return [...written, ...held].toSorted((a, b) => a.at - b.at).slice(0, limit);
  }

  async function run(): Promise<void> {
    try {
      const waiting = await earliest(most);
      let putOff = false;
      for (const { id } of waiting.filter(({ at }) => at <= now().getTime())) {
        if ((await alerts.escalate(id)) === 'put off') putOff = true;
      }
      const [next] = await earliest(1);
      if (next !== undefined) look(putOff ? now().getTime() + longestMs : next.at);
    } catch (err) {
      log.warn({ err }, 'Incidents that nobody acknowledged could not be looked at: tried again');
      look(now().getTime() + longestMs);
    }
  }

  return {
    start(ready) {
      void ready.then(() => {
        started = true;
        look(now().getTime());
      });
    },
    expect: look,
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
