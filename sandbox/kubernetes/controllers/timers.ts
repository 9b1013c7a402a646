// Timers by name, so that all of them can be ended, and one that is set again replaces the earlier one.

export interface Timers {
  /** `act` is called once after so many milliseconds, unless the name is set again before. */
  after(name: string, ms: number, act: () => void): void;
  has(name: string): boolean;
  cancel(name: string): void;
  /** Cancels all; none can be set any more until `resume`. */
  stop(): void;
  resume(): void;
}

export function createTimers(): Timers {
  const running = new Map<string, NodeJS.Timeout>();
  let stopped = false;
  const cancel = (name: string) => {
    clearTimeout(running.get(name));
    running.delete(name);
  };
  return {
    after(name, ms, act) {
      if (stopped) return;
      cancel(name);
      const timer = setTimeout(() => {
        running.delete(name);
        act();
      }, ms);
      running.set(name, timer);
    },
    has: (name) => running.has(name),
    cancel,
    stop() {
      stopped = true;
      for (const name of [...running.keys()]) cancel(name);
    },
    resume() {
      stopped = false;
    },
  };
}
