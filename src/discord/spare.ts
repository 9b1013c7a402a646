// What is left of a route's limit when it nears its end: kept for the process that may follow this one at once, which knows of no request before its own.

/** As many processes may follow each other within one window and ask once each, before they are told what is left. */
const kept = 3;

export interface Spare {
  /** What Discord says in the headers of each answer of a route (docs, topics/rate-limits#header-format). */
  note(route: string, headers: { get(name: string): string | null }): void;
  /** Milliseconds until the route may be asked without touching what is kept; 0 where it may be now. From then on its answers are noted. */
  waitMs(route: string): number;
}

/** @param now milliseconds since 1970. */
export function createSpare(now: () => number): Spare {
  /** Routes that are asked sparingly: one for each channel that is read back. */
  const watched = new Set<string>();
  /** Those of them that are nearly used up: since when that is known, and when each is free again. */
  const nearly = new Map<string, { readonly since: number; readonly freeAt: number }>();
  return {
    note(route, headers) {
      if (!watched.has(route)) return;
      const [remaining, resetAfter] = ['x-ratelimit-remaining', 'x-ratelimit-reset-after'].map((name) =>
        Number(headers.get(name) ?? Number.NaN),
      );
      if (remaining === undefined || resetAfter === undefined) return;
      const since = now();
      if (remaining <= kept && resetAfter > 0) nearly.set(route, { since, freeAt: since + resetAfter * 1000 });
      else nearly.delete(route);
    },
    waitMs(route) {
      watched.add(route);
      const known = nearly.get(route);
      const time = now();
      // Where the clock was set back, Discord says it anew.
      if (known !== undefined && known.since <= time && time < known.freeAt) return known.freeAt - time;
      nearly.delete(route);
      return 0;
    },
  };
}
