// The levels that a Discord role can give, lowest first.

export const levels = ['viewer', 'operator', 'admin'] as const;
export type Level = (typeof levels)[number];

/** What a command asks for: a level, or `everyone` in the guild. */
export type Requirement = Level | 'everyone';
