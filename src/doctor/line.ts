// One check as it is printed: what was looked at, what was found, and what to do about it. Pure.
import type { Asked, Fault } from '../lib/asked.ts';

export type Line =
  | { readonly state: 'ok'; readonly what: string; readonly found: string }
  /** The bot works, but not all of it, or not as it was probably meant. */
  | { readonly state: 'warn'; readonly what: string; readonly found: string; readonly remedy: string | null }
  | { readonly state: 'FAIL'; readonly what: string; readonly found: string; readonly remedy: string }
  /** `found` is why it was not checked. */
  | { readonly state: 'skip'; readonly what: string; readonly found: string };

export function ok(what: string, found: string): Line {
  return { state: 'ok', what, found };
}

export function warn(what: string, found: string, remedy: string | null = null): Line {
  return { state: 'warn', what, found, remedy };
}

export function fail(what: string, found: string, remedy: string): Line {
  return { state: 'FAIL', what, found, remedy };
}

export function skip(what: string, found: string): Line {
  return { state: 'skip', what, found };
}

/** @param otherwise reads what could not be had; `because` says what comes before it. */
export function judge<T>(
  what: string,
  asked: Asked<T>,
  about: {
    readonly known: (value: T) => Line;
    readonly fault: (fault: Fault) => Line;
    readonly because: string;
  },
): Line {
  if (asked.kind === 'known') return about.known(asked.value);
  return asked.kind === 'not asked' ? skip(what, about.because) : about.fault(asked);
}

/** Characters of a part of a line. */
const longest = 2000;

/**
 * `FAIL  Discord server: …`, and the remedy on a line of its own. Names come from outside: nothing of them reaches a terminal as a command.
 * @param redact takes secrets out.
 */
export function textOf(line: Line, redact: (text: string) => string) {
  const clean = (text: string): string => {
    const plain = redact(text)
      .toWellFormed()
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim();
    return plain.length <= longest ? plain : `${plain.slice(0, longest - 1)}…`;
  };
  const first = `${line.state.padEnd(4)}  ${clean(line.what)}: ${clean(line.found)}`;
  const remedy = 'remedy' in line ? line.remedy : null;
  return remedy === null ? first : `${first}\n      → ${clean(remedy)}`;
}

/** `31 checks: 29 ok, 1 warn, 1 FAIL`. */
export function sumOf(lines: readonly Line[]): string {
  const states = ['ok', 'warn', 'FAIL', 'skip'] as const;
  const counts = states.map((state) => [state, lines.filter((line) => line.state === state).length] as const);
  const said = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  return `${lines.length} checks: ${said.join(', ')}`;
}

/** What a room tells people in sentences: the first says what is wrong, the others, if any, what to do. */
export function sentences(told: string): { readonly found: string; readonly remedy: string | null } {
  const [found = told, ...rest] = told.split(/(?<=\.)\s(?=[A-Z])/);
  return { found: found.replace(/\.$/, ''), remedy: rest.length === 0 ? null : rest.join(' ') };
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
