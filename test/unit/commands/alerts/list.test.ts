// What /alerts says about the incidents that are open.
import { describe, expect, test } from '@jest/globals';
import { mentions } from '../../../../commands/alerts/filter.ts';
import { answerOf } from '../../../../commands/alerts/list.ts';
import { rowOf } from '../../../../commands/alerts/row.ts';
import type { Incident, KnownSilence } from '../../../../src/alerts/incident.ts';
import { merge } from '../../../../src/alerts/merge.ts';
import { render } from '../../../../src/discord/message.ts';
import { answerBytes, packLeaves, toLeaves } from '../../../../src/dispatch/answers.ts';
import { leaf } from '../../../../src/dispatch/leaf.ts';
import type { Message } from '../../../../src/message.ts';
import { checkRequest } from '../../../contract/spec.ts';
import { minute, notification, t0 } from '../../alerts/notifications.ts';

const now = t0 + 10 * minute;

function incidentOf(name: string, more: Partial<Incident> = {}, labels: Record<string, string> = {}): Incident {
  const alert = { labels: { alertname: name, severity: 'warning', ...labels }, annotations: { summary: `${name}!` } };
  const merged = merge(undefined, notification([alert], { groupKey: name }), t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  return { ...merged.incident, ...more };
}

function silenced(incident: Incident, ...silences: readonly KnownSilence[]): Incident {
  return { ...incident, silences, alerts: incident.alerts.map((alert) => ({ ...alert, suppressed: 'silenced' })) };
}

const byOps: KnownSilence = {
  id: '11111111-1111-4111-8111-111111111111',
  matchers: ['alertname="Full"', 'namespace!~"a|b"'],
  createdBy: 'ops',
  comment: 'new disk',
  endsAt: now + 60 * minute,
};

async function pagesOf(incidents: readonly Incident[], doubt: string | null = null): Promise<readonly Message[]> {
  const rows = incidents.map((incident) => rowOf(incident, { now, timezone: 'Europe/Berlin' }));
  const answer = await answerOf({
    rows,
    all: incidents.length,
    doubt,
    addressOf: async (id) => `https://discord.com/channels/1/2/${id}`,
  });
  return toLeaves(answer).pages;
}

/** As Discord gets it, with the buttons of the page. */
function sent(page: Message): string {
  const leaves = { pages: [page, page], whole: null };
  const shown = leaf(leaves, { command: 'alerts', answerId: 'a'.repeat(24), page: 1 }, 'offered');
  if (shown === null) throw new Error('no page');
  const { body } = render(shown, { redact: (text) => text, ephemeral: true });
  expect(checkRequest({ method: 'POST', route: '/channels/:channel/messages', body })).toEqual([]);
  return JSON.stringify(body);
}

test('what fires comes first, then what is acknowledged, then what is silenced; of each the worst, with a link to its card', async () => {
  const [page] = await pagesOf([
    silenced(incidentOf('Quiet'), byOps),
    incidentOf('Mine', { acknowledged: { personId: '112233445566778822', username: 'otto', at: now } }),
    incidentOf('Mild'),
    incidentOf('Worst', {}, { severity: 'critical' }),
  ]);
  expect(page?.headline).toBe('2 firing, 1 acknowledged, 1 silenced or inhibited, 1 critical');
  const text = JSON.stringify(page?.text);
  const order = ['Firing', 'Worst', 'Mild', 'Acknowledged', 'Mine', 'otto', 'Silenced or inhibited', 'Quiet'];
  const places = order.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(text).toContain(incidentOf('Quiet').id);
});

test('a silenced one has its matchers, by whom, until when, and a button that ends the silence', async () => {
  const incident = silenced(incidentOf('Full'), byOps);
  const [page] = await pagesOf([incident]);
  const text = JSON.stringify(page?.text);
  for (const part of ['alertname=\\"Full\\", namespace!~\\"a|b\\"', 'by ops', 'new disk']) expect(text).toContain(part);
  expect(text).toContain(JSON.stringify(new Date(byOps.endsAt)));
  expect(page?.buttons).toEqual([
    { label: 'Unsilence Full', style: 'secondary', action: 'unsilence', subject: `${incident.id}:${byOps.id}` },
  ]);
});

test('several silences over one are told apart on their buttons by their ends, and one that has ended is not shown', async () => {
  const longer = { ...byOps, id: 'b', endsAt: byOps.endsAt + 24 * 60 * minute };
  const name = `Full${'N'.repeat(60)}`;
  const [page] = await pagesOf([silenced(incidentOf(name), byOps, longer, { ...byOps, id: 'c', endsAt: now - 1 })]);
  const labels = (page?.buttons ?? []).map(({ label }) => label.slice(0, 80));
  expect(labels).toHaveLength(2);
  for (const [index, { endsAt }] of [longer, byOps].entries()) {
    const clock = new Date(endsAt).toLocaleString('sv', { timeZone: 'Europe/Berlin' }).slice(0, 16);
    expect(labels[index]).toMatch(new RegExp(`^Unsilence FullN.* until ${clock} by ops$`));
  }
});

test('each alert has a button before any has a second one, and what has none is counted', async () => {
  const three = (at: number) => ['a', 'b', 'c'].map((id) => ({ ...byOps, id: `${id}${at}` }));
  const [page] = await pagesOf(Array.from({ length: 8 }, (_, at) => silenced(incidentOf(`Row${at}`), ...three(at))));
  const labels = (page?.buttons ?? []).map((button) => button.label);
  expect(labels).toHaveLength(15);
  for (let at = 0; at < 8; at += 1) expect(labels.some((label) => label.startsWith(`Unsilence Row${at} `))).toBe(true);
  expect(JSON.stringify(page?.text)).toContain('9 silences have no button here');
});

test('where nothing fires that is said, and so is that silences may be out of date', async () => {
  const [quiet] = await pagesOf([]);
  expect(quiet?.headline).toBe('✅ Nothing fires.');
  const [page] = await pagesOf([incidentOf('Full')], 'Silences may be out of date.');
  expect(JSON.stringify(page?.text)).toContain('Silences may be out of date.');
  const other = await answerOf({ rows: [], all: 3, doubt: null, addressOf: async () => null });
  expect(toLeaves(other).pages[0]?.headline).toBe('None of the 3 open groups is asked for.');
});

describe('Discord takes every page', () => {
  test('of silences with the longest texts, three on each of eight alerts', async () => {
    const long: KnownSilence = {
      ...byOps,
      matchers: Array.from({ length: 30 }, (_, index) => `l${index}="${'x'.repeat(290)}"`),
      createdBy: 'o'.repeat(100),
      comment: `@everyone ${'**'.repeat(140)}`,
    };
    const each = ['a', 'b', 'c', 'd'].map((id) => ({ ...long, id: `${id}${long.id.slice(1)}` }));
    const incidents = Array.from({ length: 9 }, (_, index) =>
      silenced(incidentOf(`${index}${'N'.repeat(4000)}`), ...each),
    );
    const pages = await pagesOf(incidents);
    expect(pages).toHaveLength(2);
    for (const page of pages) sent(page);
    expect(sent(pages[0] ?? { headline: '', tone: 'info' })).toContain('Unsilence 0NNN');
  });

  test('of a storm, with all of it in a file and buttons to leaf', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) =>
      rowOf(incidentOf(`Storm${index}`), { now, timezone: 'UTC' }),
    );
    const answer = await answerOf({
      rows,
      all: 2000,
      doubt: null,
      addressOf: async () => 'https://discord.com/channels/1/2/3',
    });
    if (!('pages' in answer)) throw new Error('one message');
    expect(answer.pages).toHaveLength(40);
    expect(JSON.stringify(answer.pages[0]?.text)).toContain('hold the first 320; the file has all');
    expect(answer.whole.data.match(/Storm\d+!/g)).toHaveLength(2000);
    expect(Buffer.byteLength(packLeaves(toLeaves(answer)))).toBeLessThan(answerBytes);
    sent(answer.pages[39] ?? { headline: '', tone: 'info' });
  });
});

describe('a filter', () => {
  const incident = incidentOf('Full', { groupLabels: { team: 'Web' } }, { node: 'desktop-3' });

  test.each(['full', 'node=desktop', 'TEAM=web', 'full!', 'alertname=Full'])('%s finds it', (filter) => {
    expect(mentions(incident, filter)).toBe(true);
  });

  test.each(['desktop-4', 'node=3', '.*'])('%s does not', (filter) => {
    expect(mentions(incident, filter)).toBe(false);
  });
});
