// The audit trail: bounded, without secrets, only added to, forgotten in time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createAudit } from '../../../src/audit/audit.ts';
import { auditRows } from '../../../src/store/audit.ts';
import { openStore } from '../../../src/store/database.ts';
import type { Store } from '../../../src/store/store.ts';

const day = 24 * 60 * 60 * 1000;
let folder: string;
let store: Store;
let now: Date;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  now = new Date('2026-01-01T00:00:00Z');
  store = await openStore({ path: join(folder, 'bot.db'), log: pino({ level: 'silent' }), now: () => now });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function audit() {
  return createAudit({
    rows: auditRows(store),
    redact: (text) => text.replaceAll(/hunter2/gu, '[redacted]'),
    keepMs: 365 * day,
    now: () => now,
    log: pino({ level: 'silent' }),
  });
}

const entry = {
  reference: 'abcd1234',
  person: { id: '1', username: 'alice' },
  channelId: '2',
  action: 'logs',
  options: { app: 'shop', grep: 'password "hunter2"', lines: 50, previous: true },
  level: 'viewer',
} as const;

const rows = () => store.db.selectFrom('audit').selectAll().orderBy('id').execute();

test('asked and done are two rows with one reference, and no secret in either', async () => {
  await audit().asked(entry);
  now = new Date(now.getTime() + 1234);
  await audit().done({ ...entry, outcome: 'told: hunter2 is wrong', durationMs: 1233.6 });
  expect(await rows()).toMatchObject([
    {
      phase: 'asked',
      reference: 'abcd1234',
      username: 'alice',
      target: 'app=shop grep="password \\"[redacted]\\"" lines=50 previous=true',
      outcome: null,
      duration_ms: null,
    },
    { phase: 'done', reference: 'abcd1234', outcome: 'told: [redacted] is wrong', duration_ms: 1234 },
  ]);
});

test('a refusal is a row of its own', async () => {
  await audit().refused({ ...entry, level: null, outcome: 'level too low: needs viewer, has none' });
  expect(await rows()).toMatchObject([
    { phase: 'refused', level: null, outcome: 'level too low: needs viewer, has none' },
  ]);
});

test('what people type is bounded, and not cut through a character', async () => {
  await audit().asked({ ...entry, options: { grep: '😀'.repeat(3000) } });
  const [row] = await rows();
  expect(row?.target.length).toBeLessThanOrEqual(1000);
  expect(row?.target.isWellFormed()).toBe(true);
});

test('rows older than they are kept go with the next one', async () => {
  await audit().asked(entry);
  now = new Date(now.getTime() + 364 * day);
  await audit().asked({ ...entry, reference: 'second' });
  expect(await rows()).toHaveLength(2);
  now = new Date(now.getTime() + 2 * day);
  await audit().asked({ ...entry, reference: 'third' });
  expect((await rows()).map((row) => row.reference)).toEqual(['second', 'third']);
});
