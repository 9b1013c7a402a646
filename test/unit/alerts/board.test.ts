// The names of open alerts that autocomplete suggests.
import { describe, expect, test } from '@jest/globals';
import { boardName, createBoard } from '../../../src/alerts/board.ts';
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { notification, t0 } from './notifications.ts';

const web1 = { alertname: 'Down', severity: 'critical', namespace: 'shop', pod: 'web-1' };
const web2 = { ...web1, pod: 'web-2' };

function incidentOf(...labels: readonly Record<string, string>[]): Incident {
  const alerts = labels.map((one, index) => ({ labels: one, fingerprint: `f${index}` }));
  const merged = merge(undefined, notification(alerts), t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  return merged.incident;
}

describe('an open alert is suggested', () => {
  test('by how bad it is, what it is and where', () => {
    expect(boardName(incidentOf(web1))).toBe('critical Down · shop, web-1');
  });

  test('by what its alerts have in common, and how many they are', () => {
    expect(boardName(incidentOf(web1, web2))).toBe('critical Down · shop · 2 alerts');
  });

  test('by its most severe alert, wherever that stands in the group', () => {
    expect(boardName(incidentOf({ ...web1, severity: 'warning' }, web2))).toBe('critical Down · shop · 2 alerts');
  });

  test('with who has it in hand', () => {
    const incident = incidentOf(web1);
    const acknowledged = { ...incident, acknowledged: { personId: '1', username: 'otto', at: t0 } };
    expect(boardName(acknowledged)).toBe('critical Down · shop, web-1 · acknowledged');
    const alerts = incident.alerts.map((alert) => ({ ...alert, suppressed: 'silenced' as const }));
    expect(boardName({ ...incident, alerts })).toBe('critical Down · shop, web-1 · silenced');
    const inhibited = incident.alerts.map((alert) => ({ ...alert, suppressed: 'inhibited' as const }));
    expect(boardName({ ...incident, alerts: inhibited })).toBe('critical Down · shop, web-1 · inhibited');
  });

  test('by a name that Discord takes, whatever the labels hold', () => {
    const hostile = incidentOf(
      { alertname: 'N'.repeat(4000), pod: 'p'.repeat(4000) },
      { alertname: `a\nb\u0000${'😀'.repeat(60)}` },
      {},
    );
    const name = boardName(hostile);
    expect(name.length).toBeLessThanOrEqual(100);
    expect(name.isWellFormed()).toBe(true);
    expect(name).toMatch(/ · 3 alerts$/);
    expect(boardName(incidentOf({ alertname: 'a\n\nb' }))).toBe('a b');
  });
});

test('a secret is in no name, whether its label says so or it is where the name is cut', () => {
  expect(boardName(incidentOf({ ...web1, db_password: 'hunter2hunter2' }))).not.toContain('hunter2');
  for (let length = 0; length < 100; length += 1) {
    const alertname = `${'N'.repeat(length)} mysql://shop:hunter2hunter2@mysql.laravel-apps:3306/shop ${'x'.repeat(60)}`;
    expect(boardName(incidentOf({ alertname }))).not.toContain('hunter2');
  }
});

test('the newest are suggested first, an ended one no more, and a thousand at most', () => {
  const board = createBoard();
  const incident = incidentOf(web1);
  for (let index = 0; index < 1001; index += 1) board.note({ ...incident, id: `i${index}` });
  board.note({ ...incident, id: 'i5' });
  board.note({ ...incident, id: 'i1000', closedAt: t0 });
  const ids = board.open().map(({ id }) => id);
  expect(ids).toHaveLength(999);
  expect(ids.slice(0, 2)).toEqual(['i5', 'i999']);
  expect(ids).not.toContain('i0');
});
