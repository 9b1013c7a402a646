// What Grafana tells of an alert beside labels and annotations reaches the reader.
import { expect, test } from '@jest/globals';
import { merge } from '../../../src/alerts/merge.ts';
import { type AlertInput, minute, notification, t0 } from './notifications.ts';
import { cardOf, headlineOf, opened } from './saying.ts';

const grafana = { version: '1', externalURL: 'https://grafana.example.com/' };
const silenceURL = 'https://grafana.example.com/alerting/silence/new?matcher=instance%3Dweb-1';
const rule: AlertInput = {
  labels: { alertname: 'CPU high', grafana_folder: 'Shop', instance: 'web-1' },
  annotations: {},
  generatorURL: 'https://grafana.example.com/alerting/grafana/abc/view',
  silenceURL,
  valueString: "[ var='A' labels={instance=web-1} value=97.3 ], [ var='C' labels={instance=web-1} value=1 ]",
};
const textsOf = (alert: AlertInput) => cardOf(opened([alert], grafana)).alerts[0]?.slice(2);

test('the value tells a rule without texts, and stands on its card', () => {
  expect(headlineOf(opened([rule], grafana))).toBe('🔵 firing: CPU high at web-1: A = 97.3, C = 1');
  expect(textsOf(rule)).toEqual(['A = 97.3, C = 1']);
});

test.each([
  ['a summary says it better', { annotations: { summary: 'Busy' } }, ['Busy']],
  ['of one in no known form, all of it', { valueString: '[ metric=up value=0 ]' }, ['[ metric=up value=0 ]']],
  ['a long one, its beginning', { valueString: 'x'.repeat(9000) }, [expect.stringMatching(/^x{499}…$/)]],
  ['there is none', { valueString: '' }, []],
])('value: %s', (_, more, texts) => {
  expect(textsOf({ ...rule, ...more })).toEqual(texts);
});

test.each(['DatasourceError', 'DatasourceNoData'])('%s is called by the rule that it is about', (alertname) => {
  const alert = {
    ...rule,
    labels: { alertname, rulename: 'CPU high', datasource_uid: 'P1' },
    annotations: { Error: 'failed to execute query A: no such host' },
    valueString: '',
  };
  expect(headlineOf(opened([alert], grafana))).toBe(
    `🔵 firing: CPU high (${alertname}): failed to execute query A: no such host`,
  );
  expect(textsOf(alert)).toEqual(['Error: failed to execute query A: no such host']);
  expect(cardOf(opened([alert], grafana)).title).toBe(`firing · CPU high (${alertname})`);
});

test("the reason for Grafana's state is said", () => {
  const alert = { ...rule, annotations: { summary: 'Busy', grafana_state_reason: 'MissingSeries' } };
  expect(textsOf(alert)).toEqual(['Busy', "Grafana's reason: MissingSeries"]);
});

test('where to silence it is linked while it fires', () => {
  const open = opened([rule], grafana);
  expect(cardOf(open).facts).toContain(`Silence: open${silenceURL}`);
  const ended = merge(open, notification([{ ...rule, status: 'resolved' }], grafana), t0 + 2 * minute);
  if (ended.kind !== 'closed') throw new Error(ended.kind);
  expect(cardOf(ended.incident).facts.join()).not.toContain('Silence');
});

test('a new value changes the card', () => {
  const again = merge(
    opened([rule], grafana),
    notification([{ ...rule, valueString: "[ var='A' labels={} value=99 ]" }], grafana),
    t0 + 2 * minute,
  );
  if (again.kind !== 'updated') throw new Error(again.kind);
  expect(headlineOf(again.incident)).toContain('A = 99');
});
