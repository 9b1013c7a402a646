// Alerts and silences that others have a part in: further receivers, another Alertmanager of the cluster, amtool, Grafana.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startAlertmanager } from '../../sandbox/alertmanager/alertmanager.ts';
import { homelabAlerts } from '../../sandbox/alertmanager/homelab-alerts.ts';
import type { Discord, SandboxMessage } from '../../sandbox/discord/discord.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post } from './posting.ts';
import { complaints, wronglyAsked } from './seen.ts';

const { nodeDown } = homelabAlerts;

let homelab: Homelab;
let discord: Discord;

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    alertmanager: { moreReceivers: ['second'] },
  });
  ({ discord } = homelab);
});

afterAll(() => homelab.stop());

afterEach(async () => {
  const wrong = wronglyAsked(discord);
  homelab.alertmanager.api.fail(null);
  await homelab.alertmanager.reset();
  discord.reset({ keepCommands: true });
  expect(wrong).toEqual([]);
});

let count = 0;

function newAlert() {
  count += 1;
  const name = `Shared${count}`;
  return { name, labels: { ...nodeDown.labels, alertname: name } };
}

/** Not the lines that ring. */
function cardsOf(name: string): SandboxMessage[] {
  return discord.messages('alerts').filter(({ text }) => text.includes(name) && text.includes(' · ref '));
}

const isAbout = (receiver: string) => (card: SandboxMessage) => card.text.includes(`receiver ${receiver} ·`);

async function fired() {
  const alert = newAlert();
  homelab.alertmanager.fire(alert.labels, nodeDown.annotations);
  const cards = await discord.waitFor(() => cardsOf(alert.name).length === 2 && cardsOf(alert.name), {
    what: 'a card for each receiver',
  });
  return { ...alert, cards };
}

/** As far as the question that shows the matchers. */
async function proposed(name: string, person = 'otto'): Promise<SandboxMessage> {
  const [choice] = await discord.as(person).complete('silence', 'alert', name.toLowerCase());
  const options = { alert: String(choice?.value), for: '1h', reason: 'new fan' };
  return (await discord.as(person).command('silence', options)).final();
}

async function restart(): Promise<void> {
  await homelab.bot.end('SIGTERM');
  homelab.bot.start();
  await homelab.bot.whenReady();
}

test('an alert of two receivers has a card for each: what is silenced from one is silenced on both within seconds, and so is its end', async () => {
  const { name } = await fired();
  await discord.as('otto').press(await proposed(name), 'Silence');
  const isSilenced = ({ text }: SandboxMessage) => text.includes('by otto') && text.includes('firing (silenced)');
  await discord.waitFor(() => cardsOf(name).every(isSilenced), { what: 'both silenced', timeoutMs: 15_000 });
  expect(homelab.alertmanager.silences.all()).toHaveLength(1);

  const list = await (await discord.as('otto').command('alerts', { filter: `alertname=${name}` })).final();
  expect(list.content).toBe('2 silenced or inhibited, 2 critical');
  const looks = () => homelab.alertmanager.api.requests.filter(({ path }) => path.startsWith('/api/v2/alerts?')).length;
  const looked = looks();
  await discord.as('otto').press(list, `Unsilence ${name}`);
  await discord.waitFor(() => cardsOf(name).every(({ text }) => !text.includes('ilenced')), {
    what: 'neither silenced',
    timeoutMs: 15_000,
  });
  // Whoever ended it knows of it, whichever card they pressed on.
  await discord.waitFor(() => looks() > looked, { what: 'the next look at the list' });
  await fired();
  expect(discord.messages('alerts').filter(({ replyTo }) => replyTo !== null)).toEqual([]);
});

test('who ends a silence over several groups is told of the others, and those ring', async () => {
  const [pressed, other] = [await fired(), await fired()];
  homelab.alertmanager.silences.add({ namespace: 'monitoring' }, { createdBy: 'amtool' });
  await restart();
  const all = () => [...cardsOf(pressed.name), ...cardsOf(other.name)];
  await discord.waitFor(() => all().every(({ text }) => text.includes('by amtool')), {
    what: 'all silenced',
    timeoutMs: 20_000,
  });
  const [card] = cardsOf(pressed.name);
  if (card === undefined) throw new Error('no card');
  const answer = await (await discord.as('otto').press(card, 'Unsilence')).final();
  expect(answer.content).toBe(`The silence over ${pressed.name} is ended.`);
  expect(answer.text).toContain(`It was also over critical ${other.name}`);
  const rung = () => discord.messages('alerts').filter(({ replyTo }) => replyTo !== null);
  await discord.waitFor(() => rung().length === 2, { what: 'a ring on each card of the other', timeoutMs: 15_000 });
  for (const { content } of rung()) {
    expect(content).toContain('no longer silenced: ');
    expect(content).toContain(other.name);
  }
}, 60_000);

test('two Alertmanagers of a cluster that tell of the same group make one card, without a double history or a ring', async () => {
  const other = await startAlertmanager({
    webhookUrl: `${homelab.bot.url}/webhooks/alertmanager`,
    token: homelab.webhookToken,
    groupWaitMs: 300,
    groupIntervalMs: 500,
    externalURL: 'http://alertmanager-1.monitoring:9093',
  });
  const { name, labels } = newAlert();
  const startsAt = new Date();
  const second = { ...labels, node: 'desktop-9' };
  const both = [homelab.alertmanager, other];
  for (const one of both) one.fire(labels, nodeDown.annotations, { startsAt });
  for (const one of both) await one.settled();
  for (const one of both) one.fire(second, nodeDown.annotations, { startsAt });
  for (const one of both) await one.settled();
  const card = await discord.waitFor(
    () =>
      cardsOf(name)
        .filter(isAbout('discord-bot'))
        .find(({ text }) => text.includes('2 firing')),
    { what: 'both alerts' },
  );
  expect(card.text).toContain('grew once');
  for (const one of both) for (const alert of [labels, second]) one.resolve(alert);
  for (const one of both) await one.settled();
  const messages = () => discord.messages('alerts').filter(({ text }) => text.includes(name));
  await discord.waitFor(() => messages().every(({ content }) => content.includes('resolved')), { what: 'its end' });
  // One for each receiver, and no ring.
  expect(messages()).toHaveLength(2);
  expect(messages().find(isAbout('discord-bot'))?.text).not.toContain('grew twice');
  await other.stop();
});

test('a silence of amtool is found among ten thousand, with its expressions, and is off the cards when it expires', async () => {
  const { name, cards } = await fired();
  const { silences } = homelab.alertmanager;
  await homelab.bot.end('SIGTERM');
  for (let index = 0; index < 10_000; index += 1) silences.add({ pod: `web-${index}` });
  silences.add([{ name: 'alertname', value: `${name}|Other.*`, isRegex: true, isEqual: true }], {
    // Longer than a start of the bot takes on a busy machine.
    forMs: 20_000,
    createdBy: 'amtool',
    comment: 'moving house',
  });
  homelab.bot.start();
  await discord.waitFor(() => cardsOf(name).every(({ text }) => text.includes('by amtool: moving house')), {
    what: 'the silence',
    timeoutMs: 20_000,
  });
  const list = await (await discord.as('vera').command('alerts', { filter: name })).final();
  expect(list.text).toContain(`alertname=~"${name}|Other.*"`);
  await discord.waitFor(() => cardsOf(name).every(({ text }) => !text.includes('ilenced')), {
    what: 'its end, which nobody told the bot of',
    timeoutMs: 40_000,
  });
  expect(
    cardsOf(name)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(cards.map(({ id }) => id).sort());
}, 90_000);

test('a bot that is killed while Alertmanager takes the silence shows it after its start, and makes no second one', async () => {
  const { name } = await fired();
  const question = await proposed(name);
  homelab.alertmanager.api.fail('acts and hangs');
  await discord.as('otto').press(question, 'Silence');
  await discord.waitFor(() => homelab.alertmanager.silences.all().length === 1, { what: 'the silence' });
  await homelab.bot.end('SIGKILL');
  homelab.alertmanager.api.fail(null);
  homelab.bot.start();
  await discord.waitFor(() => cardsOf(name).every(({ text }) => text.includes('by otto')), {
    what: 'the silence on the cards',
    timeoutMs: 20_000,
  });
  expect(homelab.alertmanager.silences.all()).toHaveLength(1);
}, 60_000);

test('an alert of Grafana is shown and can be acknowledged, and Alertmanager is never asked to silence it', async () => {
  const made = () => homelab.alertmanager.api.requests.filter(({ method }) => method === 'POST').length;
  const before = made();
  const labels = { alertname: 'Memory', grafana_folder: 'homelab', zone: 'eu-1' };
  const answer = await post(homelab, {
    receiver: 'grafana discord',
    status: 'firing',
    orgId: 1,
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { summary: 'Memory is short' },
        startsAt: '2026-11-28T08:00:03.157076+02:00',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'https://grafana.example.org/alerting/grafana/abc/view?orgId=1',
        fingerprint: 'c6eadffa33fcdf37',
        silenceURL: 'https://grafana.example.org/alerting/silence/new?alertmanager=grafana&matcher=alertname%3DMemory',
        dashboardURL: '',
        panelURL: '',
        values: null,
        valueString: "[ var='B' labels={} value=44.2 ]",
      },
    ],
    groupLabels: { alertname: 'Memory', grafana_folder: 'homelab' },
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'https://grafana.example.org/',
    version: '1',
    groupKey: '{}/{__grafana_autogenerated__="true"}:{alertname="Memory", grafana_folder="homelab"}',
    truncatedAlerts: 0,
    title: '[FIRING:1] Memory homelab',
    state: 'alerting',
    message: '**Firing**',
  });
  expect(answer.status).toBe(202);
  const card = await discord.waitForMessage('alerts', ({ text }) => text.includes('Memory is short'));
  expect(card.buttons.map(({ label }) => label)).toEqual(['Acknowledge']);
  expect((await proposed('memory')).content).toContain('comes from Grafana');
  await discord.as('otto').press(card, 'Acknowledge');
  await discord.waitForMessage('alerts', ({ text }) => text.includes('Acknowledged by'));
  expect(made()).toBe(before);
});

test('whoever silences an alert that seems to come from another Alertmanager is told so before', async () => {
  const group = newGroup();
  await post(homelab, group.body([{}], { receiver: 'elsewhere' }));
  await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
  expect((await proposed(group.name)).text).toContain('has no receiver `elsewhere`');
  const { name } = await fired();
  expect((await proposed(name)).text).not.toContain('has no receiver');
});

test('an API that answers garbage or is of another version leaves the cards as they are, and /alerts says what that means', async () => {
  const { name } = await fired();
  homelab.alertmanager.api.fail({ status: 200, body: '<html>Bad gateway</html>' });
  await restart();
  await discord.waitFor(() => homelab.bot.output().includes('Incidents cannot be compared'), { what: 'a try' });
  const list = await (await discord.as('vera').command('alerts', { filter: name })).final();
  expect(list.text).toContain("Alertmanager's list cannot be read now (no JSON): silences may be out of date.");
  const question = await proposed(name);
  expect(question.text).toContain('covers 1 alert that fires now. What else is not known.');
  await discord.as('otto').press(question, 'Silence');
  const said = await discord.waitFor(
    () =>
      discord
        .as('otto')
        .sees('operations')
        .find(({ content }) => content.startsWith('Alertmanager does not take it')),
    { what: 'why not' },
  );
  expect(said.content).toContain('(no JSON): the silence was not made');
  expect(cardsOf(name)).toHaveLength(2);
  expect(complaints(homelab.bot.output()).filter(({ level }) => level === 'error')).toEqual([]);
});
