// Takes the pictures of the page in docs/screenshots, desktop and phone, light and dark, over a sandbox of its own: `node scripts/screenshots.ts`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page as Tab } from 'puppeteer-core';
import { startHomelab } from '../sandbox/homelab.ts';
import { startPage } from '../sandbox/page/page.ts';
import { startChromium } from './browser/chromium.ts';
import { root } from './check/run-tool.ts';

const folder = join(root, 'docs', 'screenshots');

const sizes = {
  desktop: { width: 1360, height: 850 },
  phone: { width: 390, height: 780, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
} as const;

interface Shot {
  readonly name: string;
  readonly size: keyof typeof sizes;
  readonly scheme: 'light' | 'dark';
  /** Leads the tab to what is shown, from the newly opened page. */
  readonly lead: (tab: Tab) => Promise<void>;
}

const shots: readonly Shot[] = [
  { name: 'desktop-dark', size: 'desktop', scheme: 'dark', lead: (tab) => open(tab, 'operations') },
  {
    name: 'desktop-light',
    size: 'desktop',
    scheme: 'light',
    lead: async (tab) => {
      await become(tab, 'nils');
      await open(tab, 'operations');
      await type(tab, '/deploy sha:');
      await tab.keyboard.press('Escape');
      await tab.keyboard.type('b81e64f');
      await tab.keyboard.press('Enter');
      await tab.waitForSelector('.advice');
    },
  },
  { name: 'desktop-dark-alerts', size: 'desktop', scheme: 'dark', lead: (tab) => open(tab, 'alerts') },
  { name: 'phone-dark', size: 'phone', scheme: 'dark', lead: (tab) => open(tab, 'alerts') },
  {
    name: 'phone-light',
    size: 'phone',
    scheme: 'light',
    lead: async (tab) => {
      await open(tab, 'operations');
      await type(tab, '/');
      await tab.waitForSelector('#suggestion-0');
    },
  },
  {
    name: 'phone-light-homelab',
    size: 'phone',
    scheme: 'light',
    lead: async (tab) => {
      await tab.click('.tabs [data-to="homelab"]');
    },
  },
];

async function open(tab: Tab, channel: string): Promise<void> {
  const list = await tab.$('.tabs [data-to="channels"]');
  if ((await list?.isVisible()) === true) await list?.click();
  await tab.click(`[data-channel="${channel}"]`);
  await tab.waitForSelector('.message');
}

async function become(tab: Tab, person: string): Promise<void> {
  await tab.click(`[data-person="${person}"]`);
  await tab.waitForSelector(`[data-person="${person}"][aria-checked="true"]`);
}

async function type(tab: Tab, line: string): Promise<void> {
  await tab.focus('#composer-input');
  await tab.keyboard.type(line);
}

const homelab = await startHomelab({ alertmanager: { groupWaitMs: 50, groupIntervalMs: 500 } });
const page = await startPage(homelab, { port: 0 });
const browser = await startChromium();
try {
  await mkdir(folder, { recursive: true });
  await playBefore();
  for (const { name, size, scheme, lead } of shots) {
    const tab = await (await browser.createBrowserContext()).newPage();
    await tab.setViewport(sizes[size]);
    await tab.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    await tab.goto(page.url);
    await tab.waitForSelector('.person');
    await lead(tab);
    await tab.screenshot({ path: join(folder, `${name}.png`), optimizeForSpeed: false });
    await tab.close();
    process.stdout.write(`docs/screenshots/${name}.png\n`);
  }
} finally {
  await browser.close();
  await page.stop();
  await homelab.stop();
}

/** An alert that has grown, a deploy that is done, one that undid itself, and answers that only one person sees. */
async function playBefore(): Promise<void> {
  const { discord } = homelab;
  const say = (action: string, body: object): Promise<Response> =>
    fetch(new URL(`/actions/${action}`, page.url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: page.url.replace(/\/$/, '') },
      body: JSON.stringify(body),
    });
  await say('fire', { alert: 'nodeDown' });
  await discord.waitForMessage('alerts', (message) => message.text.includes('firing'));
  await say('fire', { alert: 'nodeDown' });
  await say('node', { node: 'desktop-3', state: 'lost' });
  await discord.waitForMessage('alerts', (message) => message.text.includes('2 firing'));
  const otto = discord.as('otto');
  await (
    await otto.command('deploy', { sha: homelab.registry.tags('acme/shop')[3] ?? '', reason: 'new prices' })
  ).final();
  await discord.waitForMessage('operations', (message) => message.content.includes('done: deploy'), {
    timeoutMs: 60_000,
  });
  await (await otto.command('deploy', { sha: 'broken-4f7c2e9' })).final();
  await discord.waitForMessage('operations', (message) => message.content.includes('failed and undone'), {
    timeoutMs: 60_000,
  });
}
