// Which cards get a message of their own when more wait for a channel than it can show in a few seconds: pure.

/** Waiting for a first message. */
export interface WaitingCard {
  readonly id: string;
  readonly priority: number;
}

/** What a channel shows in some ten seconds, at Discord's five messages in five seconds. */
export const crowd = 10;

/** Of those most urgent, which have their own messages first, and of all others. */
const kept = { critical: 20, others: 4 } as const;

/** How soon the digest follows: behind this many of the most urgent. */
const before = 4;

export interface Circumstances {
  readonly critical: number;
  readonly isStorm: boolean;
}

export type Folding =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'fold';
      readonly reason: string;
      /** These keep messages of their own; all others of the channel fold. */
      readonly keep: readonly string[];
      /** The digest is to be shown behind this one; null for before all. */
      readonly after: string | null;
    };

/**
 * @param waiting the most urgent ones of the channel, by priority and then by age; at least `crowd` and what is kept, if there are so many.
 * @param critical the priority that counts as most urgent.
 * @param isStorm whether the channel has a digest that goes on: then what does not fit into its next five seconds folds.
 */
function foldingOf(waiting: readonly WaitingCard[], { critical, isStorm }: Circumstances): Folding {
  if (waiting.length <= (isStorm ? kept.others : crowd))
    return { kind: 'none', reason: 'the channel shows them in a few seconds' };
  const urgent = waiting.filter(({ priority }) => priority <= critical).slice(0, kept.critical);
  const others = waiting.filter(({ priority }) => priority > critical).slice(0, kept.others);
  const keep = [...urgent, ...others].map(({ id }) => id);
  if (keep.length === waiting.length) return { kind: 'none', reason: 'all of them have messages of their own first' };
  const first = urgent.slice(0, before).at(-1);
  return { kind: 'fold', reason: 'more wait than the channel shows in a few seconds', keep, after: first?.id ?? null };
}

/** How many of the waiting cards have to be looked at to decide. */
const lookedAt = { critical: kept.critical + crowd + 1, others: kept.others + crowd + 1 } as const;

/** Handed to the ledger, which asks it within the transaction that folds. */
export interface FoldingRule {
  readonly lookedAt: { readonly critical: number; readonly others: number };
  readonly decide: (waiting: readonly WaitingCard[], circumstances: Circumstances) => Folding;
}

export const foldingRule: FoldingRule = { lookedAt, decide: foldingOf };
