// Who may do what: one pure decision with a reason that people can read.
import type { Level, Requirement } from './level.ts';
import { type Access, reaches, standingOf } from './standing.ts';

export type Refusal =
  /** Asked from another server, or from outside any. */
  | { readonly kind: 'refused'; readonly reason: 'wrong guild' }
  /** The configuration gives no role any level. */
  | { readonly kind: 'refused'; readonly reason: 'nobody has a level'; readonly needed: Level }
  | {
      readonly kind: 'refused';
      readonly reason: 'level too low';
      readonly needed: Level;
      readonly has: Level | null;
    };

export type Decision = { readonly kind: 'allowed'; readonly level: Level | null } | Refusal;

export interface Question {
  readonly requirement: Requirement;
  /** Role ids of this moment, from the interaction itself. */
  readonly person: { readonly roles: readonly string[] };
  /** The one guild that the bot serves. */
  readonly guildId: string;
  /** Where it was asked; null outside a guild. */
  readonly invocationGuildId: string | null;
  readonly access: Access;
  /** Role ids that may do this one thing without the level, for example an app's deployers; it is then done at the level required. */
  readonly also?: readonly string[];
}

/** Decides one request; the highest level of the person counts. */
export function decide({ requirement, person, guildId, invocationGuildId, access, also = [] }: Question): Decision {
  if (invocationGuildId !== guildId) return { kind: 'refused', reason: 'wrong guild' };
  const { level, anyoneHasALevel } = standingOf(person.roles, access, guildId);
  if (requirement === 'everyone' || reaches(level, requirement)) return { kind: 'allowed', level };
  if ([...person.roles, guildId].some((role) => also.includes(role))) return { kind: 'allowed', level: requirement };
  if (!anyoneHasALevel) return { kind: 'refused', reason: 'nobody has a level', needed: requirement };
  return { kind: 'refused', reason: 'level too low', needed: requirement, has: level };
}
