// Where an operator looks further: the addresses that stand on an incident's card.
import type { Fact } from '../message.ts';
import type { Incident, KnownAlert } from './incident.ts';
import { labelOf } from './schema.ts';

/**
 * Alertmanager's, and of the most urgent alert that has them its expression, its dashboard and, while it fires, where Grafana silences it. Any text may stand in them: what Discord would
 * refuse as a link is shown as text.
 * @param alerts the incident's, the most urgent first.
 */
export function linksOf({ externalURL, closedAt, source }: Incident, alerts: readonly KnownAlert[]): readonly Fact[] {
  const rule = first(alerts, (alert) => alert.generatorURL);
  const dashboard = first(alerts, (alert) => alert.dashboardURL ?? labelOf(alert.annotations, 'dashboard_url') ?? '');
  const silence = closedAt === null ? first(alerts, (alert) => alert.silenceURL ?? '') : '';
  return [
    ...(externalURL === '' ? [] : [fact(source === 'grafana' ? 'Grafana' : 'Alertmanager', 'open', externalURL)]),
    ...(rule === '' ? [] : [ruleFact(rule)]),
    ...(dashboard === '' ? [] : [fact('Dashboard', 'open', dashboard)]),
    ...(silence === '' ? [] : [fact('Silence', 'open', silence)]),
  ];
}

/** Grafana's rules live under `/alerting`; Prometheus' expressions at `/graph` or `/query`, those of vmalert and of Loki's ruler elsewhere. */
function ruleFact(url: string): Fact {
  if (/^https?:\/\/[^/]+\/(?:[^?#]*\/)?alerting\//.test(url)) return fact('Rule', 'open', url);
  const isOfPrometheus = /^[^?#]*\/(?:graph|query)\/?(?:[?#]|$)/.test(url);
  return fact('Expression', isOfPrometheus ? 'open in Prometheus' : 'open', url);
}

function first(alerts: readonly KnownAlert[], urlOf: (alert: KnownAlert) => string): string {
  return alerts.map(urlOf).find((url) => url.trim() !== '') ?? '';
}

function fact(name: string, link: string, url: string): Fact {
  return { name, value: { link, url } };
}
