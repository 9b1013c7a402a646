// Builds what happens to alerts from the moment that a notification is taken: incidents, rings, storms, the dead man's switch, and their cards.
import type { Logger } from 'pino';
import { commands } from '../../commands/index.ts';
import { createAlerts } from '../alerts/alerts.ts';
import { createDigests, digestCard, digestPrefix } from '../alerts/digest.ts';
import { createEscalations } from '../alerts/escalations.ts';
import type { Incident } from '../alerts/incident.ts';
import { ringCard } from '../alerts/rings.ts';
import { createWatchdog, watchdogCard } from '../alerts/watchdog.ts';
import { alertCard } from '../alerts/writing.ts';
import { cardOfRing } from '../cards/card.ts';
import type { Publisher, Show } from '../cards/publisher.ts';
import type { Config } from '../config/config.ts';
import { readTyped } from '../dispatch/typed-command.ts';
import type { Redact } from '../lib/redact.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { digestStore } from '../store/digests.ts';
import { alertStore } from '../store/incidents.ts';
import type { Store } from '../store/store.ts';
import { watchdogStore } from '../store/watchdog.ts';

const commandsByName = new Map(commands.map((command) => [command.name, command]));

export interface AlertParts {
  readonly config: Config;
  readonly store: Store;
  readonly publisher: Publisher;
  /** What each kind of card says; those of alerts are added. */
  readonly kinds: Record<string, Show>;
  /** As far as Alertmanager's list is compared with. */
  readonly isMissing: (incident: Incident) => boolean;
  readonly lifecycle: Lifecycle;
  readonly redact: Redact;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Starts nothing yet. */
export function buildAlerts({ config, store, publisher, kinds, isMissing, lifecycle, redact, log, now }: AlertParts) {
  const { routes, watchdog: watched } = config.alerts;
  const defaultChannelId = config.discord.alertChannelId;
  const incidents = alertStore(store);
  const alerts = createAlerts({
    store: incidents,
    publisher,
    routes,
    defaultChannelId,
    escalationExpected: (at) => escalations.expect(at),
    isMissing,
    actions: {
      canSilence: config.alertmanager.api !== null,
      // Discord keeps what a button asks for: a secret in it would stand there.
      isReadCommand: (text) => redact(text) === text && readTyped(text, commandsByName) !== null,
    },
    watchdog: watched.alertname,
    log,
    now,
  });
  lifecycle.onStop('alerts', () => alerts.stop());
  const escalations = createEscalations({ store: incidents, alerts, log, now });
  lifecycle.onStop('escalations', () => escalations.stop());
  const watchdog = createWatchdog({
    store: watchdogStore(store),
    publisher,
    routes,
    defaultChannelId,
    ...watched,
    log,
    now,
  });
  lifecycle.onStop('watchdog', () => watchdog.stop());
  const digests = createDigests({ store: digestStore(store, now), publisher, log, now });
  lifecycle.onStop('digests', () => digests.stop());
  kinds[alertCard] = alerts.show;
  kinds[digestCard] = digests.show;
  kinds[ringCard] = (id) => (id.startsWith(digestPrefix) ? digests.showRing(cardOfRing(id)) : alerts.showRing(id));
  kinds[watchdogCard] = watchdog.show;
  return { incidents, alerts, escalations, watchdog, digests };
}
