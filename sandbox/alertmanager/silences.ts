// Silences as tests set them: over alerts that carry all their labels.
import { randomUUID } from 'node:crypto';
import { type Labels, sorted } from './fingerprint.ts';

export interface Silence {
  readonly id: string;
  /** Label name → exact value. */
  readonly matchers: Labels;
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly updatedAt: Date;
}

export interface Silences {
  /** @returns its id. */
  add(
    matchers: Labels,
    more?: { readonly forMs?: number; readonly createdBy?: string; readonly comment?: string },
  ): string;
  /** Ends one now. Throws where there is none of this id. */
  expire(id: string): void;
  /** Ids of those over an alert with these labels. */
  over(labels: Labels): readonly string[];
  all(): readonly Silence[];
  clear(): void;
}

export function createSilences(now: () => Date): Silences {
  const silences = new Map<string, Silence>();
  const isActive = ({ endsAt }: Silence): boolean => endsAt > now();
  return {
    add(matchers, { forMs = 3_600_000, createdBy = 'ops', comment = 'maintenance' } = {}) {
      const id = randomUUID();
      const at = now();
      const endsAt = new Date(at.getTime() + forMs);
      silences.set(id, { id, matchers, createdBy, comment, startsAt: at, endsAt, updatedAt: at });
      return id;
    },
    expire(id) {
      const silence = silences.get(id);
      if (silence === undefined) throw new Error(`There is no silence ${id}`);
      silences.set(id, { ...silence, endsAt: now(), updatedAt: now() });
    },
    over: (labels) =>
      [...silences.values()]
        .filter((one) => isActive(one) && sorted(one.matchers).every(([name, value]) => labels[name] === value))
        .map(({ id }) => id),
    all: () => [...silences.values()],
    clear: () => silences.clear(),
  };
}
