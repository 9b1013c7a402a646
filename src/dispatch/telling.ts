// Answering through Discord without ever failing: what it does not take is logged, and the caller is told so.
import type { Logger } from 'pino';
import type { Message, Modal } from '../message.ts';
import type { Answering } from './invocation.ts';
import { untilAborted } from './limit.ts';

/** `unknown`: no word from Discord in time; it may have been taken. */
export type Told = 'taken' | 'refused' | 'unknown';

export interface Telling {
  defer(): Promise<Told>;
  deferUpdate(): Promise<Told>;
  modal(modal: Modal): Promise<Told>;
  show(message: Message): Promise<Told>;
  add(message: Message): Promise<Told>;
}

// Longer than Discord's longest known wait for an interaction's webhook (45 s), which discord.js waits out.
const limitMs = 60_000;

export function createTelling(answering: Answering, log: Logger): Telling {
  async function tell(step: string, work: () => Promise<void>): Promise<Told> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error('Discord did not answer in time')), limitMs);
    try {
      await untilAborted(work(), limit.signal);
      return 'taken';
    } catch (err) {
      log.warn({ err, step }, 'Discord did not take an answer');
      return limit.signal.aborted ? 'unknown' : 'refused';
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    defer: () => tell('defer', () => answering.defer()),
    deferUpdate: () => tell('deferUpdate', () => answering.deferUpdate()),
    modal: (modal) => tell('modal', () => answering.modal(modal)),
    show: (message) => tell('show', () => answering.show(message)),
    add: (message) => tell('add', () => answering.add(message)),
  };
}
