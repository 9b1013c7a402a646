// How long to wait before the next try: longer each time, bounded, and never in step with others.

export interface Backoff {
  /** Milliseconds before the second try. */
  readonly first: number;
  /** No wait is longer, in milliseconds. */
  readonly longest: number;
  /** How much longer each wait is than the one before; 2 by default. */
  readonly factor?: number;
}

/**
 * @param failures so far, 1 after the first.
 * @param random gives numbers in [0, 1), as Math.random does.
 * @returns milliseconds: between half and the whole of `first * factor^(failures - 1)`, which is capped at `longest`.
 */
export function backoff({ first, longest, factor = 2 }: Backoff, failures: number, random: () => number): number {
  const whole = Math.min(longest, first * factor ** Math.min(Math.max(0, failures - 1), 1000));
  return Math.round(whole / 2 + (whole / 2) * random());
}
