// Random numbers that are the same at each run of a seed.

export interface Random {
  /** A whole number from 0 up to, but not, `bound`. */
  below(bound: number): number;
}

/** Mulberry32: 32 bits of state, good enough to choose moments by. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(bound) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
    },
  };
}
