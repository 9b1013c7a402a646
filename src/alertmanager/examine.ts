// What the doctor asks Alertmanager: whether its API answers, and in which version.
import type { Asked } from '../lib/asked.ts';
import type { Alertmanager } from './alertmanager.ts';

/** Rejects with the signal's reason. */
export async function examineAlertmanager(alertmanager: Alertmanager, signal: AbortSignal): Promise<Asked<string>> {
  const status = await alertmanager.status(signal);
  switch (status.kind) {
    case 'answered':
      return { kind: 'known', value: status.value.version };
    case 'refused':
      return { kind: 'refused', why: `does not let the bot in (${status.reason})` };
    case 'away':
    case 'slow':
      return { kind: 'away', why: `does not answer (${status.reason})` };
    case 'too large':
    case 'not understood':
      return { kind: 'odd', why: `what answers is no Alertmanager with API v2 (${status.reason})` };
  }
}
