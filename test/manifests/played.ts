// Alerts as Prometheus emits them: the labels and filled-in words that promtool has compared (test/e2e/prometheus-rules), with the rule's other words.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { rules } from './monitoring.ts';

const Words = z.record(z.string(), z.string());
const Play = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(
        z.object({
          alertname: z.string(),
          exp_alerts: z.array(z.object({ exp_labels: Words, exp_annotations: Words })).optional(),
        }),
      ),
    }),
  ),
});

export interface PlayedAlert {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The six of the specification, in its order, each as it first fires. */
export async function playedAlerts(): Promise<PlayedAlert[]> {
  return (await rules()).slice(0, 6).map(({ alert, annotations }) => {
    const file = join(import.meta.dirname, `../e2e/prometheus-rules/${alert}.yaml`);
    const { tests } = Play.parse(parse(readFileSync(file, 'utf8'), { merge: true }));
    const [first] = tests.flatMap((one) => one.alert_rule_test).flatMap(({ exp_alerts }) => exp_alerts ?? []);
    if (first === undefined) throw new Error(`${file} lets ${alert} never fire`);
    const labels = { alertname: alert, ...first.exp_labels };
    return { alert, labels, annotations: { ...filledIn(annotations, labels), ...first.exp_annotations } };
  });
}

function filledIn(annotations: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label) => labels[label] ?? ''),
    ]),
  );
}
