// How a refusal reads: which level is needed, which one the person has, and what they can do.
import type { Message } from '../message.ts';
import type { Refusal } from './decide.ts';

/** Where roles are given levels, as people find it. */
const where = { code: 'access' };

/** @param what was asked for, as people type or see it, for example `/nodes`. */
export function refusalMessage(refusal: Refusal, what: string): Message {
  if (refusal.reason === 'wrong guild') {
    return { tone: 'warning', headline: 'This bot serves another server and answers nobody here.' };
  }
  if (refusal.reason === 'nobody has a level') {
    return {
      tone: 'warning',
      headline: [{ code: what }, ` needs the level ${refusal.needed}, and nobody has been given a level yet.`],
      text: [
        ['Whoever runs the bot lists Discord role ids under ', where, ' in its configuration file and restarts it.'],
      ],
    };
  }
  const has = refusal.has === null ? 'none of your roles gives you a level' : `you have the level ${refusal.has}`;
  return {
    tone: 'warning',
    headline: [{ code: what }, ` needs the level ${refusal.needed}; ${has}.`],
    text: [['A role that gives it is listed under ', where, ' in the configuration; ask whoever runs the bot.']],
  };
}

/** The same in a few words, for the audit trail. */
export function refusalReason(refusal: Refusal): string {
  if (refusal.reason !== 'level too low') return refusal.reason;
  return `level too low: needs ${refusal.needed}, has ${refusal.has ?? 'none'}`;
}
