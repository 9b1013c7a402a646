// A database that takes no writes.
import { DatabaseSync } from 'node:sqlite';
import type { Homelab } from '../../sandbox/homelab.ts';

/** Another process that holds the write lock does to the bot what a full disk does; it reads the bot's database, too. */
export function holdLock({ folder }: Pick<Homelab, 'folder'>): DatabaseSync {
  // The bot may be writing at this very moment.
  const database = new DatabaseSync(`${folder}/bot.db`, { timeout: 5000 });
  database.exec('BEGIN IMMEDIATE');
  return database;
}
