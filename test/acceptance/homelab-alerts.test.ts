// The six alerts of the homelab, with the labels and words that Prometheus gives them, through the whole bot: each is a card that says all of it.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { textOf } from '../manifests/everything.ts';
import { playedAlerts } from '../manifests/played.ts';
import { generous } from './posting.ts';
import { routesOf, toCritical } from './routing.ts';
import { wronglyAsked } from './seen.ts';

const alerts = await playedAlerts();
/** The routes that manifests/chatops gives the bot. */
const { match } = z
  .object({ alerts: z.object({ routes: z.tuple([z.object({ match: z.record(z.string(), z.string()) })]) }) })
  .parse(parse(textOf('chatops/config.yaml'))).alerts.routes[0];

/** What the answer to the command on each card is about. */
const told: Readonly<Record<string, string>> = {
  NodeDown: 'desktop-2',
  NodeMemoryLow: 'desktop-2',
  NodeDiskSpaceLow: 'desktop-2',
  PodFailed: 'shop',
  LaravelSlowResponses: 'shop',
  MySQLDown: 'worker-db-01',
};

let homelab: Homelab;

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous },
    config: (discord, apps) => `${levelsOf(discord)}${apps}${routesOf(discord, [toCritical(match)])}`,
  });
});

afterAll(() => homelab.stop());

afterEach(async () => {
  const wrong = wronglyAsked(homelab.discord);
  await homelab.alertmanager.reset();
  homelab.discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

test('there are six', () => {
  expect(alerts.map(({ alert }) => alert)).toEqual(Object.keys(told));
});

test.each(alerts.map((one) => [one.alert, one] as const))('%s', async (alert, { labels, annotations }) => {
  const { discord, alertmanager } = homelab;
  const { severity = '', namespace, node, pod, device } = labels;
  const { summary = '', description = '', action = '', homelab_bot_command: command = '', runbook_url } = annotations;
  alertmanager.fire(labels, annotations);
  const channel = severity === match['severity'] ? 'alerts-critical' : 'alerts';
  const card = await discord.waitForMessage(channel, ({ text }) => text.includes(alert));

  // What a locked phone shows.
  expect(card.content).toContain(`${severity} firing: ${alert}`);
  expect(card.content).toContain(summary);
  for (const said of [summary, description, action]) expect(card.text).toContain(said);
  for (const which of [namespace, node, pod, device]) expect(card.text).toContain(which ?? '');
  expect(card.rang).toEqual(channel === 'alerts-critical' ? [discord.roleId('operator')] : []);

  expect(card.buttons.find(({ label }) => label === 'Runbook')?.url).toBe(runbook_url);
  const answer = await (await discord.as('vera').press(card, command)).final();
  expect(answer.ephemeralFor).toBe('vera');
  expect(answer.text).toContain(told[alert] ?? alert);

  alertmanager.resolve(labels);
  const ended = await discord.waitForMessage(channel, ({ content }) => content.includes(`resolved: ${alert}`));
  expect(ended.id).toBe(card.id);
  expect(ended.text).not.toContain('firing');
  expect(ended.buttons.map(({ label }) => label)).toEqual(['Runbook']);
});
