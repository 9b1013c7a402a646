// What manifests/monitoring gives Prometheus, Alertmanager and Grafana, parsed, for tests that look into it.
import { parse } from 'yaml';
import { z } from 'zod';
import { textOf } from './everything.ts';
import { rendered } from './render.ts';

const Rule = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
export type Rule = z.infer<typeof Rule>;

const PrometheusRule = z.object({
  kind: z.literal('PrometheusRule'),
  spec: z.object({
    groups: z.array(z.object({ name: z.string(), interval: z.string(), rules: z.array(Rule) })),
  }),
});
export type RuleGroup = z.infer<typeof PrometheusRule>['spec']['groups'][number];

/** With links to runbooks as settings/ makes them. */
export async function ruleGroups(): Promise<RuleGroup[]> {
  const objects = await rendered('monitoring');
  return objects
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap((object) => PrometheusRule.parse(object).spec.groups);
}

export async function rules(): Promise<Rule[]> {
  return (await ruleGroups()).flatMap((group) => group.rules);
}

const Panel = z.object({
  id: z.number(),
  title: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(
    z.object({
      refId: z.string(),
      datasource: z.object({ type: z.enum(['prometheus', 'loki']), uid: z.string() }),
      expr: z.string(),
    }),
  ),
});
const Dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  templating: z.object({
    list: z.array(
      z.looseObject({ name: z.string(), query: z.union([z.string(), z.looseObject({ query: z.string() })]) }),
    ),
  }),
  panels: z.array(Panel),
});
export type Dashboard = z.infer<typeof Dashboard>;

const DashboardMap = z.object({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
  data: z.record(z.string(), z.string()),
});

/** Those that Grafana's sidecar finds by their label. */
export async function dashboards(): Promise<Dashboard[]> {
  const maps = (await rendered('monitoring')).filter(({ kind }) => kind === 'ConfigMap');
  return maps
    .map((object) => DashboardMap.parse(object))
    .filter(({ metadata }) => metadata.labels['grafana_dashboard'] === '1')
    .flatMap(({ data }) => Object.values(data).map((text) => Dashboard.parse(JSON.parse(text))));
}

export interface Query {
  /** As `Node Details, CPU by mode`. */
  readonly where: string;
  readonly language: 'prometheus' | 'loki';
  readonly expr: string;
}

/** Every query of every panel, and of every variable that asks Prometheus for the values of a label. */
export async function dashboardQueries(): Promise<Query[]> {
  return (await dashboards()).flatMap(({ title, panels, templating }) => [
    ...panels.flatMap((panel) =>
      panel.targets.map(({ datasource, expr }) => ({
        where: `${title}, ${panel.title}`,
        language: datasource.type,
        expr,
      })),
    ),
    ...templating.list.flatMap(({ name, query }) => {
      if (typeof query === 'string') return [];
      const selector = /^label_values\((.*), \w+\)$/.exec(query.query)?.[1] ?? query.query;
      return [{ where: `${title}, the variable ${name}`, language: 'prometheus' as const, expr: selector }];
    }),
  ]);
}

/** What Grafana asks: a query with its variables replaced. */
export function filledIn(expr: string): string {
  return expr.replace(/\$__rate_interval|\$__interval|\$__range/g, '5m').replace(/\$\{?\w+\}?/g, 'x');
}

const AlertmanagerConfig = z.looseObject({
  route: z.looseObject({ receiver: z.string(), routes: z.array(z.looseObject({ receiver: z.string() })) }),
  receivers: z.array(
    z.looseObject({
      name: z.string(),
      webhook_configs: z
        .array(
          z.looseObject({
            url: z.string(),
            send_resolved: z.boolean(),
            max_alerts: z.number(),
            http_config: z.looseObject({ authorization: z.object({ type: z.string(), credentials_file: z.string() }) }),
          }),
        )
        .optional(),
    }),
  ),
});

const MonitoringValues = z.looseObject({
  alertmanager: z.looseObject({
    alertmanagerSpec: z.looseObject({ secrets: z.array(z.string()) }),
    config: AlertmanagerConfig,
  }),
  extraManifests: z.array(
    z.object({
      kind: z.literal('AlertmanagerConfig'),
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({
        route: z.looseObject({
          receiver: z.string(),
          matchers: z.array(z.object({ name: z.string(), matchType: z.string(), value: z.string() })),
        }),
        receivers: z.tuple([
          z.object({
            name: z.string(),
            discordConfigs: z.tuple([
              z.object({ apiURL: z.object({ name: z.string(), key: z.string() }), sendResolved: z.boolean() }),
            ]),
          }),
        ]),
      }),
    }),
  ),
});

function monitoringValues(): z.infer<typeof MonitoringValues> {
  return MonitoringValues.parse(parse(textOf('monitoring/monitoring-values.yaml')));
}

/** Alertmanager's configuration as the values give it, and the Secrets that are mounted beside it. */
export function alertmanager(): z.infer<typeof MonitoringValues>['alertmanager'] {
  return monitoringValues().alertmanager;
}

/** What is configured by objects of the operator's kind. */
export function alertmanagerConfigs(): z.infer<typeof MonitoringValues>['extraManifests'] {
  return monitoringValues().extraManifests;
}

/** The whole configuration, as the operator (v0.93.1) generates it: routes of objects come first and go on; a Secret's URL is written into it. */
export function generatedAlertmanagerConfig(): unknown {
  const { config } = alertmanager();
  const objects = alertmanagerConfigs().map(({ metadata, spec: { route, receivers } }) => ({
    name: `${metadata.namespace}/${metadata.name}/${route.receiver}`,
    matchers: route.matchers.map(({ name, matchType, value }) => `${name}${matchType}"${value}"`),
    sendResolved: receivers[0].discordConfigs[0].sendResolved,
  }));
  const routes = objects.map(({ name, matchers }) => ({ receiver: name, matchers, continue: true }));
  const receivers = objects.map(({ name, sendResolved }) => ({
    name,
    discord_configs: [{ send_resolved: sendResolved, webhook_url: 'https://discord.com/api/webhooks/1/x' }],
  }));
  return {
    ...config,
    route: { ...config.route, routes: [...routes, ...config.route.routes] },
    receivers: [...config.receivers, ...receivers],
  };
}
