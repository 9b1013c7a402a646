// Silencing an incident against an Alertmanager that behaves, refuses, or is away.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startAlertmanager } from '../../../sandbox/alertmanager/alertmanager.ts';
import { fingerprint, type Labels } from '../../../sandbox/alertmanager/fingerprint.ts';
import { openAlertmanager } from '../../../src/alertmanager/open.ts';
import type { Incident } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { silenceDetails } from '../../../src/alerts/silence-details.ts';
import type { Group } from '../../../src/alerts/silence-matchers.ts';
import { createSilencing } from '../../../src/alerts/silencing.ts';
import { redactor } from '../../../src/lib/redact.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { notification } from '../../unit/alerts/notifications.ts';

type Sandbox = Awaited<ReturnType<typeof startAlertmanager>>;

const otto = { id: '112233445566778822', username: 'otto' };
const inAnHour = () => new Date(Date.now() + 3_600_000);

let sandbox: Sandbox;
let changes: number;

beforeEach(async () => {
  changes = 0;
  sandbox = await startAlertmanager({ token: 'secret', groupWaitMs: 1, groupIntervalMs: 60_000 });
});

afterEach(() => sandbox.stop());

/** An open incident of these alerts, which fire in Alertmanager too. */
function incidentOf(groupLabels: Labels, alerts: readonly Labels[], more: Record<string, unknown> = {}): Incident {
  for (const labels of alerts) sandbox.fire(labels, {});
  const groupKey = `{}:{${JSON.stringify(groupLabels)}}`;
  const body = notification(
    alerts.map((labels) => ({ labels, fingerprint: fingerprint(labels) })),
    { groupLabels, groupKey, ...more },
  );
  const merged = merge(undefined, body, Date.now());
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  return merged.incident;
}

function silencingOf(
  first: Incident,
  open: readonly Group[] = [],
  store: 'store works' | 'store fails' = 'store works',
  others: readonly Incident[] = [],
) {
  let incident = first;
  const putRight: string[] = [];
  const silencing = createSilencing({
    alertmanager: openAlertmanager({ url: sandbox.api.url, timeoutMs: 300 }),
    read: async (id) => (id === incident.id ? incident : undefined),
    alerts: {
      silenced: async (id, change) => {
        if (store === 'store fails') throw new Error('disk full');
        putRight.push(id);
        if (id !== first.id) return;
        incident = change(incident);
      },
    },
    eachOpen: async function* () {
      if (store === 'store fails') throw new Error('disk full');
      yield* [incident, ...others];
    },
    open: () => open,
    watchdog: 'Watchdog',
    redact: redactor([new Secret('tr0ub4dor&3')]),
    log: pino({ level: 'silent' }),
    changed: () => {
      changes += 1;
    },
    now: () => new Date(),
    stopping: new AbortController().signal,
  });
  const propose = (reason = 'new disk') =>
    silencing.propose({ incidentId: first.id, until: inAnHour(), reason, by: otto });
  return { ...silencing, propose, now: () => incident, putRight };
}

const web = { alertname: 'Down', namespace: 'shop', pod: 'web-1', severity: 'critical' };
const group = { alertname: 'Down', namespace: 'shop' };

test('what it would cover is counted in Alertmanager, also what goes to other receivers alone', async () => {
  const elsewhere = { ...web, pod: 'web-2' };
  const silencing = silencingOf(incidentOf(group, [web]));
  sandbox.fire(elsewhere, {});
  sandbox.fire({ ...web, namespace: 'mail' }, {});
  expect(await silencing.propose()).toMatchObject({ covers: 2, others: 1 });
  await sandbox.api.away();
  expect(await silencing.propose()).toMatchObject({ covers: 1, others: null });
});

test('alerts of the group that no notification has told of are none of other groups', async () => {
  const silencing = silencingOf(incidentOf(group, [web], { receiver: 'discord-bot', truncatedAlerts: 1 }));
  sandbox.fire({ ...web, pod: 'web-2' }, {});
  expect(await silencing.propose()).toMatchObject({ covers: 2, others: 0 });
});

test('a group without a label that its siblings have is silenced without them', async () => {
  const [disk, shop] = [
    { alertname: 'Disk', node: 'db' },
    { alertname: 'Disk', namespace: 'shop' },
  ];
  const sibling = incidentOf(shop, [shop]);
  const silencing = silencingOf(incidentOf({ alertname: 'Disk' }, [disk]), [sibling]);
  const proposal = await silencing.propose();
  expect(proposal).toMatchObject({ covers: 1, others: 0 });
  await silencing.confirm(proposal.id, otto);
  expect(sandbox.silences.over(disk)).toHaveLength(1);
  expect(sandbox.silences.over(shop)).toEqual([]);
});

test('a group without a label that Alertmanager groups by leaves what fires later with it loud, also by what it told before', async () => {
  const [disk, later] = [
    { alertname: 'Disk', severity: 'warning' },
    { alertname: 'Disk', namespace: 'shop', severity: 'critical' },
  ];
  const silencing = silencingOf(incidentOf({ alertname: 'Disk' }, [disk], { receiver: 'discord-bot' }));
  await silencing.confirm((await silencing.propose()).id, otto);
  expect(sandbox.silences.over(disk)).toHaveLength(1);
  expect(sandbox.silences.over(later)).toEqual([]);
  sandbox.api.fail({ status: 503, path: /status/ });
  expect((await silencing.propose()).matchers).toContainEqual(
    expect.objectContaining({ name: 'namespace', value: '' }),
  );
});

test('the silence names who made it, its comment is the reason without a secret, and the incident has it at once', async () => {
  const silencing = silencingOf(incidentOf(group, [web]));
  const { id } = await silencing.propose('new disk, password=hunter2 and tr0ub4dor&3');
  await silencing.confirm(id, otto);
  const [made] = sandbox.silences.all();
  expect(made?.createdBy).toBe('otto (Discord 112233445566778822)');
  expect(made?.comment).toMatch(/^new disk, password=\[redacted\] and \[redacted\]$/);
  expect(silencing.now()).toMatchObject({
    silences: [{ id: made?.id, matchers: ['alertname="Down"', 'namespace="shop"'], comment: made?.comment }],
    alerts: [{ suppressed: 'silenced' }],
  });
  expect(changes).toBe(1);
  expect(await silencing.confirm(id, otto)).toMatchObject({ silence: { id: made?.id }, isFirst: false });
  expect(sandbox.silences.all()).toHaveLength(1);
});

test('it is in force at once, also where the clock of Alertmanager is behind', async () => {
  await sandbox.stop();
  const now = () => new Date(Date.now() - 10 * 60_000);
  sandbox = await startAlertmanager({ token: 'secret', groupWaitMs: 1, groupIntervalMs: 60_000, now });
  const silencing = silencingOf(incidentOf(group, [web]));
  await silencing.confirm((await silencing.propose()).id, otto);
  expect(sandbox.silences.over(web)).toHaveLength(1);
});

test('only who asked can confirm it', async () => {
  const silencing = silencingOf(incidentOf(group, [web]));
  const { id } = await silencing.propose();
  await expect(silencing.confirm(id, { id: '1', username: 'ada' })).rejects.toThrow('Only the person who asked');
  expect(sandbox.silences.all()).toEqual([]);
  await silencing.confirm(id, otto);
  expect(sandbox.silences.all()).toHaveLength(1);
});

test('a store that fails makes no failure of a silence that is made: the next look writes it down', async () => {
  const silencing = silencingOf(incidentOf(group, [web]), [], 'store fails');
  const { id } = await silencing.propose();
  await silencing.confirm(id, otto);
  expect(sandbox.silences.all()).toHaveLength(1);
  expect(changes).toBe(1);
});

test('a silence that is ended is off the incident, also where somebody was faster or Alertmanager has forgotten it', async () => {
  const silencing = silencingOf(incidentOf(group, [web]));
  const { id } = await silencing.propose();
  await silencing.confirm(id, otto);
  const silenceId = sandbox.silences.all()[0]?.id ?? '';
  sandbox.silences.expire(silenceId);
  await silencing.lift(silencing.now().id, silenceId);
  expect(silencing.now().silences).toBeUndefined();
  expect(silencing.now().alerts[0]?.suppressed).toBeUndefined();
  await silencing.lift(silencing.now().id, '11111111-1111-4111-8111-111111111111');
  expect(changes).toBe(3);
});

test('the end of a silence over several groups names those that are loud now and leaves their rings to the next look', async () => {
  const { id } = sandbox.silences.get(sandbox.silences.add({ pod: 'web-1' })) ?? { id: '' };
  const over = (incident: Incident): Incident => ({
    ...incident,
    silences: [{ id, matchers: ['pod="web-1"'], createdBy: 'ops', comment: '', endsAt: Date.now() + 3_600_000 }],
    alerts: incident.alerts.map((alert) => ({ ...alert, suppressed: 'silenced' })),
  });
  const inMail = { ...web, alertname: 'Full', namespace: 'mail' };
  const other = over(incidentOf({ alertname: 'Full', namespace: 'mail' }, [inMail]));
  const sameAlert = over(incidentOf(group, [web], { receiver: 'second' }));
  const silencing = silencingOf(over(incidentOf(group, [web])), [], 'store works', [other, sameAlert]);
  const lifted = await silencing.lift(silencing.now().id, id);
  expect(lifted.loud).toEqual({ names: ['critical Full · mail, web-1'], count: 1 });
  // Whoever ended it knows of this alert, on whichever card.
  expect(silencing.putRight).toEqual([silencing.now().id, sameAlert.id]);
  expect(changes).toBeGreaterThan(0);
});

describe('while the list cannot be read', () => {
  const watchdog = { alertname: 'Watchdog', severity: 'none', namespace: 'shop' };
  const wide = () => silencingOf(incidentOf({ namespace: 'shop' }, [web]));

  test('a question says so, and that it may cover the Watchdog; one that finds out when it is confirmed silences nothing', async () => {
    const silencing = wide();
    sandbox.fire(watchdog, {});
    sandbox.api.fail({ status: 500, path: /alerts/ });
    const proposal = await silencing.propose();
    expect(proposal).toMatchObject({ covers: 1, others: null, watchdog: 'not known' });
    sandbox.api.fail(null);
    await expect(silencing.confirm(proposal.id, otto)).rejects.toThrow(/would silence Watchdog too/);
    expect(sandbox.silences.all()).toEqual([]);
  });

  test('what was confirmed all the same is silenced', async () => {
    const silencing = wide();
    sandbox.api.fail({ status: 500, path: /alerts/ });
    await silencing.confirm((await silencing.propose()).id, otto);
    expect(sandbox.silences.all()).toHaveLength(1);
  });
});

describe('nothing is silenced', () => {
  const never: [string, () => Incident, RegExp][] = [
    [
      'that comes from Grafana',
      () => incidentOf(group, [web], { version: '1' }),
      /comes from Grafana.*\nSilence it in Grafana/,
    ],
    ['that is over', () => ({ ...incidentOf(group, [web]), closedAt: 1 }), /is over/],
    [
      'that has nothing in common but how bad it is',
      () => incidentOf({}, [web, { alertname: 'Full', severity: 'critical' }]),
      /all that its alerts have in common is severity/,
    ],
    ['with the Watchdog', () => incidentOf({ job: 'x' }, [{ ...web, job: 'x' }]), /would silence Watchdog too/],
  ];

  test.each(never)('%s', async (_what, make, reason) => {
    sandbox.fire({ alertname: 'Watchdog', severity: 'none', job: 'x' }, {});
    const silencing = silencingOf(make());
    await expect(silencing.propose()).rejects.toThrow(reason);
    expect(sandbox.api.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  const faults: [string, Parameters<Sandbox['api']['fail']>[0], RegExp][] = [
    [
      'it refuses with a reason',
      { status: 400, body: '"silence invalid: too many matchers"' },
      /does not take it \(status 400: silence invalid: too many matchers\)/,
    ],
    ['it is another version', { status: 404 }, /does not take it \(status 404\)/],
    ['it answers a page', { status: 200, body: '<html>' }, /does not take it \(no JSON\)/],
    ['it never answers', 'hang', /no whole answer within 0.3 s.*not known/],
  ];

  test.each(faults)('where %s, and that is said', async (_what, fault, reason) => {
    const silencing = silencingOf(incidentOf(group, [web]));
    const { id } = await silencing.propose();
    sandbox.api.fail(fault);
    await expect(silencing.confirm(id, otto)).rejects.toThrow(reason);
    expect(silencing.now().silences).toBeUndefined();
    // It may have been made all the same: the next look tells.
    expect(changes).toBe(1);
    expect(sandbox.silences.all()).toEqual([]);
  });
});

test.each<[string, Parameters<Sandbox['api']['fail']>[0], RegExp]>([
  ['wants credentials', { status: 401 }, /does not let the bot in \(status 401\)/],
  ['cannot now', { status: 503 }, /cannot be reached \(status 503\): the silence was not made/],
])('what is confirmed while Alertmanager %s is not made, and can be confirmed again', async (_what, fault, reason) => {
  const silencing = silencingOf(incidentOf(group, [web]));
  const { id } = await silencing.propose();
  sandbox.api.fail(fault);
  const [first, second] = await Promise.all([silencing.confirm(id, otto), silencing.confirm(id, otto)]);
  for (const one of [first, second]) {
    expect(one).toMatchObject({ kind: 'not made', proposal: { id, reason: 'new disk' } });
    expect(one.kind === 'not made' && one.why.message).toMatch(reason);
  }
  expect(changes).toBe(1);
  expect(silencing.now().silences).toBeUndefined();
  sandbox.api.fail(null);
  expect(await silencing.confirm(id, otto)).toMatchObject({ kind: 'made', isFirst: true });
  expect(sandbox.silences.all()).toHaveLength(1);
});

describe('whose silences those over alerts are', () => {
  const { signal } = new AbortController();

  test('is asked by their ids, whatever else Alertmanager keeps', async () => {
    const ids = ['a', 'b'].map((pod) => sandbox.silences.add({ pod }, { createdBy: pod }));
    for (let count = 0; count < 1000; count += 1) sandbox.silences.expire(sandbox.silences.add({ pod: 'old' }));
    const gone = '11111111-1111-4111-8111-111111111111';
    const told = await silenceDetails(openAlertmanager({ url: sandbox.api.url }), new Set([...ids, gone]), signal);
    expect(told).toMatchObject({ kind: 'answered', value: [{ createdBy: 'a' }, { createdBy: 'b' }] });
    expect(sandbox.api.requests.map(({ path }) => path)).not.toContain('/api/v2/silences');
  });

  test('is asked in one go where they are many', async () => {
    const ids = Array.from({ length: 100 }, (_, pod) => sandbox.silences.add({ pod: `web-${pod}` }));
    sandbox.silences.add({ pod: 'other' });
    const told = await silenceDetails(openAlertmanager({ url: sandbox.api.url }), new Set(ids), signal);
    expect(told.kind === 'answered' && told.value).toHaveLength(100);
    expect(sandbox.api.requests).toHaveLength(1);
  });

  test('is not known where one cannot be read', async () => {
    const id = sandbox.silences.add({ pod: 'a' });
    sandbox.api.fail({ status: 200, body: '{"id":5}' });
    const told = await silenceDetails(openAlertmanager({ url: sandbox.api.url }), new Set([id]), signal);
    expect(told).toMatchObject({ kind: 'not understood' });
  });
});
