// The buttons under an incident's card are about the alert that its headline tells first.
import { expect, test } from '@jest/globals';
import { type ActionOptions, commandAnnotation } from '../../../src/alerts/actions.ts';
import { incidentMessage } from '../../../src/alerts/message.ts';
import { type AlertInput, minute, t0 } from './notifications.ts';
import { opened } from './saying.ts';

const options: ActionOptions = { canSilence: false, isReadCommand: () => true };

function buttonsOf(alerts: readonly AlertInput[]) {
  return incidentMessage(opened(alerts), t0 + minute, options).buttons ?? [];
}

function runbookOf(alerts: readonly AlertInput[]): string | undefined {
  const button = buttonsOf(alerts).find(({ label }) => label === 'Runbook');
  return button !== undefined && 'url' in button ? button.url : undefined;
}

const alert = (name: string, severity: string, annotations: Record<string, string>): AlertInput => ({
  fingerprint: name,
  labels: { alertname: name, severity },
  annotations,
});

test("Runbook and command are the most urgent alert's that has them, whichever came first", () => {
  const alerts = [
    alert('Late', 'warning', { runbook_url: 'https://wiki.example.com/late', [commandAnnotation]: '/late' }),
    alert('Bare', 'critical', {}),
    alert('Full', 'critical', { runbook_url: 'https://wiki.example.com/full', [commandAnnotation]: '/full' }),
  ];
  expect(runbookOf(alerts)).toBe('https://wiki.example.com/full');
  expect(buttonsOf(alerts)).toContainEqual(expect.objectContaining({ label: '/full', action: 'run' }));
});

test('what fires comes before what has ended, however bad that was', () => {
  const alerts = [
    { ...alert('Over', 'critical', { runbook_url: 'https://wiki.example.com/over' }), status: 'resolved' as const },
    alert('On', 'warning', { runbook_url: 'https://wiki.example.com/on' }),
  ];
  expect(runbookOf(alerts)).toBe('https://wiki.example.com/on');
});

test('an address of blanks gives no button, and blanks around one are no part of it', () => {
  expect(runbookOf([alert('A', 'warning', { runbook_url: '  ' })])).toBeUndefined();
  expect(runbookOf([alert('A', 'warning', { runbook_url: ' https://wiki.example.com/a\n' })])).toBe(
    'https://wiki.example.com/a',
  );
});
