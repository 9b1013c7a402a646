// The page in a real Chromium, over the whole sandbox and the unmodified bot: what a newcomer does and sees.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'puppeteer-core';
import { beginWatchdog } from '../../../sandbox/alertmanager/watchdog.ts';
import { type Homelab, ringingConfig, startHomelab } from '../../../sandbox/homelab.ts';
import { type Page, startPage } from '../../../sandbox/page/page.ts';
import { noChromium, startChromium } from '../../../scripts/browser/chromium.ts';
import { generous } from '../posting.ts';
import { desktop, openPage, phone, type Screen, type ScreenOptions } from './browser.ts';

// Elsewhere than on linux-x64 there is no Chromium in the lock file; `npm test` then lists these tests as skipped.
const inChromium = noChromium === null ? describe : describe.skip;

inChromium(`the page${noChromium === null ? '' : ` (${noChromium})`}`, () => {
  let homelab: Homelab;
  let page: Page;
  let browser: Browser;
  let screen: Screen;

  beforeAll(async () => {
    // One after the other: where one fails, what has started is known and stopped.
    homelab = await startHomelab({
      discord: { rateLimits: generous, windows: { identify: 100 } },
      config: ringingConfig,
    });
    browser = await startChromium();
    beginWatchdog(homelab.alertmanager);
    page = await startPage(homelab, { port: 0 });
  });

  afterAll(async () => {
    await browser?.close();
    await page?.stop();
    await homelab?.stop();
  });

  afterEach(async () => {
    const { faults } = screen;
    await screen.close();
    expect(faults).toEqual([]);
  });

  async function open(options: ScreenOptions = {}): Promise<void> {
    screen = await openPage(browser, page.url, options);
  }

  test('has its landmarks, and names for all that can be used', async () => {
    await open();
    for (const [role, name] of [
      ['heading', 'homelab-bot, tried in a sandbox'],
      ['navigation', 'Channels'],
      ['complementary', 'The homelab'],
      ['log', 'Messages in alerts'],
      ['radiogroup', 'Who is typing'],
      ['radio', 'Otto, operator, may deploy'],
      ['combobox', 'Message #alerts as Otto (operator)'],
      ['button', 'Fire NodeDown'],
      ['button', 'Stop desktop-3'],
      ['button', 'Take away for a minute: Discord'],
    ] as const) {
      await screen.find(role, name);
    }
    await screen.reads('#nodes', '4 of 4 ready', 'worker-db-01');
    await screen.reads('#shop', '3 of 3 ready', '3f2c1a9');
    await screen.reads('#commits', 'The homelab');
  });

  test('shows an alert that fires, grows in the same message, and resolves; the walk ticks by itself', async () => {
    await open();
    await screen.click('button', 'operations');
    await screen.reads('#channel-name', 'operations');
    homelab.alertmanager.fire(
      { alertname: 'Elsewhere', severity: 'warning' },
      { summary: 'Noticed in another channel' },
    );
    await screen.click('button', 'alerts, 1 unread, 1 for you');
    await screen.reads('#messages', 'Noticed in another channel');

    await screen.click('button', 'Fire NodeDown');
    await screen.reads('#messages .message:last-child', 'NodeDown', 'firing', 'desktop-3');
    await screen.reads('#walk', '1 of 7', 'Watch it grow');
    await screen.click('button', 'One more NodeDown');
    await screen.reads('#messages .message:last-child', '2 firing', 'desktop-2', '(edited)');
    await screen.reads('#alerts', 'firing for 2');
    // It is so: whoever asks for the nodes sees the same.
    await screen.reads('#nodes', '2 of 4 ready');
    await screen.click('button', 'Resolve NodeDown');
    await screen.reads('#nodes', '4 of 4 ready');
    await screen.reads('#messages .message:last-child', '2 resolved');
    expect((await screen.tab.$$('.message')).length).toBe(2);
    await screen.reads('#walk', '3 of 7', 'Ask for the nodes as Vera');
  });

  test('shows what a short line answers as the line itself shows it: with its colour, and as words that can be pressed', async () => {
    await open();
    await screen.click('button', 'Fire LaravelSlowResponses');
    await screen.reads('#messages .message:last-child', 'LaravelSlowResponses', 'firing');
    await screen.click('button', 'Resolve LaravelSlowResponses');
    await screen.reads('#messages .message:last-child', 'resolved');
    await screen.click('button', 'Fire LaravelSlowResponses');
    await screen.reads('#messages .message:last-child', 'again:', 'LaravelSlowResponses');
    const preview = '.message:last-child .above a';
    await screen.reads(preview, 'warning firing: LaravelSlowResponses');
    expect(await screen.tab.$$eval(`${preview} .emoji`, (drawn) => drawn.map((one) => one.ariaLabel))).toEqual([
      'orange circle',
    ]);
    await screen.click('button', 'Resolve LaravelSlowResponses');
    await screen.tab.waitForSelector(preview, { hidden: true });
  });

  test('a warning that gets worse rings by a short line, and resolving ends all of it', async () => {
    await open();
    await screen.click('button', 'Fire PodFailed');
    await screen.reads('#messages .message:last-child', 'warning firing: PodFailed', '@operator');
    await screen.click('button', 'Worse: PodFailed');
    await screen.reads('#messages .message:last-child', 'got worse: critical firing: PodFailed', '@operator');
    await screen.reads('#alerts', 'firing, got worse');
    expect(await screen.has('button', 'Worse: PodFailed')).toBe(false);
    expect(await screen.axe()).toEqual([]);
    await screen.click('button', 'Resolve PodFailed');
    await screen.reads('#messages .message:last-child', '2 resolved', 'PodFailed');
    await screen.find('button', 'Fire PodFailed');
  });

  test('the Watchdog is stopped and brought back by the keyboard', async () => {
    await open();
    await screen.reads('#faults', 'its Watchdog arrives');
    await (await screen.find('button', 'Stop the Watchdog: Prometheus')).focus();
    await screen.press('Enter');
    await screen.reads('#faults', 'its Watchdog stays away');
    await homelab.alertmanager.settled();
    expect(await screen.focused()).toBe('button Bring back the Watchdog');
    await screen.press('Enter');
    await screen.reads('#faults', 'its Watchdog arrives');
    await homelab.alertmanager.settled();
    const told = homelab.alertmanager.attempts.map(({ body }) => JSON.parse(body));
    const ofWatchdog = told.filter(({ groupLabels }) => groupLabels.alertname === 'Watchdog');
    expect(ofWatchdog.map(({ status }) => status).slice(-2)).toEqual(['resolved', 'firing']);
  });

  test('answers a viewer whom only she sees, and refuses Nils with the reason and who may', async () => {
    await open();
    await screen.become('Vera');
    await screen.click('button', 'operations');
    await screen.click('combobox', 'Message #operations as Vera (viewer)');
    await screen.type('/nodes ');
    await screen.press('Enter');
    await screen.reads('.message.ephemeral', 'Vera used', 'desktop-1', 'Only you can see this');
    await screen.reads('#walk', '4 of 7');

    await screen.become('Nils');
    expect((await screen.tab.$$('.message.ephemeral')).length).toBe(0);
    await screen.click('combobox', 'Message #operations as Nils (no role)');
    await screen.type('/nodes ');
    await screen.press('Enter');
    await screen.reads('.message.ephemeral', 'needs the level viewer', 'Nils has no role.');
    await screen.click('button', 'Type as Vera, who is viewer');
    await screen.find('combobox', 'Message #operations as Vera (viewer)');
    await screen.click('button', 'Share');
    await screen.reads('.message:not(.ephemeral)', 'desktop-1');
  });

  test('deploys by the keyboard alone, from / to the card that is done', async () => {
    await open();
    await screen.press('/');
    expect(await screen.focused()).toContain('combobox');
    await screen.type('dep');
    await screen.find(
      'option',
      '/deploy Deploys an image of an app: commits its tag, applies it and follows the rollout',
    );
    await screen.press('Enter');
    // The bot is asked for tags; what is typed narrows them.
    await screen.type('b81');
    await screen.reads('#suggestions', 'b81e64f');
    await screen.press('Enter');
    await screen.type('reas');
    await screen.press('Tab');
    await screen.type('new prices');
    expect(await screen.tab.$eval('#composer-input', (input) => 'value' in input && input.value)).toBe(
      '/deploy sha:b81e64f0d2a97c35e8f1046b7a9d52c3e0f84b16 reason:new prices',
    );
    await screen.press('Enter');
    await screen.reads(
      '#messages',
      'The deploy of shop has begun.',
      'done: deploy of shop 3f2c1a9 → b81e64f',
      'new prices',
    );
    await screen.reads('#shop', 'asks for b81e64f');
    await screen.reads('#commits', 'homelab-bot');
    await screen.reads('#walk', '6 of 7');
  });

  test('a command without what it needs is not sent, and says what is missing', async () => {
    await open();
    await screen.press('/');
    await screen.type('deploy ');
    await screen.press('Enter');
    await screen.reads('#composer-problem', '/deploy needs sha');
    expect(await screen.focused()).toContain('combobox');
  });

  test('a node that is stopped is seen by the bot, and started again', async () => {
    await open();
    await screen.click('button', 'Stop desktop-2');
    await screen.reads('#nodes', '3 of 4 ready');
    await screen.press('/');
    await screen.type('nodes ');
    await screen.press('Enter');
    await screen.reads('.message.ephemeral', 'NotReady');
    await screen.click('button', 'Start desktop-2');
    await screen.reads('#nodes', '4 of 4 ready');
  });

  test('Discord is taken away and brought back; what was fired meanwhile appears once', async () => {
    await open();
    await screen.click('button', 'Take away for a minute: Discord');
    await screen.reads('#notice', 'Discord is away', '0:5');
    expect(await screen.tab.$eval('#composer-input', (input) => input.hasAttribute('disabled'))).toBe(true);
    await screen.click('button', 'Fire MySQLDown');
    await screen.click('button', 'Bring it back now');
    await screen.reads('#messages', 'MySQLDown');
    expect(await screen.has('button', 'Bring back Discord')).toBe(false);
    const shown = homelab.discord.messages('alerts').filter((message) => message.text.includes('MySQLDown'));
    expect(shown).toHaveLength(1);
    // Else it rings somebody in the middle of another test.
    await screen.click('button', 'Resolve MySQLDown');
    await screen.reads('#messages', 'resolved: MySQLDown');
  });

  test('an image that crashes is pushed, offered, and its deploy undoes itself', async () => {
    await open();
    await screen.click('button', 'Push one that crashes');
    const tag = /broken-\w+/.exec(await screen.reads('#shop', 'Newest image in the registry: broken-'))?.[0] ?? '';
    await screen.click('button', 'operations');
    await screen.press('/');
    await screen.type(`deploy sha:${tag}`);
    await screen.press('Escape', 'Enter');
    await screen.reads('#messages', `${tag}`, 'failed and undone');
    // However much has been said, the message box stays in sight, and the newest message above it.
    expect(await screen.tab.evaluate(`document.documentElement.scrollHeight - innerHeight`)).toBe(0);
    const [last, box] = await Promise.all(
      ['.message:last-child', '.box'].map(async (one) => (await screen.tab.$(one))?.boundingBox()),
    );
    expect(box?.y).toBeLessThan(desktop.height);
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(box?.y ?? 0);
    await screen.reads('#walk', '7 of 7', 'Walk again');
  });

  test('an alert is acknowledged and silenced by the keyboard, with another time and a reason, and axe-core has nothing to say on the way', async () => {
    await open();
    const labels = { alertname: 'FanStopped', severity: 'warning', node: 'desktop-1' };
    homelab.alertmanager.fire(labels, { summary: 'A fan stands still' });
    await screen.reads('#messages .message:last-child', 'FanStopped', 'firing');
    const card = '#messages .message:not(.ephemeral)';
    const enter = async (role: string, name: string): Promise<void> => {
      const found = await screen.find(role, name);
      await found.focus();
      await screen.press('Enter');
    };
    // Alerts of other tests still fire: the newest card is the last one.
    const pressOnCard = async (label: string): Promise<void> => {
      const found = await screen.tab.$$(`${card} [data-key="${label}"]`);
      await found.at(-1)?.focus();
      await screen.press('Enter');
    };
    await pressOnCard('Acknowledge');
    await screen.reads(card, 'Acknowledged by @Otto', 'Unacknowledge');

    await pressOnCard('Silence');
    await screen.reads('.message.ephemeral', 'For how long is FanStopped to be silenced?');
    expect(await screen.axe()).toEqual([]);
    const list = await screen.find('combobox', 'For how long?');
    expect(await list.evaluate((one) => one.textContent)).toContain('Until Monday 08:00 (UTC)');
    await list.select('other');
    await enter('button', 'Choose');
    await screen.find('dialog', 'Silence');
    expect(await screen.focused()).toContain('input');
    expect(await screen.axe()).toEqual([]);
    await screen.type('90m');
    await screen.press('Tab');
    await screen.type('a new fan is ordered');
    await enter('button', 'Submit');
    await screen.reads('.message.ephemeral', 'Silence FanStopped?', 'alertname="FanStopped"', 'a new fan is ordered');
    expect(await screen.axe()).toEqual([]);
    await enter('button', 'Cancel');
    await screen.reads('.message.ephemeral', 'Nothing was silenced.');

    await pressOnCard('Silence');
    await (await screen.find('combobox', 'For how long?')).select('1h');
    await enter('button', 'Choose');
    await screen.reads('.message.ephemeral', 'Silence FanStopped?', 'Covers 1 alert');
    const questions = await screen.tab.$$('.message.ephemeral [data-key="Silence"]');
    await questions.at(-1)?.focus();
    await screen.press('Enter');
    await screen.reads('.message.ephemeral', 'FanStopped is silenced.');
    await screen.reads(card, 'Silenced until', 'by otto', 'Unsilence');
    expect(await screen.axe()).toEqual([]);
    await pressOnCard('Unsilence');
    await screen.reads('.message.ephemeral', 'The silence over FanStopped is ended.');
    homelab.alertmanager.resolve(labels);
    await screen.reads(card, 'resolved: FanStopped');
  });

  test('on a phone: one panel at a time, the next step at hand, nothing wider than the screen', async () => {
    await open({ size: phone });
    await screen.click('button', 'Channels');
    await screen.click('button', 'operations');
    await screen.reads('#channel-name', 'operations');
    await screen.click('button', 'Homelab');
    await screen.click('button', 'Fire NodeMemoryLow');
    await screen.reads('#messages', 'NodeMemoryLow');
    for (const panel of ['Channels', 'Homelab', 'Chat']) {
      await screen.click('button', panel);
      expect(await screen.tab.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    }
    await screen.click('button', 'Switch to light colours');
    expect(await screen.tab.evaluate('document.documentElement.dataset.theme')).toBe('light');
  });

  test.each([
    { size: 'desktop', scheme: 'dark' },
    { size: 'desktop', scheme: 'light' },
    { size: 'phone', scheme: 'dark' },
    { size: 'phone', scheme: 'light' },
  ] as const)('axe-core finds nothing to say, $size, $scheme', async ({ size, scheme }) => {
    await open({ scheme, ...(size === 'phone' && { size: phone }) });
    if (size === 'phone') await screen.click('button', 'Channels');
    await screen.click('button', 'operations');
    await screen.press('/');
    await screen.reads('#suggestions', '/deploy');
    expect(await screen.axe()).toEqual([]);
    if (size === 'desktop') return;
    for (const panel of ['Channels', 'Homelab']) {
      await screen.click('button', panel);
      expect(await screen.axe()).toEqual([]);
    }
  });
});
