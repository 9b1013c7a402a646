// What API v2 answers, as Alertmanager 0.34 writes it: from the alerts, groups and silences as they stand.
import type { Alert } from './body.ts';
import { fingerprint, type Labels, sorted } from './fingerprint.ts';
import type { Silence } from './silences.ts';

/** What the answers are made of. */
export interface View {
  readonly receiver: string;
  readonly startedAt: Date;
  readonly groups: readonly { readonly labels: Labels; readonly alerts: readonly Alert[] }[];
  readonly silences: readonly Silence[];
  readonly silencedBy: (labels: Labels) => readonly string[];
  readonly now: Date;
}

/** Undefined for a path that there is not. */
export function answerTo(path: string, query: URLSearchParams, view: View): unknown {
  switch (path) {
    case '/api/v2/status':
      return status(view);
    case '/api/v2/receivers':
      return [{ name: view.receiver, labels: {} }];
    case '/api/v2/alerts':
      return view.groups
        .flatMap((group) => group.alerts)
        .filter((alert) => isAsked(alert, query, view))
        .map((alert) => listed(alert, view))
        .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
    case '/api/v2/alerts/groups':
      return view.groups
        .map(({ labels, alerts }) => ({
          alerts: alerts.filter((alert) => isAsked(alert, query, view)).map((alert) => listed(alert, view)),
          labels: asMap(labels),
          receiver: { name: view.receiver, labels: {} },
        }))
        .filter(({ alerts }) => alerts.length > 0);
    case '/api/v2/silences':
      return view.silences.map((silence) => listedSilence(silence, view.now));
    default:
      return undefined;
  }
}

/** What is left out where the query says so; all is told by default. */
function isAsked({ labels }: Alert, query: URLSearchParams, { silencedBy }: View): boolean {
  return query.get(silencedBy(labels).length > 0 ? 'silenced' : 'active') !== 'false';
}

function listed(alert: Alert, { receiver, silencedBy, now }: View) {
  const silences = silencedBy(alert.labels);
  return {
    annotations: asMap(alert.annotations),
    // Prometheus says so with each of its rounds: four minutes after the last.
    endsAt: time(new Date(now.getTime() + 240_000)),
    fingerprint: fingerprint(alert.labels),
    receivers: [{ name: receiver, labels: {} }],
    startsAt: time(alert.startsAt),
    status: {
      inhibitedBy: [],
      mutedBy: [],
      silencedBy: silences,
      state: silences.length > 0 ? 'suppressed' : 'active',
    },
    updatedAt: time(now),
    ...(alert.generatorURL !== '' && { generatorURL: alert.generatorURL }),
    labels: asMap(alert.labels),
  };
}

function listedSilence({ id, matchers, createdBy, comment, startsAt, endsAt, updatedAt }: Silence, now: Date) {
  return {
    id,
    status: { state: endsAt > now ? 'active' : 'expired' },
    updatedAt: time(updatedAt),
    comment,
    createdBy,
    endsAt: time(endsAt),
    matchers: sorted(matchers).map(([name, value]) => ({ isEqual: true, isRegex: false, name, value })),
    startsAt: time(startsAt),
  };
}

function status({ startedAt }: View) {
  const versionInfo = {
    branch: 'HEAD',
    buildDate: '20260801-00:00:00',
    buildUser: 'sandbox',
    goVersion: 'go1.26',
    revision: '0000000',
    version: '0.34.0',
  };
  return {
    cluster: { peers: [], status: 'disabled' },
    config: { original: 'global: {}\n' },
    uptime: time(startedAt),
    versionInfo,
  };
}

/** Go writes maps in the order of their keys. */
function asMap(labels: Labels): Labels {
  return Object.fromEntries(sorted(labels));
}

/** In this API times have three decimals, always. */
function time(at: Date): string {
  return at.toISOString();
}
