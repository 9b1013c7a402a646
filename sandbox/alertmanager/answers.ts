// What API v2 answers, as Alertmanager 0.34 writes it: from the alerts, groups and silences as they stand.
import type { Alert } from './body.ts';
import { fingerprint, type Labels, sorted } from './fingerprint.ts';
import { matches, type Silence, type Silences, stateOf } from './silences.ts';

/** What the answers are made of. */
export interface View {
  /** All of them are told of every alert. */
  readonly receivers: readonly string[];
  readonly startedAt: Date;
  /** As its configuration has it. */
  readonly groupBy: readonly string[];
  readonly groups: readonly { readonly receiver: string; readonly labels: Labels; readonly alerts: readonly Alert[] }[];
  readonly silences: Silences;
  readonly now: Date;
}

/** Undefined for a path that there is not. */
export function answerTo(path: string, query: URLSearchParams, view: View): unknown {
  switch (path) {
    case '/api/v2/status':
      return status(view);
    case '/api/v2/receivers':
      return view.receivers.map(receiverOf);
    case '/api/v2/alerts':
      return view.groups
        .filter(({ receiver }) => receiver === view.receivers[0])
        .flatMap((group) => group.alerts)
        .filter((alert) => isAsked(alert, query, view))
        .map((alert) => listed(alert, view))
        .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
    case '/api/v2/alerts/groups':
      return view.groups
        .map(({ receiver, labels, alerts }) => ({
          alerts: alerts.filter((alert) => isAsked(alert, query, view)).map((alert) => listed(alert, view)),
          labels: asMap(labels),
          receiver: receiverOf(receiver),
        }))
        .filter(({ alerts }) => alerts.length > 0);
    case '/api/v2/silences':
      return view.silences.all().map((silence) => listedSilence(silence, view.now));
    default:
      return undefined;
  }
}

/** What is left out where the query says so; all is told by default. Filters of equality are read, as the bot sends them. */
function isAsked({ labels }: Alert, query: URLSearchParams, { silences }: View): boolean {
  const filters = query.getAll('filter').map((text) => {
    const at = text.indexOf('=');
    return { name: text.slice(0, at), value: JSON.parse(text.slice(at + 1)), isRegex: false, isEqual: true };
  });
  if (!filters.every((matcher) => matches(matcher, labels))) return false;
  return query.get(silences.over(labels).length > 0 ? 'silenced' : 'active') !== 'false';
}

function receiverOf(name: string) {
  return { name, labels: {} };
}

function listed(alert: Alert, { receivers, silences, now }: View) {
  const silencedBy = silences.over(alert.labels);
  return {
    annotations: asMap(alert.annotations),
    // Prometheus says so with each of its rounds: four minutes after the last.
    endsAt: time(new Date(now.getTime() + 240_000)),
    fingerprint: fingerprint(alert.labels),
    receivers: receivers.map(receiverOf),
    startsAt: time(alert.startsAt),
    status: {
      inhibitedBy: [],
      mutedBy: [],
      silencedBy,
      state: silencedBy.length > 0 ? 'suppressed' : 'active',
    },
    updatedAt: time(now),
    ...(alert.generatorURL !== '' && { generatorURL: alert.generatorURL }),
    labels: asMap(alert.labels),
  };
}

export function listedSilence(silence: Silence, now: Date) {
  const { id, matchers, createdBy, comment, startsAt, endsAt, updatedAt } = silence;
  return {
    id,
    status: { state: stateOf(silence, now) },
    updatedAt: time(updatedAt),
    comment,
    createdBy,
    endsAt: time(endsAt),
    matchers: matchers.map(({ isEqual, isRegex, name, value }) => ({ isEqual, isRegex, name, value })),
    startsAt: time(startsAt),
  };
}

function status({ startedAt, receivers, groupBy }: View) {
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
    config: { original: configOf(receivers, groupBy) },
    uptime: time(startedAt),
    versionInfo,
  };
}

/** Each receiver is told by a route of its own, which goes on to the next. */
function configOf(receivers: readonly string[], groupBy: readonly string[]): string {
  return [
    'global: {}',
    'route:',
    `  receiver: ${JSON.stringify(receivers[0])}`,
    '  group_by:',
    ...groupBy.map((name) => `  - ${JSON.stringify(name)}`),
    '  routes:',
    ...receivers.flatMap((receiver) => [`  - receiver: ${JSON.stringify(receiver)}`, '    continue: true']),
    '',
  ].join('\n');
}

/** Go writes maps in the order of their keys. */
function asMap(labels: Labels): Labels {
  return Object.fromEntries(sorted(labels));
}

/** In this API times have three decimals, always. */
function time(at: Date): string {
  return at.toISOString();
}
