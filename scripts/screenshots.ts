// Takes the pictures of the page in docs/screenshots, desktop and phone, light and dark, over a sandbox of its own: `node scripts/screenshots.ts`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page as Tab } from 'puppeteer-core';
import { beginWatchdog } from '../sandbox/alertmanager/watchdog.ts';
import { ringingConfig, startHomelab } from '../sandbox/homelab.ts';
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
  { name: 'phone-dark', size: 'phone', scheme: 'dark', lead: (tab) => open(tab, 'alerts') },
  {
    name: 'desktop-light',
    size: 'desktop',
    scheme: 'light',
    lead: async (tab) => {
      await open(tab, 'operations');
      await send(tab, '/deploy sha:broken-4f7c2e9 ');
      await tab.waitForSelector('.walk-over', { timeout: 60_000 });
      await become(tab, 'nils');
      await send(tab, '/deploy sha:broken-4f7c2e9 ');
      await tab.waitForSelector('.advice');
    },
  },
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
  {
    name: 'desktop-dark-away',
    size: 'desktop',
    scheme: 'dark',
    lead: async (tab) => {
      await open(tab, 'alerts');
      await tab.click('[data-key="desktop-3 stop"]');
      await tab.waitForSelector('[data-key="desktop-3 start"]');
      await tab.click('[data-key="discord away"]');
      await tab.waitForSelector('.countdown');
      await tab.click('[data-key="mysqlDown fire"]');
      await tab.waitForSelector('[data-key="mysqlDown resolve"]');
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

async function send(tab: Tab, line: string): Promise<void> {
  await type(tab, line);
  await tab.keyboard.press('Escape');
  await tab.keyboard.press('Enter');
}

const homelab = await startHomelab({
  config: ringingConfig,
  alertmanager: { groupWaitMs: 50, groupIntervalMs: 500 },
});
beginWatchdog(homelab.alertmanager);
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

/** The walk but its last step; then a warning fires and gets worse. No node is down, for a rollout would wait for it. */
async function playBefore(): Promise<void> {
  const { discord, registry } = homelab;
  const origin = page.url.replace(/\/$/, '');
  const act = async (action: string, body: object): Promise<void> => {
    const headers = { 'Content-Type': 'application/json', Origin: origin };
    const { ok } = await fetch(`${origin}/actions/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!ok) throw new Error(`${action} was refused`);
  };
  const alert = (...words: readonly string[]): Promise<unknown> =>
    discord.waitForMessage('alerts', ({ text }) => words.every((word) => text.includes(word)));
  const ask = async (person: string, command: string, options: Record<string, string> = {}): Promise<void> => {
    await (await discord.as(person).command(command, options)).final();
  };
  await act('fire', { alert: 'nodeDown' });
  await alert('NodeDown', 'firing since');
  await act('fire', { alert: 'nodeDown' });
  await alert('2 firing');
  await act('resolve', { alert: 'nodeDown' });
  await alert('2 resolved');
  await ask('vera', 'nodes');
  await ask('nils', 'nodes');
  await ask('otto', 'status');
  await ask('otto', 'deploy', { sha: registry.tags('acme/shop')[3] ?? '', reason: 'new prices' });
  await discord.waitForMessage('operations', ({ content }) => content.includes('done: deploy'), { timeoutMs: 60_000 });
  await act('fire', { alert: 'nodeMemoryLow' });
  await alert('NodeMemoryLow', 'firing since');
  await act('worsen', { alert: 'nodeMemoryLow' });
  await alert('got worse', 'NodeMemoryLow');
}
