// From any HTTP body to the body for Discord: every result is within every limit, and mentions nobody.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { merge } from '../../../src/alerts/merge.ts';
import { incidentMessage } from '../../../src/alerts/message.ts';
import { parseNotification } from '../../../src/alerts/schema.ts';
import { type MessageBody, render } from '../../../src/discord/message.ts';
import { redact } from '../../../src/lib/redact.ts';
import { checkRequest } from '../../contract/spec.ts';
import { alertBody, noActions, notificationBody, t0 } from './notifications.ts';

const nasty = [
  '@everyone',
  '<@&112233445566778803>',
  '[x](http://a.b)',
  '```',
  '\u202e',
  '\u200b',
  '👩‍👩‍👧‍👦',
  '\ud83d',
  '\u0000',
  '**',
  '\n# ',
  '__proto__',
  '||',
  '<t:1:R>',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...nasty), { maxLength: 60 }).map((parts) => parts.join('')),
  fc
    .nat({ max: 20_000 })
    .chain((length) => fc.constantFrom(...nasty).map((part) => part.repeat(length).slice(0, 20_000))),
);
const labels = fc.dictionary(
  fc.oneof(fc.constantFrom('alertname', 'severity', 'pod', '__proto__', 'constructor', 'a.b'), text),
  text,
  {
    maxKeys: 12,
    noNullPrototype: false,
  },
);
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-11-23T20:00:00.123456789+02:00'),
);
const url = fc.oneof(
  fc.webUrl(),
  fc.constantFrom('javascript:alert(1)', 'http://prometheus:9090/x', 'https://u:p@a.b/', ''),
  text,
);
const alert = fc.record({
  status: fc.constantFrom('firing', 'resolved'),
  labels,
  annotations: fc.oneof(labels, fc.record({ summary: text, description: text, runbook_url: url })),
  startsAt: time,
  endsAt: time,
  generatorURL: url,
  fingerprint: fc.string({ minLength: 1, maxLength: 16 }),
});
const body = fc.record({
  version: fc.constant('4'),
  groupKey: fc.string({ minLength: 1 }),
  truncatedAlerts: fc.nat({ max: 500 }),
  status: fc.constantFrom('firing', 'resolved'),
  receiver: fc.string({ maxLength: 200 }),
  groupLabels: labels,
  externalURL: url,
  alerts: fc.array(alert, { minLength: 1, maxLength: 8 }),
});

function toDiscord(input: unknown): MessageBody & { fileNames: string[]; fileBytes: number } {
  const parsed = parseNotification(JSON.parse(JSON.stringify(input)));
  if (!parsed.ok) throw new Error(parsed.reason);
  const merged = merge(undefined, parsed.notification, t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  const marker = merged.incident.id;
  const { body: sent, files } = render(incidentMessage(merged.incident, t0, noActions), {
    redact,
    marker,
    ring: true,
    mentionRoles: [],
    nonce: 'n',
  });
  return {
    ...sent,
    fileNames: files.map((file) => file.name),
    fileBytes: files.reduce((sum, file) => sum + file.data.byteLength, 0),
  };
}

function expectWithinLimits(sent: ReturnType<typeof toDiscord>): void {
  const { fileNames: _names, fileBytes: _bytes, ...body } = sent;
  expect(checkRequest({ method: 'POST', route: '/channels/:channel/messages', body })).toEqual([]);
  expect(sent.content.length).toBeLessThanOrEqual(2000);
  expect(sent.content).not.toContain('\n');
  const [embed] = sent.embeds;
  expect(embed?.title?.length).toBeLessThanOrEqual(256);
  expect(embed?.description?.length ?? 0).toBeLessThanOrEqual(4096);
  expect(embed?.footer?.text).toMatch(/(?:^| )ref [0-9a-f]{20}$/);
  const fields = embed?.fields ?? [];
  const all = [
    embed?.title,
    embed?.description,
    embed?.footer?.text,
    ...fields.flatMap((field) => [field.name, field.value]),
  ];
  expect(all.reduce((sum, part) => sum + (part?.length ?? 0), 0)).toBeLessThanOrEqual(6000);
  for (const field of fields) {
    expect(field.name.trim()).not.toBe('');
    expect(field.value.trim()).not.toBe('');
    expect(field.value.length).toBeLessThanOrEqual(1024);
  }
  expect(sent.allowed_mentions).toMatchObject({ parse: [], roles: [] });
  expect(sent.fileBytes).toBeLessThanOrEqual(10 * 1024 * 1024);
  expect(JSON.stringify(sent).isWellFormed()).toBe(true);
}

test('whatever labels, annotations, times and links hold', () => {
  fc.assert(
    fc.property(body, (input) => expectWithinLimits(toDiscord(input))),
    { numRuns: 100 },
  );
});

describe('in particular', () => {
  test('300 alerts are counted, and all of them attached', () => {
    const alerts = Array.from({ length: 300 }, (_, i) => ({
      fingerprint: `f${i}`,
      labels: { alertname: 'Down', pod: `web-${i}`, severity: 'warning' },
    }));
    const sent = toDiscord(notificationBody(alerts));
    expectWithinLimits(sent);
    expect(sent.embeds[0]?.description).toMatch(/300 firing/);
    expect(sent.embeds[0]?.description).toMatch(/and \d+ more alerts/);
    expect(sent.fileNames).toEqual(['alerts.txt']);
  });

  test('a description of 20,000 characters is cut, and attached whole', () => {
    const sent = toDiscord(notificationBody([{ annotations: { summary: 'Long', description: 'word '.repeat(4000) } }]));
    expectWithinLimits(sent);
    expect(sent.fileBytes).toBeGreaterThan(20_000);
  });

  test('a runbook that Discord takes becomes a button, another one stays readable text', () => {
    const good = toDiscord(notificationBody([{ annotations: { runbook_url: 'https://runbooks.example.org/x' } }]));
    expect(JSON.stringify(good.components)).toContain('"url":"https://runbooks.example.org/x"');
    const bad = toDiscord(notificationBody([{ annotations: { runbook_url: 'javascript:alert(1)' } }]));
    expect(JSON.stringify(bad.components)).not.toContain('javascript');
  });

  test('an alert without labels and annotations still has a name and a state', () => {
    const sent = toDiscord({ ...notificationBody([]), alerts: [{ ...alertBody(), labels: {}, annotations: {} }] });
    expectWithinLimits(sent);
    expect(sent.content).toContain('firing: unnamed alert');
  });
});

describe('what is no notification is refused with the reason', () => {
  test.each([
    ['null', null, 'body'],
    ['a list', [], 'body'],
    ['an empty object', {}, 'version'],
    ['another version', notificationBody([{}], { version: '3' }), 'version: must be "4"'],
    ['alerts that are no list', notificationBody([{}], { alerts: {} }), 'alerts'],
    [
      'a label of no text',
      notificationBody([], { alerts: [{ ...alertBody(), labels: { a: 1 } }] }),
      'alerts.0.labels.a: every value',
    ],
    [
      'a start of no time',
      notificationBody([], { alerts: [{ ...alertBody(), startsAt: 'yesterday' }] }),
      'alerts.0.startsAt: must be a time',
    ],
  ])('%s', (_name, input, reason) => {
    const parsed = parseNotification(input);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.reason).toContain(reason);
  });

  test('any JSON gets an answer, never an exception', () => {
    fc.assert(fc.property(fc.jsonValue(), (input) => typeof parseNotification(input).ok === 'boolean'));
  });
});
