// Which level a person's roles give, read anew at each use.
import { type Level, levels } from './level.ts';

/** Role ids by the level they give, from the configuration; `@everyone` is the guild's own id. */
export type Access = Readonly<Record<Level, readonly string[]>>;

/** One role of a person that gives a level. */
export interface Grant {
  readonly level: Level;
  /** Role id; the guild's id where everyone has it. */
  readonly role: string;
}

/** Where a person stands at this moment. */
export interface Standing {
  /** The highest that their roles give; null where they give none. */
  readonly level: Level | null;
  /** Every role of theirs that gives a level, highest level first. */
  readonly grants: readonly Grant[];
  /** False where the configuration gives no role any level. */
  readonly anyoneHasALevel: boolean;
}

/** @param roles of the person in the guild, without `@everyone`, which is added here. */
export function standingOf(roles: readonly string[], access: Access, guildId: string): Standing {
  const theirs = new Set([...roles, guildId]);
  const grants = levels.toReversed().flatMap((level) => {
    const giving = [...new Set(access[level])].filter((role) => theirs.has(role));
    return giving.map((role) => ({ level, role }));
  });
  return {
    level: grants[0]?.level ?? null,
    grants,
    anyoneHasALevel: levels.some((level) => access[level].length > 0),
  };
}

/** The highest level that these roles give, or null. */
export function levelOf(roles: readonly string[], access: Access, guildId: string): Level | null {
  return standingOf(roles, access, guildId).level;
}

/** True where `has` is at least `needed`. */
export function reaches(has: Level | null, needed: Level): boolean {
  return has !== null && levels.indexOf(has) >= levels.indexOf(needed);
}
