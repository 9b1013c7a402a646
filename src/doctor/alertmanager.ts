// What was found at Alertmanager's API → a line. Pure.
import type { Asked } from '../lib/asked.ts';
import { fail, judge, type Line, ok, skip } from './line.ts';

const what = 'Alertmanager API';

/** @param version null where no API is configured. */
export function judgeAlertmanager(version: Asked<string> | null): Line {
  if (version === null) return skip(what, 'ALERTMANAGER_URL is not set');
  return judge(what, version, {
    known: (known) => ok(what, `answers, version ${known}`),
    fault: ({ kind, why }) =>
      fail(
        what,
        why,
        kind === 'refused'
          ? 'put user and password into ALERTMANAGER_URL, or let the bot in'
          : 'see that it can be reached from here; correct ALERTMANAGER_URL, with the path that it is served under and without /api/v2',
      ),
    because: '',
  });
}
