// The page's server by itself: who may ask for what, what it refuses, and that nothing of it is left.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Alertmanager, startAlertmanager } from '../../../sandbox/alertmanager/alertmanager.ts';
import { type Discord, startDiscord } from '../../../sandbox/discord/discord.ts';
import { maxClients } from '../../../sandbox/page/clients.ts';
import { type Page, startPage } from '../../../sandbox/page/page.ts';
import { post } from '../../contract/discord-calls.ts';

let discord: Discord;
let alertmanager: Alertmanager;
let page: Page;
let origin: string;

function start(port = 0): Promise<Page> {
  return startPage({ discord, alertmanager, kubernetes: null, git: null, registry: null, advice: null }, { port });
}

beforeAll(async () => {
  discord = await startDiscord();
  alertmanager = await startAlertmanager({ webhookUrl: `${discord.url}/nowhere`, token: 'none' });
  page = await start();
  origin = page.url.replace(/\/$/, '');
});

afterAll(async () => {
  await page.stop();
  await alertmanager.stop();
  await discord.stop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** fetch lets nobody choose Host and Origin. */
async function ask(path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  const asked = request(new URL(path, page.url), {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    agent: false,
  });
  asked.end(body);
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, text, headers: response.headers };
}

function act(action: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(`/actions/${action}`, { 'content-type': 'application/json', origin, ...headers }, text);
}

describe('another website', () => {
  test.each([
    ['whose name was pointed at this machine', { host: 'evil.example:3000' }],
    ['that names itself', { origin: 'https://evil.example' }],
    ['in the same browser', { 'sec-fetch-site': 'cross-site' }],
    ['on another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('%s reads nothing and does nothing', async (_who, headers: Record<string, string>) => {
    expect((await ask('/events?as=otto', headers)).status).toBe(403);
    const done = await act('fire', { alert: 'nodeDown' }, headers);
    expect(done.status).toBe(403);
    expect(alertmanager.firing).toEqual([]);
  });

  test('cannot send a form, nor a request that hides where it comes from', async () => {
    const text = JSON.stringify({ alert: 'nodeDown' });
    expect((await ask('/actions/fire', { origin, 'content-type': 'text/plain' }, text)).status).toBe(403);
    expect((await ask('/actions/fire', { 'content-type': 'application/json' }, text)).status).toBe(403);
    expect(alertmanager.firing).toEqual([]);
  });

  test('cannot put the page into a frame; the page runs and loads what is its own', async () => {
    const { headers } = await ask('/', {});
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('a link to the page opens it', async () => {
    expect((await ask('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status).toBe(200);
  });
});

describe('an action', () => {
  test.each([
    ['explode', {}, 'There is no action "explode"; there are: command'],
    ['toString', {}, 'There is no action "toString"'],
    ['fire', { alert: 'everything' }, 'Invalid option'],
    ['fire', { alert: 'nodeDown', loud: true }, 'Unrecognized key'],
    ['command', { as: 'otto' }, 'channel'],
    ['say', { as: 'otto', channel: 'alerts', content: ' ' }, 'content'],
    ['fire', 'not json', 'The body is not JSON'],
  ])('%s with %j is refused with the reason', async (action, body, reason) => {
    const answered = await act(action, body);
    expect(answered.status).toBe(400);
    expect(JSON.parse(answered.text).error).toContain(reason);
  });

  test.each([
    ['say', { as: 'nobody', channel: 'alerts', content: 'x' }, 'There is nobody called "nobody"'],
    ['say', { as: 'vera', channel: 'audit', content: 'x' }, 'vera sees no channel "audit"'],
    ['command', { as: 'vera', channel: 'alerts', command: 'reboot', options: {} }, 'no command "/reboot"'],
    ['press', { as: 'vera', message: '1', label: 'x' }, 'vera sees no message 1'],
    ['submit', { as: 'vera', opened: '1', values: {} }, 'That form is no longer open'],
    ['resolve', { alert: 'mysqlDown' }, 'It does not fire'],
    ['worsen', { alert: 'podFailed' }, 'Only a warning that fires can get worse'],
    ['node', { node: 'desktop-1', state: 'lost' }, 'your own'],
    ['watchdog', { watchdog: 'end' }, 'your own'],
  ])('%s that Discord or the homelab would not do says why', async (action, body, reason) => {
    const answered = await act(action, body);
    expect(answered.status).toBe(409);
    expect(JSON.parse(answered.text).error).toContain(reason);
  });

  test('too long is cut off', async () => {
    expect((await act('say', { as: 'otto', channel: 'alerts', content: 'x'.repeat(70_000) })).status).toBe(413);
  });
});

test('nothing but the page’s own files is served', async () => {
  for (const path of ['/../page.ts', '/..%2fpage.ts', '/tsconfig.json', '/etc/passwd', '/files/1/0/x']) {
    expect((await ask(path, {})).status).toBeGreaterThanOrEqual(400);
  }
  expect((await ask('/main.ts', {})).headers['content-type']).toContain('text/javascript');
});

test('a file that only one person sees is not given to another', async () => {
  const { body } = await post(
    discord,
    'audit',
    { content: 'x' },
    { files: [{ name: 'audit.html', data: '<script></script>', type: 'text/html' }] },
  );
  const seen = await ask(`/files/${body.id}/0/audit.html?as=ada`, {});
  expect(seen.status).toBe(200);
  // Whoever wrote it, the browser saves it and runs nothing.
  expect(seen.headers['content-type']).toBe('application/octet-stream');
  expect(seen.headers['content-disposition']).toContain('attachment');
  expect((await ask(`/files/${body.id}/0/audit.html?as=vera`, {})).status).toBe(404);
});

describe('the stream', () => {
  async function listen(as: string) {
    const stopping = new AbortController();
    const response = await fetch(`${page.url}events?as=${as}`, { signal: stopping.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      status: response.status,
      /** Waits until these words have come. */
      async hears(words: string): Promise<string> {
        while (!text.includes(words)) text += (await reader?.read())?.value ?? '';
        return text;
      },
      text: () => text,
      leave: () => stopping.abort(),
    };
  }

  test('tells each person what they see, and forgets who has gone', async () => {
    const [vera, ada] = [await listen('vera'), await listen('ada')];
    await Promise.all([vera.hears('event: hello'), ada.hears('event: hello')]);
    expect(page.clients).toBe(2);
    await post(discord, 'audit', { content: 'A secret of the audit channel' });
    await post(discord, 'alerts', { content: 'For all' });
    await ada.hears('A secret of the audit channel');
    expect(await vera.hears('For all')).not.toContain('A secret of the audit channel');
    vera.leave();
    ada.leave();
    await discord.waitFor(() => page.clients === 0, { what: 'no client' });
  });

  test('is for people of the guild, and so many at once', async () => {
    expect((await listen('homelab-bot')).status).toBe(400);
    const many = await Promise.all(Array.from({ length: maxClients }, () => listen('otto')));
    await discord.waitFor(() => page.clients === maxClients, { what: 'all clients' });
    expect((await listen('otto')).status).toBe(503);
    for (const one of many) one.leave();
    await discord.waitFor(() => page.clients === 0, { what: 'no client' });
  });
});

test('where the port is taken the next free one is', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const other = await start(port);
  expect(Number(new URL(other.url).port)).toBeGreaterThan(port);
  await other.stop();
  taken.close();
});
