// A tab of a real Chromium on the page, and what tests look at in it, as a person or their screen reader finds it.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, ElementHandle, Page as Tab } from 'puppeteer-core';

export const desktop = { width: 1360, height: 850 };
export const phone = { width: 375, height: 740, isMobile: true, hasTouch: true };

/** Long enough for a rollout on a busy machine. */
export const patience = 20_000;

export interface Screen {
  readonly tab: Tab;
  /** Scripts that failed, and what the page's own policy forbade. */
  readonly faults: string[];
  /** Waits for the element of that role and name. */
  find(role: string, name: string): Promise<ElementHandle>;
  click(role: string, name: string): Promise<void>;
  /** Whether there is one now. */
  has(role: string, name: string): Promise<boolean>;
  /** Waits until the text that can be seen within the selector's element has these words, and answers it. */
  reads(selector: string, ...words: readonly string[]): Promise<string>;
  /** Name of what has the focus, with its role: `button Share`. */
  focused(): Promise<string>;
  /** Becomes a person by the switch. */
  become(displayName: string): Promise<void>;
  type(text: string): Promise<void>;
  press(...keys: readonly Parameters<Tab['keyboard']['press']>[0][]): Promise<void>;
  /** Rules of axe-core that are broken, each with where. */
  axe(): Promise<string[]>;
  close(): Promise<void>;
}

export interface ScreenOptions {
  readonly size?: typeof desktop | typeof phone;
  readonly scheme?: 'light' | 'dark';
}

/** In a context of its own, so that nothing is remembered from another one. */
export async function openPage(browser: Browser, url: string, options: ScreenOptions = {}): Promise<Screen> {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  tab.setDefaultTimeout(patience);
  const faults: string[] = [];
  tab.on('pageerror', (error) => faults.push(String(error)));
  tab.on('console', (line) => {
    if (line.type() === 'error') faults.push(line.text());
  });
  await tab.setViewport(options.size ?? desktop);
  await tab.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: options.scheme ?? 'dark' },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
  await tab.goto(url);
  await tab.waitForSelector('.person[aria-checked="true"]');

  const selectorOf = (role: string, name: string): string => `::-p-aria([name="${name}"][role="${role}"])`;
  /** An expression for what can be read there, on one line. */
  const wordsIn = (selector: string): string =>
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.innerText).join(' ').replace(/\\s+/g, ' ')`;

  const screen: Screen = {
    tab,
    faults,
    async find(role, name) {
      const found = await tab.waitForSelector(selectorOf(role, name), { visible: true });
      if (found === null) throw new Error(`There is no ${role} "${name}"`);
      return found;
    },
    async click(role, name) {
      const found = await screen.find(role, name);
      await found.click();
    },
    has: async (role, name) => (await tab.$(selectorOf(role, name))) !== null,
    async reads(selector, ...words) {
      const told = (await tab
        .waitForFunction(`(${JSON.stringify(words)}).every((word) => (${wordsIn(selector)}).includes(word))`, {
          polling: 50,
        })
        .catch(() => null)) as unknown;
      const shown = (await tab.evaluate(wordsIn(selector))) as string;
      if (told === null) throw new Error(`${selector} does not say ${words.join(', ')}; it says: ${shown}`);
      return shown;
    },
    focused: () =>
      tab.evaluate(
        `(() => { const one = document.activeElement; return [one.getAttribute('role') ?? one.tagName.toLowerCase(), one.getAttribute('aria-label') ?? one.innerText].join(' '); })()`,
      ) as Promise<string>,
    async become(displayName) {
      const who = displayName.toLowerCase();
      await tab.evaluate(`document.querySelector('[data-person="${who}"]').click()`);
      await tab.waitForSelector(`[data-person="${who}"][aria-checked="true"]`);
    },
    type: (typed) => tab.keyboard.type(typed),
    async press(...keys) {
      for (const key of keys) await tab.keyboard.press(key);
    },
    async axe() {
      const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
      await tab.evaluate(source);
      const violations = (await tab.evaluate('axe.run().then((result) => result.violations)')) as Violation[];
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`),
      );
    },
    close: () => context.close(),
  };
  return screen;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}
