// What is said about a silence before it is made.
import { expect, test } from '@jest/globals';
import { merge } from '../../../src/alerts/merge.ts';
import { proposalMessage, silencedMessage } from '../../../src/alerts/silence-message.ts';
import type { Proposal } from '../../../src/alerts/silencing.ts';
import { render } from '../../../src/discord/message.ts';
import type { Message } from '../../../src/message.ts';
import { notification, t0 } from './notifications.ts';

function proposal(more: Partial<Proposal> = {}): Proposal {
  const merged = merge(undefined, notification([{ labels: { alertname: 'Down' } }]), t0);
  if (merged.kind === 'ignored') throw new Error(merged.reason);
  return {
    id: 'a'.repeat(24),
    incident: merged.incident,
    matchers: [{ name: 'alertname', value: 'Down', isEqual: true, isRegex: false }],
    until: new Date(t0),
    covers: 1,
    others: 0,
    watchdog: 'spared',
    elsewhere: false,
    reason: '',
    ...more,
  };
}

const textOf = (given: Proposal) => JSON.stringify(proposalMessage(given).text);

test('what it covers is told with how many are of other groups', () => {
  expect(textOf(proposal())).toContain('Covers 1 alert that fires now, and all that comes');
  expect(textOf(proposal({ covers: 3, others: 2 }))).toContain(
    'Covers 3 alerts that fire now, 2 of them in other groups',
  );
});

test('a list that could not be read is said, with what is therefore not known', () => {
  const spared = textOf(proposal({ others: null }));
  expect(spared).toContain("Alertmanager's list could not be read");
  expect(spared).toContain('covers 1 alert that fires now. What else is not known.');
  expect(spared).not.toContain('Covers');
  expect(textOf(proposal({ others: null, watchdog: 'not known' }))).toContain('also whether the Watchdog');
});

test('long matchers leave in sight until when, why and what it covers, in the question and in what is said then', () => {
  const matchers = Array.from({ length: 49 }, (_, index) => ({
    name: `label_${index}`,
    value: 'v'.repeat(200),
    isEqual: true,
    isRegex: false,
  }));
  const given = proposal({ matchers, reason: 'new disk', elsewhere: true });
  const sent = (message: Message) => JSON.stringify(render(message, { redact: (text) => text, ephemeral: true }).body);
  const question = sent(proposalMessage(given));
  const parts = [`<t:${t0 / 1000}`, 'Reason: new disk', 'Covers 1 alert', 'has no receiver', 'label_0'];
  for (const part of parts) expect(question).toContain(part);
  for (const part of [`<t:${t0 / 1000}`, 'Reason: new disk', 'label_0'])
    expect(sent(silencedMessage(given))).toContain(part);
  // It is cut.
  expect(question).not.toContain('label_48');
});
