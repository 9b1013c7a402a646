// What the label severity means, by whichever words a set of rules uses, and what follows from that.
import { expect, test } from '@jest/globals';
import { severityOf } from '../../../src/alerts/incident.ts';
import { merge } from '../../../src/alerts/merge.ts';
import { incidentMessage } from '../../../src/alerts/message.ts';
import { chooseDestination } from '../../../src/alerts/routes.ts';
import { minute, noActions, notification, t0 } from './notifications.ts';

test.each([
  ['critical', ['critical', 'Critical', ' critical ', 'page', 'crit', 'emergency', 'high', 'P1', 'sev1']],
  ['warning', ['warning', 'WARN', 'error', 'major', 'medium', 'P2']],
  ['info', ['info', 'low', 'minor', 'notice', 'P4']],
  ['none', ['none', '', 'constructor', '__proto__', 'critical-ish']],
] as const)('%s is meant', (severity, words) => {
  expect(words.map((word) => severityOf({ severity: word }))).toEqual(words.map(() => severity));
});

test('without the label it is none', () => {
  expect(severityOf({})).toBe('none');
});

test('another word for critical rings and is red, and is shown as the rule has it', () => {
  const result = merge(undefined, notification([{ labels: { alertname: 'ApiDown', severity: 'page' } }]), t0 + minute);
  if (result.kind === 'ignored') throw new Error(result.reason);
  expect(chooseDestination(result.incident, [], '1').ring).toBe(true);
  const { headline, tone } = incidentMessage(result.incident, t0 + minute, noActions);
  expect(tone).toBe('critical');
  expect(headline).toMatch(/^🔴 page firing: ApiDown/);
});
