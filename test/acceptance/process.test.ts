// How the process begins and ends: arguments, a wrong configuration, what is taken already, signals, its log.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { homelabGuild } from '../../sandbox/discord/discord.ts';
import { type Homelab, startHomelab } from '../../sandbox/homelab.ts';
import { generous, newGroup, post } from './posting.ts';
import { newFolder, runBot } from './running.ts';
import { complaints, logLines, wronglyAsked } from './seen.ts';

const discordOptions = { rateLimits: generous, windows: { identify: 100 } };

/** A right configuration of which nothing is contacted before the database and the port are there. */
const right = {
  DISCORD_TOKEN: 'a-token-that-opens-nothing',
  DISCORD_GUILD_ID: '112233445566778800',
  DISCORD_ALERT_CHANNEL_ID: '112233445566778810',
  DISCORD_API_URL: 'http://127.0.0.1:9/api',
  ALERTMANAGER_WEBHOOK_TOKEN: 'a-webhook-token-that-opens-nothing',
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '0',
};

describe('arguments', () => {
  test('schema prints the JSON Schema of the configuration file, and needs no configuration', async () => {
    const { code, stdout, stderr } = await runBot({ args: ['schema'], cwd: await newFolder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Object.keys(JSON.parse(stdout).properties)).toEqual(expect.arrayContaining(['access', 'alerts']));
  });

  test.each([
    [['frobnicate'], 'frobnicate'],
    [['schema', 'twice'], 'twice'],
  ])('%j is answered with what is not understood, and the usage', async (args, unknown) => {
    const { code, stdout, stderr } = await runBot({ args, cwd: await newFolder() });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(`"${unknown}" is not understood.\n\nUsage: homelab-bot`);
  });

  test.each(['--help', '-h', 'doctor --help'])('%s prints the usage, and nothing is wrong', async (asked) => {
    const { code, stdout, stderr } = await runBot({ args: asked.split(' '), cwd: await newFolder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: homelab-bot/);
  });
});

describe('a wrong configuration', () => {
  test('that is empty: everything that is missing is named at once', async () => {
    const { code, stdout, stderr } = await runBot({ cwd: await newFolder() });
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toContain('The configuration has 4 problems; nothing was started.');
    const missing = ['DISCORD_TOKEN', 'DISCORD_GUILD_ID', 'DISCORD_ALERT_CHANNEL_ID', 'ALERTMANAGER_WEBHOOK_TOKEN'];
    for (const name of missing)
      expect(stderr).toMatch(new RegExp(`^ {2}${name} is not set.*\\n {4}for example: ${name}=`, 'm'));
  });

  test('in variables, the file, the kubeconfig and secret files: all of it is named, and no secret', async () => {
    const cwd = await newFolder();
    await writeFile(
      `${cwd}/config.yaml`,
      'acess: {}\nalerts: { routes: [{ match: {}, channel: 112233445566778811 }] }\n',
    );
    await writeFile(`${cwd}/kubeconfig`, 'users: [{ name: a, user: { token: kube-secret-9 } }]\n');
    const env = {
      ...right,
      DISCORD_TOKEN: 'Bot secret-one-9',
      ALERTMANAGER_WEBHOOK_TOKEN: 'secret-two-9',
      ALERTMANAGER_WEBHOOK_TOKEN_FILE: `${cwd}/token`,
      DISCORD_GUILD_ID: 'homelab',
      DATABASE_URL: 'postgres://bot:secret-three-9@db/bot',
      HTTP_PORT: '80808',
      LOG_LEVEL: 'chatty',
      KUBECONFIG: `${cwd}/kubeconfig`,
    };
    const { code, stdout, stderr } = await runBot({ env, cwd });
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    const named = ['DISCORD_TOKEN', 'ALERTMANAGER_WEBHOOK_TOKEN_FILE', 'DISCORD_GUILD_ID', 'DATABASE_URL', 'HTTP_PORT'];
    for (const part of [...named, 'LOG_LEVEL', 'KUBECONFIG', 'did you mean access?', 'put it in quotes'])
      expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/secret-\w+-9|kube-secret/);
  });
});

describe('what is taken already', () => {
  let homelab: Homelab;

  beforeAll(async () => {
    homelab = await startHomelab({ discord: discordOptions });
  });

  afterAll(() => homelab.stop());

  function oneSentence(stderr: string, about: RegExp): void {
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(about);
  }

  test('a database that another process has locked', async () => {
    const cwd = await newFolder();
    const other = new DatabaseSync(`${cwd}/bot.db`);
    other.exec('create table t (x); BEGIN EXCLUSIVE');
    try {
      const { code, stderr } = await runBot({ env: { ...right, DATABASE_URL: 'file:bot.db' }, cwd });
      expect(code).toBe(78);
      oneSentence(stderr, /^DATABASE_URL: .*bot\.db is locked by another process/);
    } finally {
      other.close();
    }
  });

  test('the database of a bot that runs: the second ends, the first goes on', async () => {
    const { code, stderr } = await runBot({ env: { ...homelab.bot.env, HTTP_PORT: '0' }, cwd: homelab.folder });
    expect(code).toBe(78);
    oneSentence(stderr, /^DATABASE_URL: .* is locked by another process; end the other homelab-bot/);
    const group = newGroup();
    expect((await post(homelab, group.body())).status).toBe(202);
    await homelab.discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
    expect(homelab.discord.connected).toBe(1);
  });

  test('a database that is no file', async () => {
    const cwd = await newFolder();
    const { code, stderr } = await runBot({ env: { ...right, DATABASE_URL: `file:${cwd}` }, cwd });
    expect(code).toBe(78);
    oneSentence(stderr, /^DATABASE_URL: .* cannot be opened/);
  });

  test('the port', async () => {
    const { port } = new URL(homelab.bot.url);
    const { code, stderr } = await runBot({ env: { ...right, HTTP_PORT: port }, cwd: await newFolder() });
    expect(code).toBe(78);
    oneSentence(stderr, new RegExp(`^HTTP_PORT: ${port} is taken by another process`));
  });
});

describe('a database that is corrupt at the start', () => {
  let homelab: Homelab;

  beforeAll(async () => {
    homelab = await startHomelab({ discord: discordOptions });
  });

  afterAll(() => homelab.stop());

  test.each([
    ['from its first byte', () => Buffer.from('this was a database once\n'.repeat(500))],
    ['in the middle', (file: Buffer) => Buffer.from(file).fill(0xaa, 4096, file.length - 4096)],
    ['in that its end is missing', (file: Buffer) => file.subarray(0, file.length / 2)],
  ])(
    '%s is set aside, the channel is told, and alerts go on',
    async (_what, damage) => {
      const { discord, bot, folder } = homelab;
      const group = newGroup();
      await post(homelab, group.body());
      await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
      const notices = () =>
        discord.messages('alerts').filter(({ text }) => text.includes('was corrupt: it was set aside'));
      const before = notices().length;
      await bot.end('SIGTERM');
      await writeFile(`${folder}/bot.db`, damage(await readFile(`${folder}/bot.db`)));
      const aside = (await readdir(folder)).filter((name) => name.startsWith('bot.db.corrupt-')).length;
      bot.start();
      await bot.whenReady();
      await discord.waitFor(() => notices().length === before + 1);
      expect((await readdir(folder)).filter((name) => name.startsWith('bot.db.corrupt-'))).toHaveLength(aside + 1);
      expect((await post(homelab, group.body([{}, { labels: { pod: 'b' } }]))).status).toBe(202);
      const shown = () => discord.messages('alerts').filter(({ text }) => text.includes(group.name));
      await discord.waitFor(() => shown()[0]?.text.includes('2 firing'), { timeoutMs: 15_000 });
      expect(shown()).toHaveLength(1);
      expect((await (await discord.as('vera').command('nodes')).final()).text).toContain('desktop-1');
      expect(wronglyAsked(discord)).toEqual([]);
    },
    40_000,
  );
});

describe('a signal', () => {
  let homelab: Homelab;
  let onOutput: (text: string) => void = () => {};

  beforeAll(async () => {
    homelab = await startHomelab({ discord: discordOptions, onOutput: (text) => onOutput(text) });
  });

  afterAll(() => homelab.stop());

  afterEach(async () => {
    await homelab.discord.faults.clear();
    homelab.kubernetes.faults.clear();
    expect(wronglyAsked(homelab.discord)).toEqual([]);
  });

  /** Webhooks, one after the other, until nobody answers any more. */
  function postOnAndOn(): { readonly taken: string[]; readonly others: number[]; readonly over: Promise<void> } {
    const taken: string[] = [];
    const others: number[] = [];
    const run = async (): Promise<void> => {
      for (;;) {
        const group = newGroup();
        const answer = await post(homelab, group.body()).catch(() => null);
        if (answer === null) return;
        if (answer.status === 202) taken.push(group.name);
        else others.push(answer.status);
      }
    };
    return { taken, others, over: run() };
  }

  /** A webhook whose body is half sent; `finish` sends the rest. */
  function beginWebhook(body: string): { finish(): Promise<number | undefined> } {
    const headers = {
      authorization: `Bearer ${homelab.webhookToken}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sending = request(`${homelab.bot.url}/webhooks/alertmanager`, { method: 'POST', headers });
    const status = new Promise<number | undefined>((resolve, reject) => {
      sending.once('error', reject).once('response', (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
    });
    status.catch(() => {});
    sending.write(body.slice(0, 100));
    return {
      finish() {
        sending.end(body.slice(100));
        return status;
      },
    };
  }

  test.each([
    ['SIGTERM', { delayMs: 300 }],
    ['SIGINT', 'hang after acting'],
  ] as const)(
    '%s ends it with 0 within 10 s, with webhooks, a command and a delivery in flight, and nothing is lost',
    async (signal, fault) => {
      const { discord, kubernetes, bot } = homelab;
      kubernetes.faults.next({ path: /^\/api/, times: 50 }, 'hang');
      const command = await discord.as('vera').command('nodes');
      const half = newGroup();
      const webhook = beginWebhook(JSON.stringify(half.body()));
      discord.faults.next({ method: 'POST', path: /^\/channels\/\d+\/messages$/ }, fault);
      const first = newGroup();
      expect((await post(homelab, first.body())).status).toBe(202);
      const posting = [postOnAndOn(), postOnAndOn()];
      await discord.waitFor(() => posting.every(({ taken }) => taken.length > 2), { what: 'some webhooks taken' });
      const started = Date.now();
      const ending = bot.end(signal);
      await discord.waitFor(() => logLines(bot.output()).some((line) => line['signal'] === signal));
      const halfStatus = await webhook.finish();
      expect(await ending).toEqual({ code: 0, signal: null });
      // The contract's limit, not a measurement.
      expect(Date.now() - started).toBeLessThan(10_000);
      expect((await command.final()).text).toContain('The bot is restarting.');
      expect(halfStatus).toBe(202);
      await Promise.all(posting.map(({ over }) => over));
      expect(posting.flatMap(({ others }) => others).filter((status) => status !== 503)).toEqual([]);
      expect(complaints(bot.output()).filter(({ level }) => level !== 'warn')).toEqual([]);

      bot.start();
      await bot.whenReady();
      const names = [first.name, half.name, ...posting.flatMap(({ taken }) => taken)];
      const shown = (name: string) =>
        discord.messages('alerts').filter(({ content }) => content.includes(`: ${name}:`));
      await discord.waitFor(() => names.every((name) => shown(name).length > 0), {
        timeoutMs: 20_000,
        what: 'all taken',
      });
      const last = newGroup();
      await post(homelab, last.body());
      await discord.waitFor(() => shown(last.name).length > 0, { timeoutMs: 15_000 });
      expect(names.filter((name) => shown(name).length !== 1)).toEqual([]);
    },
    60_000,
  );

  test('in the moment in which webhooks are taken at first ends it just so', async () => {
    const { bot } = homelab;
    await bot.end('SIGTERM');
    const taken = new Promise<void>((resolve) => {
      onOutput = (text) => {
        if (text.includes('Webhooks are taken')) resolve();
      };
    });
    bot.start();
    await taken;
    expect(await bot.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(logLines(bot.output()).at(-1)?.msg).toBe('Stopped');
  });
});

describe('the log', () => {
  test('of a healthy run asks for nobody and holds no secret, also where it says everything', async () => {
    const homelab = await startHomelab({ discord: discordOptions, env: { LOG_LEVEL: 'trace' } });
    try {
      const { discord, bot, folder } = homelab;
      const group = newGroup();
      await post(homelab, group.body());
      await post(homelab, group.body([{ status: 'resolved' }]));
      await discord.waitForMessage('alerts', ({ content }) => content.includes('resolved'));
      const vera = discord.as('vera');
      await vera.complete('nodes', 'node', 'desk');
      await vera.press(await (await vera.command('nodes')).final(), 'Share');
      await discord.waitForMessage('operations');
      await (await discord.as('nils').command('nodes')).final();
      expect(await bot.end('SIGTERM')).toEqual({ code: 0, signal: null });

      const output = bot.output();
      expect(complaints(output)).toEqual([]);
      expect(logLines(output).map(({ msg }) => msg)).toEqual(expect.arrayContaining(['Webhooks are taken', 'Stopped']));
      const kubeconfig = await readFile(`${folder}/kubeconfig`, 'utf8');
      const interactions = discord.requests.all.map(({ path }) =>
        /^\/(?:interactions|webhooks)\/\d+\/([^/]+)/.exec(path),
      );
      const secrets = [
        discord.token,
        homelab.webhookToken,
        /token: "?([^"\n]+)/.exec(kubeconfig)?.[1] ?? '',
        ...interactions.flatMap((match) => match?.[1] ?? []),
      ];
      expect(secrets.length).toBeGreaterThan(5);
      expect(secrets).not.toContain('');
      expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
    } finally {
      await homelab.stop();
    }
  });

  test('holds nothing of a healthy run from LOG_LEVEL=warn on; secrets may be in files', async () => {
    const folder = await newFolder();
    const token = 'a-webhook-token-from-a-file-of-its-own';
    await writeFile(`${folder}/discord`, `${homelabGuild.application.token}\n`);
    await writeFile(`${folder}/alertmanager`, `${token}\n`);
    const homelab = await startHomelab({
      discord: { ...discordOptions, seed: homelabGuild },
      env: {
        DISCORD_TOKEN: '',
        DISCORD_TOKEN_FILE: `${folder}/discord`,
        ALERTMANAGER_WEBHOOK_TOKEN: '',
        ALERTMANAGER_WEBHOOK_TOKEN_FILE: `${folder}/alertmanager`,
        LOG_LEVEL: 'warn',
      },
    });
    try {
      const { discord, bot } = homelab;
      const group = newGroup();
      expect((await post({ bot, webhookToken: token }, group.body())).status).toBe(202);
      await discord.waitForMessage('alerts', ({ text }) => text.includes(group.name));
      expect((await (await discord.as('vera').command('nodes')).final()).text).toContain('desktop-1');
      expect(await bot.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(bot.output()).toBe('');
    } finally {
      await homelab.stop();
    }
  });
});
