// Who did what, when, why, with what outcome: rows that are only ever added, and forgotten after `audit.keep`.
import type { Logger } from 'pino';
import type { Level } from '../access/level.ts';

/** One request of one person; its reference ties the rows about it together and is shown to the person. */
export interface AuditSubject {
  readonly reference: string;
  readonly person: { readonly id: string; readonly username: string };
  readonly channelId: string;
  /** The command, for example `nodes`, or what a button asked for, for example `share nodes`. */
  readonly action: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** The level it is done at; null where there is none. */
  readonly level: Level | null;
}

/** Each rejects when the row could not be stored durably. */
export interface Audit {
  /** Before anything is done. */
  asked(entry: AuditSubject): Promise<void>;
  /** After it, however it ended. */
  done(entry: AuditSubject & { readonly outcome: string; readonly durationMs: number }): Promise<void>;
  /** Instead of doing it. */
  refused(entry: AuditSubject & { readonly outcome: string }): Promise<void>;
  /** The row that `done` would store, for whoever stores it together with something else. */
  doneRow(entry: AuditSubject & { readonly outcome: string; readonly durationMs: number }): AuditRow;
}

/** A row as it is stored: bounded, and without secrets. */
export interface AuditRow {
  readonly at: Date;
  readonly reference: string;
  readonly phase: 'asked' | 'done' | 'refused';
  readonly personId: string;
  readonly username: string;
  readonly channelId: string;
  readonly action: string;
  readonly target: string;
  /** What the person gave as the option `reason`, else null. */
  readonly reason: string | null;
  readonly level: Level | null;
  readonly outcome: string | null;
  readonly durationMs: number | null;
}

export interface AuditRows {
  /** Adds a row and forgets those older than `forgetBefore`. */
  append(row: AuditRow, forgetBefore: Date): Promise<void>;
}

// In characters; Discord's own bounds are 32 for a name and a username, 6,000 for a string option.
const bounds = { name: 100, target: 1000, outcome: 500 } as const;

/**
 * @param options.redact removes secrets from a text; what people type goes through it before it is cut.
 * @param options.keepMs how long rows are kept, in milliseconds.
 * @param options.failed called for each row that could not be stored.
 */
export function createAudit(options: {
  rows: AuditRows;
  redact: (text: string) => string;
  keepMs: number;
  now: () => Date;
  log: Logger;
  failed?: () => void;
}): Audit {
  const { rows, redact, keepMs, now, log, failed } = options;

  function rowOf(
    phase: AuditRow['phase'],
    entry: AuditSubject & { readonly outcome?: string; readonly durationMs?: number },
  ): AuditRow {
    const { reason, ...options } = entry.options;
    return {
      at: now(),
      phase,
      reference: cut(entry.reference, bounds.name),
      personId: cut(entry.person.id, bounds.name),
      username: cut(entry.person.username, bounds.name),
      channelId: cut(entry.channelId, bounds.name),
      action: cut(entry.action, bounds.name),
      target: cut(redact(describe(options)), bounds.target),
      reason: reason === undefined ? null : cut(redact(String(reason)), bounds.target),
      level: entry.level,
      outcome: entry.outcome === undefined ? null : cut(redact(entry.outcome), bounds.outcome),
      durationMs: entry.durationMs === undefined ? null : Math.round(entry.durationMs),
    };
  }

  async function add(...[phase, entry]: Parameters<typeof rowOf>): Promise<void> {
    const row = rowOf(phase, entry);
    try {
      await rows.append(row, new Date(row.at.getTime() - keepMs));
    } catch (error) {
      failed?.();
      throw error;
    }
    log.debug({ reference: row.reference, phase, action: row.action, outcome: row.outcome }, 'The audit trail says so');
  }

  return {
    asked: (entry) => add('asked', entry),
    done: (entry) => add('done', entry),
    refused: (entry) => add('refused', entry),
    doneRow: (entry) => rowOf('done', entry),
  };
}

/** `node=desktop-1 filter="two words"`, in the order in which they were given. */
function describe(options: AuditSubject['options']): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(' ');
}

function quoted(value: string | number | boolean): string {
  const text = String(value);
  return /^[^\s"\\]+$/u.test(text) ? text : JSON.stringify(text);
}

/** Cuts between code points, so that no half of a pair is stored. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}
