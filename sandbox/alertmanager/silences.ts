// Silences, made by tests or over the API: over alerts that carry what all their matchers want.
import { randomUUID } from 'node:crypto';
import type { Labels } from './fingerprint.ts';
import type { PostedSilence } from './silence-body.ts';

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly updatedAt: Date;
}

export interface Silences {
  /**
   * @param matchers label name → exact value, or matchers as the API has them.
   * @returns its id.
   */
  add(
    matchers: Labels | readonly Matcher[],
    more?: { readonly forMs?: number; readonly createdBy?: string; readonly comment?: string },
  ): string;
  /** Makes one as the API was asked to. */
  post(posted: PostedSilence): string;
  /** Ends one now; one that has ended stays as it is. Throws where there is none of this id. */
  expire(id: string): void;
  get(id: string): Silence | undefined;
  /** Ids of those over an alert with these labels. */
  over(labels: Labels): readonly string[];
  all(): readonly Silence[];
  clear(): void;
}

export function createSilences(now: () => Date): Silences {
  const silences = new Map<string, Silence>();

  function post(posted: PostedSilence): string {
    const id = randomUUID();
    const at = now();
    // One that would have begun earlier begins now.
    const startsAt = new Date(Math.max(posted.startsAt.getTime(), at.getTime()));
    silences.set(id, { ...posted, id, startsAt, updatedAt: at });
    return id;
  }

  return {
    post,
    add(matchers, { forMs = 3_600_000, createdBy = 'ops', comment = 'maintenance' } = {}) {
      const at = now();
      const list = isList(matchers) ? matchers : Object.entries(matchers).map(exactly);
      return post({ matchers: list, createdBy, comment, startsAt: at, endsAt: new Date(at.getTime() + forMs) });
    },
    expire(id) {
      const silence = silences.get(id);
      if (silence === undefined) throw new Error(`There is no silence ${id}`);
      const at = now();
      if (silence.endsAt > at) silences.set(id, { ...silence, endsAt: at, updatedAt: at });
    },
    get: (id) => silences.get(id),
    over: (labels) =>
      [...silences.values()]
        .filter((one) => stateOf(one, now()) === 'active' && one.matchers.every((matcher) => matches(matcher, labels)))
        .map(({ id }) => id),
    all: () => [...silences.values()],
    clear: () => silences.clear(),
  };
}

export function stateOf({ startsAt, endsAt }: Silence, now: Date): 'active' | 'pending' | 'expired' {
  if (endsAt <= now) return 'expired';
  return startsAt > now ? 'pending' : 'active';
}

/** An absent label counts as empty; an expression is over the whole value. */
export function matches({ name, value, isRegex, isEqual }: Matcher, labels: Labels): boolean {
  const own = Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
  return (isRegex ? new RegExp(`^(?:${value})$`, 's').test(own) : own === value) === isEqual;
}

function isList(matchers: Labels | readonly Matcher[]): matchers is readonly Matcher[] {
  return Array.isArray(matchers);
}

function exactly([name, value]: [string, string]): Matcher {
  return { name, value, isRegex: false, isEqual: true };
}
