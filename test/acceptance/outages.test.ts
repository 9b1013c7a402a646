// What happens when a part of the outside is away, refuses, or comes back: nothing is lost, nothing is shown twice, everything recovers.
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Homelab, type HomelabOptions, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { holdLock } from './lock.ts';
import { generous, newGroup, post } from './posting.ts';

const running: Homelab[] = [];

async function start(options: HomelabOptions = {}): Promise<Homelab> {
  const homelab = await startHomelab({ discord: { rateLimits: generous, windows: { identify: 100 } }, ...options });
  running.push(homelab);
  return homelab;
}

afterEach(async () => {
  for (const homelab of running.splice(0)) await homelab.stop();
});

function errorsIn(homelab: Homelab): string[] {
  return homelab.bot
    .output()
    .split('\n')
    .filter((line) => line.includes('"level":"error"') || line.includes('"level":"fatal"'));
}

function titled(homelab: Homelab, channel: string, name: string) {
  return homelab.discord.messages(channel).filter((message) => message.text.includes(name));
}

describe('while Discord is away', () => {
  test('webhooks are taken; afterwards each group is shown once, also one that is over by then', async () => {
    const homelab = await start();
    const { discord } = homelab;
    await discord.faults.away();
    const [over, on] = [newGroup(), newGroup()];
    for (const body of [over.body(), on.body(), over.body([{ status: 'resolved' }])]) {
      expect((await post(homelab, body)).status).toBe(202);
    }
    await discord.faults.back();
    await discord.waitForMessage('alerts', (message) => message.content.includes(`resolved: ${over.name}`), {
      timeoutMs: 40_000,
    });
    await discord.waitForMessage('alerts', (message) => message.content.includes(`firing: ${on.name}`), {
      timeoutMs: 20_000,
    });
    expect(discord.messages('alerts')).toHaveLength(2);
    await homelab.bot.whenReady({ discord: 'ready' }, 40_000);
    expect(errorsIn(homelab)).toEqual([]);
  }, 60_000);

  test('at the start, webhooks are taken all the same', async () => {
    const homelab = await start();
    const { discord, bot } = homelab;
    await bot.end('SIGTERM');
    await discord.faults.away();
    bot.start();
    await bot.whenReady({ discord: 'connecting' });
    const group = newGroup();
    expect((await post(homelab, group.body())).status).toBe(202);
    await discord.faults.back();
    await discord.waitForMessage('alerts', (message) => message.text.includes(group.name), { timeoutMs: 40_000 });
    await bot.whenReady({ discord: 'ready' }, 40_000);
    expect((await (await discord.as('vera').command('nodes')).final()).text).toContain('desktop-1');
  }, 60_000);
});

test('a long time without Discord is told once it is over, with what waited, over a kill in the middle', async () => {
  const homelab = await start();
  const { discord, bot } = homelab;
  await discord.faults.away();
  const group = newGroup();
  expect((await post(homelab, group.body())).status).toBe(202);
  const database = new DatabaseSync(`${homelab.folder}/bot.db`);
  await discord.waitFor(() => database.prepare('select since from outages').get() !== undefined);
  await bot.end('SIGKILL');
  const minutes = 20;
  // As if it had lasted for so long.
  database.prepare('update outages set since = since - ?1, ms = ms + ?1').run(minutes * 60_000);
  database.close();
  bot.start();
  await bot.whenReady({ discord: 'connecting' });
  await discord.faults.back();
  const told = (message: { content: string }) => message.content.includes('was without Discord for');
  const notice = await discord.waitForMessage('alerts', told, { timeoutMs: 40_000 });
  expect(notice.content).toContain(`${minutes}m`);
  expect(notice.text).toContain('1 message waited');
  expect(notice.silent).toBe(true);
  await bot.end('SIGKILL');
  bot.start();
  await bot.whenReady();
  const settled = newGroup();
  await post(homelab, settled.body());
  await discord.waitForMessage('alerts', (message) => message.text.includes(settled.name), { timeoutMs: 15_000 });
  expect(discord.messages('alerts').filter(told)).toHaveLength(1);
  expect(titled(homelab, 'alerts', group.name)).toHaveLength(1);
}, 90_000);

test('a gateway that is lost is taken up again, and a command pressed meanwhile is answered', async () => {
  const { discord } = await start();
  discord.faults.closeGateway(4000);
  await discord.waitFor(() => discord.requests.resumes > 0, { what: 'a RESUME', timeoutMs: 10_000 });
  const reply = await (await discord.as('vera').command('whoami')).final();
  expect(reply.text).toContain('viewer');
});

describe('a token that Discord refuses', () => {
  test('ends nothing: webhooks are taken, and one error is logged', async () => {
    const homelab = await start();
    const { discord } = homelab;
    discord.revokeToken();
    const group = newGroup();
    expect((await post(homelab, group.body())).status).toBe(202);
    const again = newGroup();
    expect((await post(homelab, again.body())).status).toBe(202);
    await homelab.bot.whenReady({ discord: 'connecting' });
    const before = discord.requests.invalid;
    expect(before).toBeLessThan(5);
    expect(errorsIn(homelab)).toHaveLength(1);
    await homelab.bot.end('SIGTERM');
    discord.restoreToken();
    homelab.bot.start();
    await discord.waitForMessage('alerts', (message) => message.text.includes(group.name), { timeoutMs: 15_000 });
    await discord.waitForMessage('alerts', (message) => message.text.includes(again.name), { timeoutMs: 15_000 });
    expect(discord.messages('alerts')).toHaveLength(2);
  });
});

describe('a channel that refuses', () => {
  const routed: HomelabOptions = {
    config: (discord) =>
      `${levelsOf(discord)}alerts: { routes: [{ match: { severity: critical }, channel: "${discord.channelId('alerts-critical')}" }] }\n`,
  };
  const critical = [{ labels: { severity: 'critical' } }];

  test.each([
    ['takes no messages', (homelab: Homelab) => homelab.discord.deny('alerts-critical', 'SendMessages')],
    ['cannot be seen', (homelab: Homelab) => homelab.discord.deny('alerts-critical', 'ViewChannel')],
    ['is gone', (homelab: Homelab) => homelab.discord.deleteChannel('alerts-critical')],
  ])('because it %s: the alert goes to the default channel and names it', async (_what, refuse) => {
    const homelab = await start(routed);
    const id = homelab.discord.channelId('alerts-critical');
    refuse(homelab);
    const group = newGroup();
    await post(homelab, group.body(critical));
    const message = await homelab.discord.waitForMessage('alerts');
    expect(message.text).toContain(id);
    await post(homelab, group.body([{ ...critical[0], status: 'resolved' }]));
    await homelab.discord.waitForMessage('alerts', (one) => one.content.includes('resolved'));
    expect(homelab.discord.messages('alerts')).toHaveLength(1);
    expect(errorsIn(homelab).length).toBeGreaterThan(0);
  });

  test('although it is the default one: the alert is kept, and shown at the next start when it may be', async () => {
    const homelab = await start();
    homelab.discord.deny('alerts', 'SendMessages');
    const group = newGroup();
    await post(homelab, group.body());
    await homelab.discord.waitFor(() => homelab.discord.requests.of({ method: 'POST', status: 403 }).length > 0);
    homelab.discord.allow('alerts', 'SendMessages');
    await homelab.bot.end('SIGTERM');
    homelab.bot.start();
    await homelab.discord.waitForMessage('alerts', (message) => message.text.includes(group.name), {
      timeoutMs: 15_000,
    });
    expect(homelab.discord.messages('alerts')).toHaveLength(1);
  });
});

describe('a database that takes no writes', () => {
  test('gets 503, and the alert is shown all the same; when it works again, the message goes on', async () => {
    const homelab = await start();
    const group = newGroup();
    const lock = holdLock(homelab);
    expect((await post(homelab, group.body())).status).toBe(503);
    await homelab.discord.waitForMessage('alerts', (message) => message.content.includes(`firing: ${group.name}`));
    expect((await homelab.bot.ready())?.store).toBe('failed');
    expect((await post(homelab, group.body([{}, { labels: { pod: 'b' } }]))).status).toBe(503);
    await homelab.discord.waitForMessage('alerts', (message) => message.text.includes('2 firing'));
    const looks = () => homelab.discord.requests.of({ method: 'GET', path: /\/messages$/ }).length;
    const before = looks();
    lock.exec('ROLLBACK');
    lock.close();
    const ended = group.body([{ status: 'resolved' }, { status: 'resolved', labels: { pod: 'b' } }]);
    expect((await post(homelab, ended)).status).toBe(202);
    await homelab.discord.waitForMessage('alerts', (message) => message.content.includes('resolved'));
    expect(titled(homelab, 'alerts', group.name)).toHaveLength(1);
    // What this process has posted itself it need not look for.
    expect(looks()).toBe(before);
    expect((await homelab.bot.ready())?.store).toBe('open');
  });

  test('and a process that ends meanwhile: the next one finds its message', async () => {
    const homelab = await start();
    const group = newGroup();
    const lock = holdLock(homelab);
    expect((await post(homelab, group.body())).status).toBe(503);
    await homelab.discord.waitForMessage('alerts', (message) => message.text.includes(group.name));
    await homelab.bot.end('SIGKILL');
    lock.exec('ROLLBACK');
    lock.close();
    homelab.bot.start();
    await homelab.bot.whenReady();
    expect((await post(homelab, group.body([{}, { labels: { pod: 'b' } }]))).status).toBe(202);
    await homelab.discord.waitForMessage('alerts', (message) => message.text.includes('2 firing'), {
      timeoutMs: 15_000,
    });
    expect(titled(homelab, 'alerts', group.name)).toHaveLength(1);
  });

  test('is made up for without another notification once it works again', async () => {
    const homelab = await start();
    const group = newGroup();
    const lock = holdLock(homelab);
    expect((await post(homelab, group.body())).status).toBe(503);
    await homelab.discord.waitForMessage('alerts', (message) => message.text.includes(group.name));
    lock.exec('ROLLBACK');
    const works = async () => (await homelab.bot.ready())?.store === 'open';
    const deadline = Date.now() + 15_000;
    while (!(await works()) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lock.prepare('select count(*) as n from incidents').get()).toEqual({ n: 1 });
    lock.close();
    expect(await works()).toBe(true);
  });

  test('and an incident that ended meanwhile: its end is written down when it is told again', async () => {
    const homelab = await start();
    const group = newGroup();
    expect((await post(homelab, group.body())).status).toBe(202);
    await homelab.discord.waitForMessage('alerts', (message) => message.content.includes(`firing: ${group.name}`));
    const lock = holdLock(homelab);
    const ended = group.body([{ status: 'resolved' }]);
    expect((await post(homelab, ended)).status).toBe(503);
    await homelab.discord.waitForMessage('alerts', (message) => message.content.includes('resolved'));
    lock.exec('ROLLBACK');
    expect((await post(homelab, ended)).status).toBe(202);
    const closed = lock
      .prepare('select closed_at from incidents')
      .all()
      .map((row) => row['closed_at']);
    expect(closed).toEqual([expect.any(Number)]);
    lock.close();
  });

  test('and a message that somebody deletes meanwhile is made anew', async () => {
    const homelab = await start();
    const { discord } = homelab;
    const group = newGroup();
    const lock = holdLock(homelab);
    expect((await post(homelab, group.body())).status).toBe(503);
    discord.deleteMessage(await discord.waitForMessage('alerts', (message) => message.text.includes(group.name)));
    expect((await post(homelab, group.body([{}, { labels: { pod: 'b' } }]))).status).toBe(503);
    await discord.waitForMessage('alerts', (message) => message.text.includes('2 firing'));
    expect(titled(homelab, 'alerts', group.name)).toHaveLength(1);
    lock.exec('ROLLBACK');
    lock.close();
  });

  test('and whoever acknowledges as soon as it works again has acknowledged what came meanwhile, too', async () => {
    const homelab = await start();
    const { discord } = homelab;
    const group = newGroup();
    expect((await post(homelab, group.body())).status).toBe(202);
    await discord.waitForMessage('alerts', (message) => message.content.includes(`firing: ${group.name}`));
    const lock = holdLock(homelab);
    expect((await post(homelab, group.body([{}, { labels: { pod: 'b' } }]))).status).toBe(503);
    const card = await discord.waitForMessage('alerts', (message) => message.text.includes('2 firing'));
    lock.exec('ROLLBACK');
    await discord.as('otto').press(card, 'Acknowledge');
    const alertsStored = () =>
      lock.prepare("select json_array_length(state -> 'alerts') as n from incidents").get()?.['n'];
    await discord.waitFor(() => alertsStored() === 2, { what: 'both alerts in the database', timeoutMs: 15_000 });
    lock.close();
    const { text } = await discord.waitForMessage('alerts', (message) => message.text.includes('cknowledged by'));
    expect(text).toContain('2 firing');
  });

  test('that stops in the middle of a storm keeps nothing from being shown', async () => {
    const homelab = await start({ discord: {} });
    const groups = Array.from({ length: 12 }, newGroup);
    for (const group of groups.slice(0, 8)) expect((await post(homelab, group.body())).status).toBe(202);
    const lock = holdLock(homelab);
    for (const group of groups.slice(8)) expect((await post(homelab, group.body())).status).toBe(503);
    const { discord } = homelab;
    await discord.waitFor(() => discord.messages('alerts').length >= 12, { timeoutMs: 25_000, what: 'all 12 groups' });
    lock.exec('ROLLBACK');
    lock.close();
    const last = newGroup();
    await post(homelab, last.body());
    await discord.waitForMessage('alerts', (message) => message.text.includes(last.name), { timeoutMs: 15_000 });
    const named = (name: string) =>
      discord.messages('alerts').filter((one) => new RegExp(`\\b${name}\\b`).test(one.text));
    for (const group of groups) expect(named(group.name)).toHaveLength(1);
  }, 60_000);

  test('reads are answered all the same', async () => {
    const homelab = await start();
    const lock = holdLock(homelab);
    const reply = await (await homelab.discord.as('vera').command('nodes')).final();
    expect(reply.text).toContain('desktop-1');
    lock.exec('ROLLBACK');
    lock.close();
  });
});

describe('while Kubernetes is away', () => {
  test("a command says so within Discord's patience, and works again by itself", async () => {
    const { discord, kubernetes } = await start();
    await kubernetes.away();
    const reply = await (await discord.as('vera').command('nodes')).final({ timeoutMs: 4000 });
    expect(reply.text).toMatch(/cluster cannot be reached/i);
    await kubernetes.back();
    expect((await (await discord.as('vera').command('nodes')).final()).text).toContain('desktop-1');
  });
});

test("a bot that is started anew keeps to Discord's limits, which it has used up in the life before", async () => {
  const homelab = await start({ discord: { windows: { identify: 100 } } });
  const { discord, bot } = homelab;
  const before = Array.from({ length: 5 }, newGroup);
  for (const group of before) expect((await post(homelab, group.body())).status).toBe(202);
  await discord.waitFor(() => discord.messages('alerts').length === 5, { timeoutMs: 15_000, what: '5 messages' });
  await bot.end('SIGKILL');
  bot.start();
  await bot.whenReady();
  const after = newGroup();
  expect((await post(homelab, after.body())).status).toBe(202);
  await discord.waitForMessage('alerts', (message) => message.text.includes(after.name), { timeoutMs: 15_000 });
  expect(discord.requests.rateLimited).toBe(0);
});

test('so does one whose database could not tell it what the life before had sent', async () => {
  const homelab = await start({ discord: { windows: { identify: 100 } } });
  const { discord, bot } = homelab;
  const lock = holdLock(homelab);
  const before = Array.from({ length: 6 }, newGroup);
  const answers = await Promise.all(before.map((group) => post(homelab, group.body())));
  expect(answers.map(({ status }) => status)).toEqual(before.map(() => 503));
  const shown = () => discord.messages('alerts').length;
  await discord.waitFor(() => shown() >= 3, { timeoutMs: 15_000, what: '3 messages' });
  await expect(discord.waitFor(() => shown() > 3, { timeoutMs: 1000 })).rejects.toThrow();
  await bot.end('SIGKILL');
  lock.exec('ROLLBACK');
  lock.close();
  bot.start();
  await bot.whenReady();
  const all = [newGroup(), ...before];
  for (const group of all) expect((await post(homelab, group.body())).status).toBe(202);
  await discord.waitFor(() => all.every(({ name }) => titled(homelab, 'alerts', name).length === 1), {
    timeoutMs: 20_000,
    what: 'each group once',
  });
  expect(discord.requests.rateLimited).toBe(0);
}, 60_000);
