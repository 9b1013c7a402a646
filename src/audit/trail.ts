// Reading the audit trail.
import type { AuditRow } from './audit.ts';

export interface TrailFilter {
  /** Username or id. */
  readonly person?: string | undefined;
  /** Name of a command. */
  readonly action?: string | undefined;
  readonly since: Date;
}

export interface Trail {
  /** Newest first, at most `limit`. */
  find(filter: TrailFilter, limit: number): Promise<readonly AuditRow[]>;
}
