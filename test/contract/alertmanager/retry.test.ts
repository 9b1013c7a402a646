import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Alertmanager, startAlertmanager } from '../../../sandbox/alertmanager/alertmanager.ts';
import { homelabAlerts } from '../../../sandbox/alertmanager/homelab-alerts.ts';
import { beginWatchdog, endWatchdog, watchdogFires, watchdogRepeatMs } from '../../../sandbox/alertmanager/watchdog.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const { mysqlDown, nodeDown } = homelabAlerts;

let receiver: Receiver;
let alertmanager: Alertmanager;

beforeEach(async () => {
  receiver = await startReceiver();
  alertmanager = await start(200);
});

afterEach(async () => {
  await alertmanager.stop();
  await receiver.close();
});

function start(groupIntervalMs: number): Promise<Alertmanager> {
  return startAlertmanager({ webhookUrl: receiver.url, token: 'secret', groupWaitMs: 1, groupIntervalMs });
}

function reasons(): string[] {
  return receiver.received.map(({ body }) => JSON.parse(body).notification_reason);
}

test('an alert is told once when it begins and once when it ends, with the token', async () => {
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  await alertmanager.settled();
  alertmanager.resolve(mysqlDown.labels);
  await alertmanager.settled();
  expect(reasons()).toEqual(['first notification', 'all alerts resolved']);
  expect(receiver.received[0]?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'content-type': 'application/json',
  });
});

test('the Watchdog is told again and again, other alerts are not; once it has ended there is silence', async () => {
  let at = Date.now();
  await alertmanager.stop();
  alertmanager = await startAlertmanager({
    webhookUrl: receiver.url,
    token: 'secret',
    groupWaitMs: 1,
    groupIntervalMs: 20,
    now: () => new Date(at),
  });
  const flushes = () => new Promise((resolve) => setTimeout(resolve, 100));
  beginWatchdog(alertmanager);
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  await alertmanager.settled();
  for (const past of [watchdogRepeatMs - 1, 1, watchdogRepeatMs]) {
    at += past;
    await flushes();
  }
  endWatchdog(alertmanager);
  await alertmanager.settled();
  expect(watchdogFires(alertmanager)).toBe(false);
  at += watchdogRepeatMs;
  await flushes();
  const told = receiver.received.map(({ body }) => JSON.parse(body));
  const ofWatchdog = told.filter(({ groupLabels }) => groupLabels.alertname === 'Watchdog');
  expect(ofWatchdog.map(({ notification_reason }) => notification_reason)).toEqual([
    'first notification',
    'repeat interval elapsed',
    'repeat interval elapsed',
    'all alerts resolved',
  ]);
  expect(told).toHaveLength(ofWatchdog.length + 1);
});

test('alerts of one group share a body, others have their own', async () => {
  alertmanager.fire(nodeDown.labels, nodeDown.annotations);
  alertmanager.fire({ ...nodeDown.labels, node: 'desktop-2' }, nodeDown.annotations);
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  await alertmanager.settled();
  expect(receiver.received.map(({ body }) => JSON.parse(body).alerts.length).sort()).toEqual([1, 2]);
});

test('a receiver that is broken is asked again until it takes it', async () => {
  // A notification is tried for one group interval, and the first pauses are those of the real one.
  await alertmanager.stop();
  alertmanager = await start(10_000);
  receiver.answerWith(503, 500);
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  await alertmanager.settled();
  expect(reasons()).toEqual(['first notification', 'first notification', 'first notification']);
  expect(alertmanager.attempts.map(({ answer }) => ('status' in answer ? answer.status : answer.error))).toEqual([
    503, 500, 202,
  ]);
});

test.each([400, 401, 429])(
  '%i is not asked again, and an alert that ends before the next turn is lost',
  async (status) => {
    receiver.answerWith(status);
    alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
    await alertmanager.settled();
    alertmanager.resolve(mysqlDown.labels);
    await alertmanager.settled();
    expect(reasons()).toEqual(['first notification']);
  },
);

test('an alert that begins again is told again', async () => {
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  await alertmanager.settled();
  alertmanager.resolve(mysqlDown.labels);
  await alertmanager.settled();
  alertmanager.fire(mysqlDown.labels, mysqlDown.annotations);
  await alertmanager.settled();
  expect(reasons()).toEqual(['first notification', 'all alerts resolved', 'new alerts added']);
});

test('a receiver that is gone is named in the log of attempts', async () => {
  await receiver.close();
  const attempt = await alertmanager.post({ any: 'body' });
  expect(attempt.answer).toMatchObject({ error: expect.stringContaining('ECONNREFUSED') });
  receiver = await startReceiver();
});

test('nothing is said of a group that is silenced whole, and its end is told once it is no longer', async () => {
  const { labels, annotations } = mysqlDown;
  alertmanager.fire(labels, annotations);
  await alertmanager.settled();
  const silence = alertmanager.silences.add({ alertname: 'MySQLDown' });
  // Settled once the group's turn is over, in which the silence held.
  alertmanager.fire(labels, annotations);
  await alertmanager.settled();
  expect(reasons()).toEqual(['first notification']);
  alertmanager.silences.expire(silence);
  alertmanager.resolve(labels);
  await alertmanager.settled();
  expect(reasons()).toEqual(['first notification', 'all alerts resolved']);
});
