// What the doctor says of Alertmanager's API.
import { expect, test } from '@jest/globals';
import { judgeAlertmanager } from '../../../src/doctor/alertmanager.ts';
import type { Asked } from '../../../src/lib/asked.ts';

test.each<[string, Asked<string> | null, string, RegExp]>([
  ['it is not configured', null, 'skip', /ALERTMANAGER_URL is not set/],
  ['it answers', { kind: 'known', value: '0.34.0' }, 'ok', /version 0\.34\.0/],
  ['it is away', { kind: 'away', why: 'does not answer' }, 'FAIL', /does not answer.*correct ALERTMANAGER_URL/s],
  [
    'it refuses',
    { kind: 'refused', why: 'does not let the bot in' },
    'FAIL',
    /user and password into ALERTMANAGER_URL/,
  ],
])('%s', (_when, asked, state, text) => {
  const line = judgeAlertmanager(asked);
  expect(line.state).toBe(state);
  expect(JSON.stringify(line)).toMatch(text);
});
