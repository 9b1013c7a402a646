// What the card of a storm says: every group named and counted, and a short account once it is over.
import { describe, expect, test } from '@jest/globals';
import { digestMessage, entryOf } from '../../../src/alerts/digest-message.ts';
import type { Incident, KnownAlert } from '../../../src/alerts/incident.ts';
import { render } from '../../../src/discord/message.ts';
import { minute, t0 } from './notifications.ts';

function incident(id: string, severity: string, closedAt: number | null = null): Incident {
  const alert: KnownAlert = {
    fingerprint: id,
    labels: { alertname: id, severity, namespace: 'shop' },
    annotations: {},
    generatorURL: '',
    startsAt: t0,
    endsAt: closedAt,
    state: closedAt === null ? 'firing' : 'resolved',
    missingSince: null,
    seenAt: t0,
  };
  return {
    id,
    receiver: 'discord',
    groupKey: id,
    groupLabels: {},
    externalURL: '',
    openedAt: t0,
    closedAt,
    truncated: 0,
    alerts: [alert],
  };
}

const entries = (...incidents: readonly Incident[]) => incidents.map(entryOf);
const storm = { openedAt: t0 + minute, isOver: false, folded: [], waiting: [] };

describe('while it goes on', () => {
  const folded = entries(
    incident('Calm', 'warning', t0 + 2 * minute),
    incident('Loud', 'warning'),
    incident('Worst', 'critical'),
  );
  const message = digestMessage({ ...storm, folded, waiting: entries(incident('Own', 'critical')) });

  test('it counts what fires by severity, and what is over', () => {
    expect(message.headline).toBe('🔴 storm: 3 alert groups in this message: 1 critical, 1 warning firing, 1 resolved');
    expect(message.tone).toBe('critical');
  });

  test('it names every group, the most urgent first, also those that wait for messages of their own', () => {
    expect(message.list?.items.map(({ whole }) => whole)).toEqual([
      'critical 1 firing: Own namespace=shop',
      'critical 1 firing: Worst namespace=shop',
      'warning 1 firing: Loud namespace=shop',
      'warning resolved: Calm namespace=shop',
    ]);
  });
});

test('what is silenced there says so in its line', () => {
  const loud = incident('Quiet', 'warning');
  const quiet = { ...loud, alerts: loud.alerts.map((alert) => ({ ...alert, suppressed: 'silenced' as const })) };
  const { list } = digestMessage({ ...storm, folded: entries(quiet) });
  expect(list?.items.map(({ whole }) => whole)).toEqual([
    'warning 1 firing (silenced or inhibited): Quiet namespace=shop',
  ]);
});

test('once it is over it tells how many groups, from when until when, and the worst', () => {
  const folded = entries(incident('A', 'warning', t0 + 5 * minute), incident('B', 'info', t0 + 90 * minute));
  const message = digestMessage({ ...storm, isOver: true, folded });
  expect(message.headline).toBe('✅ storm over: 2 alert groups, the worst warning');
  expect(message.text?.[0]).toEqual([
    'From ',
    { time: new Date(t0), style: 'full' },
    ' until ',
    { time: new Date(t0 + 90 * minute), style: 'full' },
    ': 1h30m',
  ]);
});

test('what is left of it is short: the worst by name, and all of them in its file', () => {
  const folded = entries(...Array.from({ length: 40 }, (_, n) => incident(`Group${n}`, 'warning', t0 + minute)));
  const rendered = render(digestMessage({ ...storm, isOver: true, folded }), { redact: (text) => text });
  const [embed] = rendered.body.embeds;
  expect(embed?.description?.match(/Group\d+/g)).toHaveLength(5);
  expect(embed?.description).toContain('… and 35 more groups in storm.txt');
  expect(
    Buffer.from(rendered.files[0]?.data ?? [])
      .toString()
      .match(/Group\d+/g),
  ).toHaveLength(40);
});

test('what is hostile in a group is bounded', () => {
  const long = incident('x'.repeat(4000), 'critical');
  const { name, where } = entryOf({
    ...long,
    alerts: long.alerts.map((alert) => ({ ...alert, labels: { ...alert.labels, pod: 'p'.repeat(9000) } })),
  });
  expect(name.length).toBeLessThanOrEqual(100);
  expect(where.length).toBeLessThanOrEqual(120);
});
