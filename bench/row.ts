// One figure of the benchmarks, and how figures are made of samples.

export interface Row {
  /** What was measured, in words: `POST to Discord, paced, p99`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At most this, where the project aims at something. */
  readonly aim?: number;
  /** The same figure of something else, to compare with. */
  readonly beside?: { readonly name: string; readonly value: number };
  /** How it was measured, where the words do not say. */
  readonly note?: string;
}

/** The smallest sample that at least `share` (0-1) of all samples do not exceed. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('There are no samples');
  return value;
}

/** p50, p99 and the slowest of these milliseconds; the aim is for p99. */
export function spread(
  name: string,
  samples: readonly number[],
  more: { readonly aim?: number; readonly note?: string } = {},
): Row[] {
  const { aim, note } = more;
  const all = { unit: 'ms', ...(note !== undefined && { note }) } as const;
  return [
    { name: `${name}, p50`, value: percentile(samples, 0.5), ...all },
    { name: `${name}, p99`, value: percentile(samples, 0.99), ...all, ...(aim !== undefined && { aim }) },
    { name: `${name}, slowest`, value: percentile(samples, 1), ...all },
  ];
}
