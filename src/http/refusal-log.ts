// One log line for many refusals: whoever sends nonsense all day must not fill the log.
import type { Logger } from 'pino';

export interface RefusalLog {
  note(status: number, error: string): void;
  stop(): void;
}

const quietMs = 10_000;

/** The first refusal of each status is logged at once; those of the next ten seconds are counted and logged together. */
export function createRefusalLog(log: Logger): RefusalLog {
  const quiet = new Map<number, { more: number; readonly timer: NodeJS.Timeout }>();

  function note(status: number, error: string): void {
    const seen = quiet.get(status);
    if (seen !== undefined) {
      seen.more += 1;
      return;
    }
    log.warn({ status, error }, 'A webhook was refused');
    const timer = setTimeout(() => {
      const more = quiet.get(status)?.more ?? 0;
      quiet.delete(status);
      if (more > 0) log.warn({ status, more }, 'More webhooks were refused in the last ten seconds');
    }, quietMs);
    timer.unref();
    quiet.set(status, { more: 0, timer });
  }

  return {
    note,
    stop() {
      for (const { timer } of quiet.values()) clearTimeout(timer);
      quiet.clear();
    },
  };
}
