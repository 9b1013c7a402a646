// What Alertmanager's own list does to incidents.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ListedAlert } from '../../../src/alertmanager/alertmanager.ts';
import {
  type Incident,
  isOpen,
  isProvisional,
  type KnownSilence,
  provisionalKey,
} from '../../../src/alerts/incident.ts';
import { type Merge, merge, reopenMs } from '../../../src/alerts/merge.ts';
import { incidentMessage } from '../../../src/alerts/message.ts';
import {
  afterOutage,
  asNotified,
  betweenTimes,
  type Held,
  hold,
  judge,
  type Look,
  listingOf,
  openKeys,
  overdue,
  place,
  silencedBy,
  silencesIn,
  unknownTo,
} from '../../../src/alerts/reconcile.ts';
import { minute, noActions, notification, t0 } from './notifications.ts';

const web1 = { fingerprint: '1111111111111111', labels: { alertname: 'Down', pod: 'web-1' } };
const web2 = { fingerprint: '2222222222222222', labels: { alertname: 'Down', pod: 'web-2' } };
const group = { groupKey: '{}:{alertname="Down"}', groupLabels: { alertname: 'Down' } };

function listed(alert: { fingerprint: string; labels: Record<string, string> }, more: Partial<ListedAlert> = {}) {
  return {
    ...alert,
    annotations: { summary: 'It is down' },
    generatorURL: '',
    startsAt: t0,
    receivers: ['discord'],
    silencedBy: [],
    inhibitedBy: [],
    mutedBy: [],
    ...more,
  } satisfies ListedAlert;
}

function look(alerts: readonly ListedAlert[], more: Partial<Look> = {}): Look {
  return {
    receivers: new Set(['discord']),
    listed: listingOf(alerts, 'Watchdog'),
    askedAt: t0 + 10 * minute,
    absenceCounts: true,
    held: new Map(),
    silences: new Map(),
    now: t0 + 10 * minute,
    ...more,
  };
}

function opened(alerts: Parameters<typeof notification>[0], more: Record<string, unknown> = {}): Incident {
  return incidentOf(merge(undefined, notification(alerts, { ...group, ...more }), t0));
}

function incidentOf(result: Merge): Incident {
  if (result.kind === 'ignored') throw new Error(`ignored: ${result.reason}`);
  return result.incident;
}

function states(incident: Incident): string[] {
  return incident.alerts.map((alert) => alert.state);
}

/** Looks until what differs has lasted long enough. */
function judgedTwice(incident: Incident, alerts: readonly ListedAlert[], more: Partial<Look> = {}): Incident {
  const first = look(alerts, more);
  const { incident: between, gone } = judge(incident, first);
  const now = first.now + minute;
  return judge(between, {
    ...look(alerts, { ...more, now, askedAt: now }),
    held: hold({ gone, unknown: [] }, first, afterOutage),
  }).incident;
}

describe('what is shown as firing and is not listed', () => {
  test('is held first, then no longer reported; with the last of them the incident closes', () => {
    const incident = opened([web1, web2]);
    const once = judge(incident, look([listed(web2)]));
    expect(once.incident).toBe(incident);
    expect(once.gone).toHaveLength(1);
    const one = judgedTwice(incident, [listed(web2)]);
    expect(states(one)).toEqual(['no longer reported', 'firing']);
    expect(one.closedAt).toBeNull();
    const both = judgedTwice(incident, []);
    expect(states(both)).toEqual(['no longer reported', 'no longer reported']);
    expect(both.closedAt).toBe(t0 + 11 * minute);
  });

  test('between times is held for as long as its end may be on its way', () => {
    const first = look([]);
    const { gone } = judge(opened([web1]), first);
    const held = hold({ gone, unknown: [] }, first, betweenTimes);
    const at = (ms: number) => judge(opened([web1]), look([], { held, now: first.now + ms })).incident.closedAt;
    expect(at(4 * minute)).toBeNull();
    expect(at(5 * minute)).not.toBeNull();
  });

  test('is held for no longer than that where the clock is set back meanwhile', () => {
    const first = look([]);
    const { gone } = judge(opened([web1]), first);
    const back = look([], { now: first.now - 60 * minute });
    const held = hold(
      { gone, unknown: [] },
      { ...back, held: hold({ gone, unknown: [] }, first, betweenTimes) },
      betweenTimes,
    );
    expect([...held.values()]).toEqual([back.now + 5 * minute]);
  });

  test('is no longer reported at once where a notification has lacked it already', () => {
    const incident = incidentOf(merge(opened([web1, web2]), notification([web2], group), t0 + minute));
    expect(states(incident)).toEqual(['not in the last notification', 'firing']);
    expect(states(judge(incident, look([listed(web2)])).incident)).toEqual(['no longer reported', 'firing']);
  });

  test.each<[string, Partial<Look>]>([
    ['soon after the start of Alertmanager', { absenceCounts: false }],
    ['where its receiver never called, or Alertmanager does not have it', { receivers: new Set(['other']) }],
    ['when a notification held it after the list was asked for', { askedAt: t0 }],
  ])('stays as it is %s', (_when, more) => {
    const incident = opened([web1]);
    const { incident: after, gone } = judge(incident, look([], more));
    expect(after).toBe(incident);
    expect(gone).toEqual([]);
  });

  test('that is listed again meanwhile is held anew', () => {
    const first = look([]);
    const { gone } = judge(opened([web1]), first);
    const held = hold({ gone, unknown: [] }, first, afterOutage);
    const second = look([listed(web1)], { held, now: first.now + minute });
    const again = hold({ gone: judge(opened([web1]), second).gone, unknown: [] }, second, afterOutage);
    expect(again.size).toBe(0);
  });
});

describe('what is shown and listed', () => {
  test('changes nothing where both say the same', () => {
    const incident = opened([web1]);
    expect(judge(incident, look([listed(web1)])).incident).toBe(incident);
  });

  test.each([
    ['silenced', { silencedBy: ['id'] }],
    ['inhibited', { inhibitedBy: ['f'] }],
  ] as const)('as %s there is marked so, and not any more once it is over', (word, more) => {
    const incident = opened([web1]);
    const { incident: marked } = judge(incident, look([listed(web1, more)]));
    expect(marked.alerts[0]?.suppressed).toBe(word);
    expect(marked.closedAt).toBeNull();
    const message = incidentMessage(marked, t0 + 10 * minute, noActions);
    expect(JSON.stringify(message.text)).toContain('Silenced or inhibited in Alertmanager: all that fires');
    expect(JSON.stringify(message.list?.items[0]?.lines)).toContain(`firing (${word})`);
    expect(judge(marked, look([listed(web1)])).incident).toEqual(incident);
  });

  const byOps: KnownSilence = {
    id: 'a',
    matchers: ['alertname="Down"'],
    createdBy: 'ops',
    comment: 'new disk',
    endsAt: t0 + 60 * minute,
  };
  const silenced = [listed(web1, { silencedBy: ['a', 'b'] })];

  test('has the silences that are in force over it, and not any more once they are over', () => {
    const { incident } = judge(opened([web1]), look(silenced, { silences: new Map([['a', byOps]]) }));
    expect(incident.silences).toEqual([byOps]);
    const longer = { ...byOps, endsAt: t0 + 90 * minute };
    const extended = judge(incident, look(silenced, { silences: new Map([['a', longer]]) }));
    expect(extended.incident.silences).toEqual([longer]);
    expect(judge(extended.incident, look(silenced, { silences: new Map([['a', longer]]) })).incident).toBe(
      extended.incident,
    );
    expect(judge(incident, look([listed(web1)])).incident.silences).toBeUndefined();
  });

  test('has those that end last where they are more than are kept', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `${index}`);
    const silences = new Map(ids.map((id, index) => [id, { ...byOps, id, endsAt: byOps.endsAt + ((index * 7) % 30) }]));
    const { incident } = judge(opened([web1]), look([listed(web1, { silencedBy: ids })], { silences }));
    expect(incident.silences?.map(({ endsAt }) => endsAt - byOps.endsAt)).toEqual(ids.slice(5).map(Number).reverse());
  });

  test('keeps the silences that are known where it cannot be found out whose they are', () => {
    const { incident } = judge(opened([web1]), look(silenced, { silences: new Map([['a', byOps]]) }));
    expect(judge(incident, look(silenced, { silences: null })).incident).toBe(incident);
  });

  test('keeps its silences while Alertmanager has lost it from memory: they are not lost with it, and end at their time', () => {
    const { incident } = judge(opened([web1]), look(silenced, { silences: new Map([['a', byOps]]) }));
    const restarted = look([], { absenceCounts: false });
    expect(judge(incident, restarted).incident).toBe(incident);
    expect(judge(incident, { ...restarted, now: byOps.endsAt }).incident.silences).toBeUndefined();
  });

  test('has neither silences nor an end where it is of Grafana, also under a name that Alertmanager has', () => {
    const incident = opened([web1], { version: '1' });
    expect(judge(incident, look(silenced, { silences: new Map([['a', byOps]]) })).incident).toBe(incident);
    expect(judgedTwice(incident, [])).toBe(incident);
  });

  test('fires, although the last notification lacked it', () => {
    const incident = incidentOf(merge(opened([web1, web2]), notification([web2], group), t0 + minute));
    const { incident: after } = judge(incident, look([listed(web1), listed(web2)]));
    expect(states(after)).toEqual(['firing', 'firing']);
    expect(after.alerts[0]?.missingSince).toBeNull();
  });

  test('with a later start takes that', () => {
    const startsAt = t0 + 5 * minute;
    expect(judge(opened([web1]), look([listed(web1, { startsAt })])).incident.alerts[0]?.startsAt).toBe(startsAt);
  });
});

test('silences as Alertmanager lists them are those in force, with texts that a card has room for', () => {
  const one = {
    id: 'a',
    state: 'active' as const,
    matchers: Array.from({ length: 40 }, (_, index) => ({
      name: `l${index}`,
      value: 'x'.repeat(5000),
      isRegex: true,
      isEqual: false,
    })),
    createdBy: 'o'.repeat(5000),
    comment: 'c'.repeat(5000),
    startsAt: t0,
    endsAt: t0 + minute,
  };
  const known = silencesIn([one, { ...one, id: 'b', state: 'expired' }, { ...one, id: 'c', state: 'pending' }], t0);
  expect([...known.keys()]).toEqual(['a']);
  expect(JSON.stringify([...known.values()]).length).toBeLessThan(10_000);
  expect(silencesIn([one], t0 + minute).size).toBe(0);
});

test('ids of silences are those over what the receivers are told of', () => {
  const alerts = [
    listed(web1, { silencedBy: ['a', 'b'] }),
    listed(web2, { silencedBy: ['b'], receivers: ['discord', 'other'] }),
    listed({ ...web2, fingerprint: '3' }, { silencedBy: ['c'], receivers: ['other'] }),
  ];
  expect([...silencedBy(look(alerts))].sort()).toEqual(['a', 'b']);
});

describe('a group that max_alerts cut', () => {
  const cut = opened([{ ...web1, status: 'resolved' }], { truncatedAlerts: 2 });

  test('stays open while something fires that may be of it', () => {
    expect(judge(cut, look([listed(web2)])).incident).toBe(cut);
  });

  test('closes when nothing of it fires any more', () => {
    const other = listed({ fingerprint: 'f', labels: { alertname: 'Other' } });
    expect(judge(cut, look([other])).incident).toMatchObject({ truncated: 0, closedAt: t0 + 10 * minute });
    expect(judge(cut, look([other], { absenceCounts: false })).incident).toBe(cut);
  });
});

describe('what is listed and not known', () => {
  const group1 = { receiver: 'discord', labels: { alertname: 'Down' }, alerts: [listed(web1), listed(web2)] };

  function due(known: readonly Incident[], alerts: readonly ListedAlert[], more: Partial<Look> = {}): string[] {
    const first = look(alerts, more);
    return [...unknownTo(new Set(known.flatMap(openKeys)), first)];
  }

  test('is what fires there and is open nowhere here', () => {
    expect(due([opened([web1])], [listed(web1), listed(web2)])).toHaveLength(1);
    const over = opened([{ ...web1, status: 'resolved' }]);
    expect(due([over], [listed(web1)])).toHaveLength(1);
  });

  test.each<[string, Partial<ListedAlert>]>([
    ['is silenced', { silencedBy: ['id'] }],
    ['is inhibited', { inhibitedBy: ['f'] }],
    ['goes to others alone', { receivers: ['null'] }],
    ['is the Watchdog', { labels: { alertname: 'Watchdog' } }],
  ])('is left alone where it %s', (_what, more) => {
    expect(due([], [listed(web1, more)])).toEqual([]);
  });

  test('is left alone where its group is muted, which the list of groups alone tells', () => {
    const keys = new Set(due([], [listed(web1)]));
    expect(overdue(group1, keys)).toHaveLength(1);
    expect(overdue({ ...group1, alerts: [listed(web1, { mutedBy: ['nights'] })] }, keys)).toEqual([]);
  });

  test('is found by the name that notifications escape', () => {
    expect(asNotified('Discord / prod (ops)')).toBe('Discord / prod \\(ops\\)');
    const receiver = asNotified('Discord / prod (ops)');
    const alerts = [listed(web1, { receivers: ['Discord / prod (ops)'] })];
    expect(due([], alerts, { receivers: new Set([receiver]) })).toHaveLength(1);
  });

  test('joins the incident of its group', () => {
    const incident = opened([web1]);
    const placed = place(incident, group1, [listed(web2)], look([]));
    expect(placed).toMatchObject({ kind: 'updated', incident: { id: incident.id } });
    expect(placed?.incident.alerts.map(({ fingerprint }) => fingerprint)).toEqual([web1.fingerprint, web2.fingerprint]);
  });

  test('reopens an incident that has just ended, and no older one', () => {
    const ended = judgedTwice(opened([web1]), []);
    const at = (ms: number) => place(ended, group1, [listed(web1)], { askedAt: t0 + ms, now: t0 + ms });
    expect(at(20 * minute)).toMatchObject({ kind: 'reopened', incident: { id: ended.id, closedAt: null } });
    const later = at(12 * minute + reopenMs);
    expect(later?.kind).toBe('opened');
    expect(later?.incident.id).not.toBe(ended.id);
  });

  test('opens a provisional incident, which says so', () => {
    const placed = place(undefined, group1, group1.alerts, look([]));
    if (placed === null) throw new Error('placed');
    expect(placed).toMatchObject({
      kind: 'opened',
      incident: { groupKey: provisionalKey(group1.labels), closedAt: null, openedAt: t0 + 10 * minute },
    });
    expect(JSON.stringify(incidentMessage(placed.incident, t0, noActions).text)).toContain(
      "Found in Alertmanager's list",
    );
  });

  test('is forgotten where a notification was faster', () => {
    expect(place(opened([web1]), group1, [listed(web1)], look([]))).toBeNull();
    const justOver = incidentOf(
      merge(opened([web1]), notification([{ ...web1, status: 'resolved' }], group), t0 + 11 * minute),
    );
    expect(place(justOver, group1, [listed(web1)], look([]))).toBeNull();
  });

  test('the first notification of its group makes it its own', () => {
    const placed = place(undefined, group1, [listed(web1)], look([]));
    const result = merge(placed?.incident, notification([web1, web2], group), t0 + 12 * minute);
    expect(result.kind).toBe('updated');
    const adopted = incidentOf(result);
    expect(adopted.id).toBe(placed?.incident.id);
    expect(adopted.groupKey).toBe(group.groupKey);
    expect(isProvisional(adopted)).toBe(false);
    expect(states(adopted)).toEqual(['firing', 'firing']);
  });

  test('even where that says nothing else that is new', () => {
    const placed = place(undefined, group1, [listed(web1)], look([]));
    const said = { ...web1, annotations: { summary: 'It is down' } };
    const result = merge(placed?.incident, notification([said], { ...group, externalURL: '' }), t0 + 12 * minute);
    expect(result.kind).toBe('updated');
  });
});

describe('whatever happens', () => {
  const fingerprints = ['a', 'b', 'c', 'd', 'e'];
  const some = fc.subarray(fingerprints);
  const suppression = fc.constantFrom<Partial<ListedAlert>>({}, {}, { silencedBy: ['s'] }, { inhibitedBy: ['i'] });
  const step = fc.record({
    firing: some,
    resolved: some,
    truncated: fc.constantFrom(0, 0, 3),
    listed: fc.array(fc.tuple(fc.constantFrom(...fingerprints), suppression), { maxLength: 5 }),
    afterMs: fc.integer({ min: 1000, max: 20 * minute }),
    absenceCounts: fc.boolean(),
  });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  const alertOf = (fingerprint: string) => ({ fingerprint, labels: { alertname: 'Down', pod: fingerprint } });
  const listOf = (entries: Step['listed']) =>
    [...new Map(entries)].map(([fingerprint, more]) => listed(alertOf(fingerprint), more));

  /** One group's life: each step a notification (where there is something to tell) and then a look. Calls back after each look. */
  function live(
    steps: readonly Step[],
    seen: (after: Incident, before: Incident, alerts: ListedAlert[]) => void,
  ): void {
    let incident: Incident | undefined;
    let held: Held = new Map();
    let now = t0;
    for (const { firing, resolved, truncated, listed: entries, afterMs, absenceCounts } of steps) {
      const told = [
        ...firing.map((one) => alertOf(one)),
        ...resolved
          .filter((one) => !firing.includes(one))
          .map((one) => ({ ...alertOf(one), status: 'resolved' as const })),
      ];
      if (told.length > 0) {
        const result = merge(incident, notification(told, { ...group, truncatedAlerts: truncated }), now);
        if (result.kind !== 'ignored') incident = result.incident;
      }
      now += afterMs;
      const alerts = listOf(entries);
      const before = incident;
      const current = look(alerts, { now, askedAt: now, held, absenceCounts });
      const judged = incident === undefined ? { incident: undefined, gone: [] } : judge(incident, current);
      const unknown = unknownTo(new Set(incident === undefined ? [] : openKeys(incident)), current);
      incident = judged.incident;
      const isDue = new Set(unknown.filter((key) => (held.get(key) ?? Number.POSITIVE_INFINITY) <= now));
      const listedGroup = { receiver: 'discord', labels: group.groupLabels, alerts };
      const placed = place(incident, listedGroup, overdue(listedGroup, isDue), current);
      if (placed !== null) incident = placed.incident;
      held = hold({ gone: judged.gone, unknown }, current, betweenTimes);
      if (incident !== undefined) seen(incident, before ?? incident, alerts);
    }
  }

  test('an alert that is open and listed stays open, and so does its incident', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        live(steps, (after, before, alerts) => {
          const listing = alerts.map(({ fingerprint }) => fingerprint);
          const fires = before.alerts.filter((alert) => isOpen(alert) && listing.includes(alert.fingerprint));
          if (fires.length > 0) expect(after.closedAt).toBeNull();
          for (const { fingerprint } of fires)
            expect(after.alerts.find((alert) => alert.fingerprint === fingerprint)?.state).toBe('firing');
        });
      }),
    );
  });

  test('judging never ends what is listed', () => {
    fc.assert(
      fc.property(
        some,
        fc.array(fc.tuple(fc.constantFrom(...fingerprints), suppression)),
        fc.boolean(),
        (known, entries, due) => {
          fc.pre(known.length > 0);
          const incident = opened(known.map(alertOf));
          const alerts = listOf(entries);
          const held = new Map(due ? judge(incident, look([])).gone.map((key) => [key, t0]) : []);
          const { incident: after } = judge(incident, look(alerts, { held }));
          for (const alert of after.alerts)
            if (alerts.some(({ fingerprint }) => fingerprint === alert.fingerprint)) expect(alert.state).toBe('firing');
          if (alerts.some(({ fingerprint }) => known.includes(fingerprint))) expect(after.closedAt).toBeNull();
        },
      ),
    );
  });

  test('an incident with nothing open is closed, and a closed one has nothing open', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        live(steps, (incident) => {
          if (incident.truncated === 0) expect(incident.closedAt === null).toBe(incident.alerts.some(isOpen));
          if (incident.closedAt !== null) expect(incident.alerts.filter(isOpen)).toEqual([]);
        });
      }),
    );
  });

  test('a provisional incident and what notifications then say of it are one card', () => {
    fc.assert(
      fc.property(some, some, fc.boolean(), (found, told, resolved) => {
        fc.pre(found.length > 0 && told.some((one) => found.includes(one)));
        const placed = place(
          undefined,
          { receiver: 'discord', labels: group.groupLabels },
          found.map((one) => listed(alertOf(one))),
          look([]),
        );
        const status = resolved ? ('resolved' as const) : ('firing' as const);
        const said = notification(
          told.map((one) => ({ ...alertOf(one), status })),
          group,
        );
        const result = merge(placed?.incident, said, t0 + 12 * minute);
        expect(incidentOf(result)).toMatchObject({ id: placed?.incident.id, groupKey: group.groupKey });
        expect(result.kind).not.toBe('opened');
      }),
    );
  });
});
