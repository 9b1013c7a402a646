// Snowflakes: ids that hold their time, always growing, never given out twice.

/** First millisecond of 2015, from which snowflakes count. */
const epoch = 1_420_070_400_000;

export interface Ids {
  /** A new id of this moment, greater than all before it. */
  next(): string;
  /** Follows a clock that was set back, once nothing is left of the ids given out since. */
  reset(): void;
}

/** `now` in milliseconds; where it stands still or goes back, ids still grow. */
export function createIds(now: () => number): Ids {
  let last = 0n;
  const ofNow = () => BigInt(Math.max(0, Math.floor(now()) - epoch)) << 22n;
  return {
    next() {
      const wanted = ofNow();
      last = wanted > last ? wanted : last + 1n;
      return String(last);
    },
    reset() {
      const second = 1000n << 22n;
      if (ofNow() + second < last) last = 0n;
    },
  };
}

/** Milliseconds since 1970 at which a snowflake was made. */
export function timeOf(id: string): number {
  return Number(BigInt(id) >> 22n) + epoch;
}

/** True for the decimal form of an unsigned 64-bit number, as Discord takes ids. */
export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) && BigInt(value) < 1n << 64n;
}

/** Compares two ids by age; negative when `a` is older. */
export function byAge(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
