// What tests look at besides messages: the bot's log, its audit trail, what it sent to Discord, and what Kubernetes saw of it.
import { DatabaseSync } from 'node:sqlite';
import type { Discord } from '../../sandbox/discord/discord.ts';
import type { Homelab } from '../../sandbox/homelab.ts';
import { checkRequest } from '../contract/spec.ts';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Every whole line that the bot wrote, parsed; throws for one that is no JSON. */
export function logLines(output: string): LogLine[] {
  return output
    .slice(0, output.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Lines that ask for a person's attention. */
export function complaints(output: string): LogLine[] {
  return logLines(output).filter(({ level }) => ['warn', 'error', 'fatal'].includes(level));
}

/** A row: a type, since SQLite's rows are records and an interface is none. */
export type AuditEntry = {
  readonly reference: string;
  readonly phase: string;
  readonly username: string;
  readonly person_id: string;
  readonly channel_id: string;
  readonly action: string;
  readonly target: string;
  readonly level: string | null;
  readonly outcome: string | null;
  readonly duration_ms: number | null;
};

/** The audit trail, oldest first. */
export function auditTrail({ folder }: Pick<Homelab, 'folder'>): AuditEntry[] {
  const database = new DatabaseSync(`${folder}/bot.db`, { readOnly: true });
  try {
    // SQLite tells no types; these are the table's own columns.
    return database.prepare('select * from audit order by id').all() as AuditEntry[];
  } finally {
    database.close();
  }
}

/** What is wrong with the bodies that the bot sent, by Discord's own description. */
export function wronglyAsked(discord: Discord): string[] {
  return discord.requests.all.flatMap((request) => checkRequest(request));
}
