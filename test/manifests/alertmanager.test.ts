// Alertmanager's configuration beside the bot that it sends to: its address, its token, its dead man's switch. Who gets what is in test/e2e.
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigFile } from '../../src/config/file-schema.ts';
import { everything, textOf } from './everything.ts';
import { alertmanager, alertmanagerConfigs } from './monitoring.ts';

const {
  config,
  alertmanagerSpec: { secrets },
} = alertmanager();
const bot = config.receivers.find(({ name }) => name === config.route.receiver)?.webhook_configs?.[0];

test('sends to the Service of the bot, at the port and path that it serves', async () => {
  const { hostname, port, pathname } = new URL(bot?.url ?? '');
  const [name, namespace] = hostname.split('.');
  const service = (await everything()).find(
    ({ object: { kind, metadata } }) =>
      kind === 'Service' && metadata.name === name && metadata.namespace === namespace,
  );
  const { spec } = z
    .object({ spec: z.object({ ports: z.array(z.object({ port: z.number() })) }) })
    .parse(service?.object);
  expect(spec.ports.map((one) => `${one.port}`)).toEqual([port]);
  expect(pathname).toBe('/webhooks/alertmanager');
});

test('sends every alert of a group, and its end', () => {
  expect(bot).toMatchObject({ max_alerts: 0, send_resolved: true });
});

test('reads the token from a file of the Secret that is mounted', () => {
  const file = bot?.http_config.authorization.credentials_file;
  expect(file).toBe('/etc/alertmanager/secrets/alertmanager-bot-token/token');
  expect(secrets).toEqual(['alertmanager-bot-token']);
});

test('reaches Discord past the bot by a URL that the README puts into a Secret', () => {
  const urls = alertmanagerConfigs().map(({ spec }) => spec.receivers[0].discordConfigs[0].apiURL);
  expect(urls.length).toBeGreaterThan(0);
  for (const { name, key } of urls) {
    expect(textOf('monitoring/README.md')).toContain(`create secret generic ${name} --from-file=${key}=`);
  }
});

test('has its configuration whole, since the operator refuses all of it for a field that it does not know', () => {
  expect(JSON.stringify(config)).not.toContain('webhook_url_file');
});

test('repeats the Watchdog well within the time after which the bot misses it', () => {
  const route = config.route.routes.find(({ matchers }) => `${matchers}` === 'alertname = "Watchdog"');
  expect(route).toMatchObject({
    receiver: 'discord-bot',
    group_wait: '0s',
    group_interval: '1m',
    repeat_interval: '2m',
  });
  // It is sent at the first look after the repetition is due, so every third minute; two in a row may be lost.
  const { after } = ConfigFile.parse({ alerts: { watchdog: {} } }).alerts?.watchdog ?? {};
  expect(after).toBeGreaterThan(3 * 3 * 60_000);
});
