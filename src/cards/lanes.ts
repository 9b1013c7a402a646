// The lanes of all channels: each goes on by itself, a step at a time, until there is nothing to do or something to wait for.
import type { Logger } from 'pino';
import { createLane, type Lane } from './lane.ts';

export interface Lanes {
  of(channelId: string): Lane;
  all(): Iterable<Lane>;
  /** Something may have to be done in this lane. */
  run(lane: Lane): void;
  /** Likewise at this time (milliseconds since 1970), unless it is looked at before. */
  runAt(lane: Lane, at: number): void;
  /** Nothing is done before; what came meanwhile is. */
  start(): void;
  /** Between `start` and `stop`. */
  areOpen(): boolean;
  /** Ends each after the step that it is at. */
  stop(): Promise<void>;
}

/** Between two tries while the ledger cannot be read or written, in milliseconds. */
export const storePauseMs = 2000;

/** A clock that jumps must not make a lane wait for longer than this, in milliseconds. */
const longestWaitMs = 60_000;

/** @param options.step does one thing; resolves to whether there may be more to do now. */
export function createLanes(options: {
  readonly step: (lane: Lane) => Promise<boolean>;
  readonly log: Logger;
  readonly now: () => Date;
}): Lanes {
  const { step, log, now } = options;
  const lanes = new Map<string, Lane>();
  let state: 'closed' | 'open' | 'ending' = 'closed';

  function of(channelId: string): Lane {
    const lane = lanes.get(channelId) ?? createLane(channelId);
    lanes.set(channelId, lane);
    return lane;
  }

  function run(lane: Lane): void {
    lane.woken = true;
    if (state !== 'open' || lane.running !== null) return;
    if (lane.timer !== null) clearTimeout(lane.timer);
    lane.timer = null;
    lane.running = work(lane).finally(() => {
      lane.running = null;
      if (lane.woken) run(lane);
    });
  }

  function runAt(lane: Lane, at: number): void {
    if (state === 'ending' || lane.timer !== null) return;
    const wait = Math.max(1, Math.min(at - now().getTime(), longestWaitMs));
    lane.timer = setTimeout(() => {
      lane.timer = null;
      run(lane);
    }, wait);
  }

  async function work(lane: Lane): Promise<void> {
    while (lane.woken && state === 'open') {
      lane.woken = false;
      try {
        while (state === 'open' && (await step(lane)));
      } catch (error) {
        log.warn({ err: error, channel: lane.channelId }, 'The publisher could not go on and tries again');
        lane.stumbled = true;
        runAt(lane, now().getTime() + storePauseMs);
      }
    }
  }

  return {
    of,
    all: () => lanes.values(),
    run,
    runAt,
    start() {
      state = 'open';
      for (const lane of lanes.values()) run(lane);
    },
    areOpen: () => state === 'open',
    async stop() {
      state = 'ending';
      for (const lane of lanes.values()) if (lane.timer !== null) clearTimeout(lane.timer);
      await Promise.all([...lanes.values()].map((lane) => lane.running));
    },
  };
}
