// /audit: who asked for what, and what became of it.
import { z } from 'zod';
import type { AuditRow } from '../src/audit/audit.ts';
import { command, type Option } from '../src/dispatch/command.ts';
import { parseDuration } from '../src/lib/duration.ts';
import type { Line } from '../src/message.ts';

const day = 24 * 3_600_000;
const most = 1000;

const text = (description: string) =>
  ({
    description,
    type: 'string',
    required: false,
    schema: z.string().trim().max(100),
  }) as const satisfies Option<string>;

const sinceOption = {
  description: 'How far back, for example 2h or 30d; 7d unless told',
  type: 'string',
  required: false,
  schema: z.string().transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null && ms > 0) return ms;
    context.issues.push({ code: 'custom', message: 'A duration reads like 2h or 30d', input: undefined });
    return z.NEVER;
  }),
} as const satisfies Option<number>;

export const audit = command({
  name: 'audit',
  summary: 'Lists who asked the bot for what, and what became of it; all of it as CSV',
  level: 'operator',
  options: { person: text('Discord username or id'), action: text('Name of a command'), since: sinceOption },
  async *run({ trail, now }, { person, action, since }) {
    const rows = await trail.find({ person, action, since: new Date(now().getTime() - (since ?? 7 * day)) }, most);
    yield {
      tone: 'info',
      headline:
        rows.length === 0
          ? 'Nothing was asked for in this time.'
          : `${rows.length}${rows.length === most ? ' or more' : ''} entries, newest first`,
      list: {
        items: rows.map((row) => ({ lines: [lineOf(row)], whole: wholeOf(row) })),
        noun: 'entry',
        file: 'audit.txt',
      },
      ...(rows.length > 0 && { files: [{ name: 'audit.csv', data: csvOf(rows) }] }),
    };
  },
});

function lineOf({ at, username, action, target, reason, phase, outcome, reference }: AuditRow): Line {
  return [
    { time: at, style: 'full' },
    ` ${username} `,
    { code: `${action} ${target}`.trim() },
    ` ${phase}${outcome === null ? '' : `: ${outcome}`}${reason === null ? '' : `, because: ${reason}`} (`,
    { code: reference },
    ')',
  ];
}

function wholeOf(row: AuditRow): string {
  return columns.map(([name, read]) => `${name}=${read(row)}`).join(' ');
}

const columns: readonly (readonly [string, (row: AuditRow) => string])[] = [
  ['at', (row) => row.at.toISOString()],
  ['reference', (row) => row.reference],
  ['phase', (row) => row.phase],
  ['person_id', (row) => row.personId],
  ['username', (row) => row.username],
  ['channel_id', (row) => row.channelId],
  ['action', (row) => row.action],
  ['target', (row) => row.target],
  ['reason', (row) => row.reason ?? ''],
  ['level', (row) => row.level ?? ''],
  ['outcome', (row) => row.outcome ?? ''],
  ['duration_ms', (row) => (row.durationMs === null ? '' : String(row.durationMs))],
];

/** RFC 4180; a cell that a spreadsheet would take for a formula is kept from being one. */
export function csvOf(rows: readonly AuditRow[]): string {
  const cell = (value: string): string => {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, read]) => cell(read(row))))];
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}
