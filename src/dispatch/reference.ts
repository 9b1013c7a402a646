// The short name under which the log has the rest of what a person was told.
import { randomUUID } from 'node:crypto';

/** Eight characters: enough to find it in a log, short enough to read out. */
export function newReference(): string {
  return randomUUID().slice(0, 8);
}
