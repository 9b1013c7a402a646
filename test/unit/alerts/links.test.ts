// The links on a card are called by what is behind them.
import { expect, test } from '@jest/globals';
import { cardOf, opened } from './saying.ts';

const rule = { labels: { alertname: 'Down' }, annotations: {} };
const grafana = { version: '1', externalURL: 'https://grafana.example.com/' };

test.each([
  ['http://prometheus.monitoring:9090/graph?g0.expr=up', 'Expression: open in Prometheus'],
  ['https://prometheus.example.com/prom/query?g0.expr=up&g0.tab=1', 'Expression: open in Prometheus'],
  ['http://vmalert.example.com/vmalert/alert?group_id=1&alert_id=2', 'Expression: open'],
  ['https://grafana.example.com/explore?left=%7B%22a%22%3A%22/graph%22%7D', 'Expression: open'],
  ['https://grafana.example.com/alerting/grafana/abc/view', 'Rule: open'],
])('%s', (generatorURL, name) => {
  const { facts } = cardOf(opened([{ ...rule, generatorURL }]));
  expect(facts).toContain(`${name}${generatorURL}`);
  expect(facts).toContain('Alertmanager: openhttp://alertmanager.monitoring:9093');
});

test.each(['', 'https://prometheus.example.com/graph?g0.expr=up'])("Grafana's own is Grafana, also over %j", (url) => {
  const { facts } = cardOf(opened([{ ...rule, generatorURL: url }], grafana));
  expect(facts).toContain('Grafana: openhttps://grafana.example.com/');
});
