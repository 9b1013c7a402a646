// Builds what is done with Alertmanager's API: comparing with its list, and silences.
import type { Logger } from 'pino';
import { openAlertmanager } from '../alertmanager/open.ts';
import type { Alerts } from '../alerts/alerts.ts';
import { eachOpen } from '../alerts/open-incidents.ts';
import { createReconciler, type LookOutcome, type Reconciler } from '../alerts/reconciler.ts';
import { createSilencing } from '../alerts/silencing.ts';
import type { Config } from '../config/config.ts';
import type { Redact } from '../lib/redact.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { alertStore } from '../store/incidents.ts';

export interface SilencingParts {
  readonly config: Config;
  readonly incidents: ReturnType<typeof alertStore>;
  readonly alerts: Alerts;
  readonly looked: (outcome: LookOutcome) => void;
  readonly lifecycle: Lifecycle;
  readonly redact: Redact;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Starts nothing yet; the reconciler is null where `ALERTMANAGER_URL` is not set. */
export function buildSilencing({ config, incidents, alerts, looked, lifecycle, redact, log, now }: SilencingParts) {
  const alertmanager = config.alertmanager.api === null ? null : openAlertmanager(config.alertmanager.api);
  const watchdog = config.alerts.watchdog.alertname;
  const reconciler =
    alertmanager === null
      ? null
      : createReconciler({ alertmanager, store: incidents, alerts, watchdog, log, now, looked });
  const stopping = new AbortController();
  lifecycle.onStop('silencing', () => stopping.abort());
  const silencing = createSilencing({
    alertmanager,
    read: (id) => incidents.read(id),
    alerts,
    eachOpen: (signal) => eachOpen(incidents, signal),
    open: alerts.named,
    watchdog,
    redact,
    log,
    changed: () => reconciler?.lookSoon(),
    now,
    stopping: stopping.signal,
  });
  return { reconciler, silencing };
}

/** Why silences that `/alerts` shows may be out of date, or others be missing. */
export function doubtAbout(reconciler: Reconciler | null): string | null {
  if (reconciler === null) return 'Silences are not known: ALERTMANAGER_URL is not set.';
  const reason = reconciler.failing();
  return reason === null ? null : `Alertmanager's list cannot be read now (${reason}): silences may be out of date.`;
}
