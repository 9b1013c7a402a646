// How many requests of the bot leave in a second: Discord's global limit, in a window that slides.

/**
 * Discord takes 50 a second (docs, topics/rate-limits#global-rate-limit). discord.js counts in windows that begin with a request, also one that never
 * arrives, so that up to twice as many can fall into one of Discord's; and it asks for the gateway beside this.
 */
const mostPerWindow = 48;

/** A second, and what requests may differ in their ways. */
const windowMs = 1_050;

export interface Pace {
  /** Takes a place and answers 0, or answers in how many milliseconds one is free. */
  take(): number;
}

/** @param now milliseconds since 1970. */
export function createPace(now: () => number): Pace {
  /** When the last ones left, the oldest first. */
  const left: number[] = [];
  return {
    take() {
      const time = now();
      const oldest = left.length < mostPerWindow ? undefined : left[0];
      if (oldest !== undefined && oldest <= time && time < oldest + windowMs) return oldest + windowMs - time;
      left.push(time);
      if (left.length > mostPerWindow) left.shift();
      return 0;
    },
  };
}
