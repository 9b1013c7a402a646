// Answers that are kept for a while, so that a person can leaf through them or share them.
import { pack, unpack } from '../lib/json.ts';
import type { Message } from '../message.ts';
import type { Answer } from './command.ts';

/** How long an answer can be leafed through and shared. */
export const answerLifeMs = 60 * 60 * 1000;

/** UTF-8 bytes of one kept answer; a larger one is shown without buttons. */
export const answerBytes = 1024 * 1024;

/** An answer as leaves: at least one. */
export interface Leaves {
  readonly pages: readonly Message[];
  /** All pages as one text; null for an answer of a single message. */
  readonly whole: { readonly name: string; readonly data: string } | null;
}

export interface KeptAnswer {
  readonly id: string;
  /** Who asked. */
  readonly personId: string;
  /** The command that answered: presses on its buttons are decided as that command. */
  readonly command: string;
  readonly at: Date;
  /** The leaves as text; see `packLeaves`. */
  readonly content: string;
}

export interface AnswerShelf {
  /** Keeps an answer and forgets those older than `forgetBefore`. */
  put(answer: KeptAnswer, forgetBefore: Date): Promise<void>;
  find(id: string): Promise<KeptAnswer | null>;
}

export function toLeaves(answer: Answer): Leaves {
  if (!('pages' in answer)) return { pages: [answer], whole: null };
  if (answer.pages.length === 0) throw new Error('An answer has no page');
  return answer;
}

// Grows with each change of what is kept, so that an answer kept by an older version counts as expired.
const version = 1;

export function packLeaves(leaves: Leaves): string {
  return pack({ version, leaves });
}

/** The leaves, or null where an older version of the bot kept them. */
export function unpackLeaves(content: string): Leaves | null {
  // Written by `packLeaves` alone; what another version wrote is told by its number.
  const kept = unpack(content) as { version: number; leaves: Leaves };
  return kept.version === version ? kept.leaves : null;
}
