// What a message can hold, shown by the page in a real Chromium: a bot of the test's own posts and answers what today's commands do not.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'puppeteer-core';
import { type Alertmanager, startAlertmanager } from '../../../sandbox/alertmanager/alertmanager.ts';
import { type Discord, startDiscord } from '../../../sandbox/discord/discord.ts';
import { type Page, startPage } from '../../../sandbox/page/page.ts';
import { noChromium, startChromium } from '../../../scripts/browser/chromium.ts';
import { call, post } from '../../contract/discord-calls.ts';
import { type Bot, connect } from '../../contract/discord-gateway-client.ts';
import { generous } from '../posting.ts';
import { openPage, type Screen } from './browser.ts';

// Elsewhere than on linux-x64 there is no Chromium in the lock file; `npm test` then lists these tests as skipped.
const inChromium = noChromium === null ? describe : describe.skip;

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const modal = {
  title: 'Silence NodeDown',
  custom_id: 'silence',
  components: [
    { type: 18, label: 'How long', component: { type: 4, custom_id: 'for', style: 1, min_length: 2, max_length: 10 } },
    {
      type: 18,
      label: 'Reason',
      description: 'Shown on the card',
      component: { type: 4, custom_id: 'reason', style: 2, required: false },
    },
  ],
};

inChromium(`the page shows${noChromium === null ? '' : ` (${noChromium})`}`, () => {
  let discord: Discord;
  let page: Page;
  let browser: Browser;
  let alertmanager: Alertmanager;
  let screen: Screen;
  let bot: Bot;

  beforeAll(async () => {
    browser = await startChromium();
    discord = await startDiscord({ rateLimits: generous });
    alertmanager = await startAlertmanager({ webhookUrl: `${discord.url}/nowhere`, token: 'none' });
    page = await startPage(
      { discord, alertmanager, kubernetes: null, git: null, registry: null, advice: null },
      { port: 0 },
    );
    bot = await connect(discord);
    bot.on('INTERACTION_CREATE', ({ id, token, type, data }) => {
      const answer = answerTo(type, data);
      if (answer !== null) void call(discord, 'POST', `/interactions/${id}/${token}/callback`, { body: answer });
    });
  });

  afterAll(async () => {
    bot?.close();
    await browser?.close();
    await page?.stop();
    await alertmanager?.stop();
    await discord?.stop();
  });

  beforeEach(async () => {
    screen = await openPage(browser, page.url);
  });

  afterEach(async () => {
    const { faults } = screen;
    await screen.close();
    expect(faults).toEqual([]);
  });

  /** What the test's bot does: a modal for one button, nothing for another, what was chosen or filled in for the rest. */
  function answerTo(type: number, data: Record<string, unknown>): unknown {
    if (data['custom_id'] === 'silent') return null;
    if (data['custom_id'] === 'ask') return { type: 9, data: modal };
    const told = type === 5 ? JSON.stringify(data['components']) : String(data['values']);
    return { type: 4, data: { content: `Got ${told}`, flags: 64 } };
  }

  function row(...components: readonly object[]): object {
    return { type: 1, components };
  }

  test('an embed with its fields, a mention, a time, and markup as words and never as HTML', async () => {
    await post(discord, 'alerts', {
      content: `<img src=x onerror=alert(1)> **bold** <@${discord.userId('vera')}> <t:1700000000:R>`,
      embeds: [
        {
          title: 'The <b>title</b>',
          color: 0xe5484d,
          description:
            '# Big\n- one\n- two\n```\n<script>alert(1)</script>\n```\n[docs](https://example.com/a) ~~gone~~',
          fields: [{ name: 'Node', value: '`desktop-3`', inline: true }],
          footer: { text: 'receiver discord-bot' },
        },
      ],
    });
    await screen.reads('#messages', '<img src=x onerror=alert(1)> bold @Vera', 'years ago', 'The <b>title</b>', 'Node');
    await screen.reads('#messages pre', '<script>alert(1)</script>');
    expect(await screen.tab.$$eval('#messages img, #messages script', (found) => found.length)).toBe(0);
    await screen.find('link', 'docs');
    const tone = await screen.tab.evaluate(`getComputedStyle(document.querySelector('.embed')).borderLeftColor`);
    expect(tone).toBe('rgb(229, 72, 77)');
  });

  test('an edit as one, a deletion at once, a reply with what it replies to', async () => {
    const first = await post(discord, 'alerts', { content: 'Before' });
    await screen.reads('#messages', 'Before');
    await post(discord, 'alerts', { content: 'Look here', message_reference: { message_id: first.body.id } });
    await call(discord, 'PATCH', `/channels/${first.body.channel_id}/messages/${first.body.id}`, {
      body: { content: 'After' },
    });
    await screen.reads(`#message-${first.body.id}`, 'After', '(edited)');
    await screen.find('link', 'Before');
    discord.deleteMessage(first.body.id);
    await screen.tab.waitForFunction(`document.getElementById('message-${first.body.id}') === null`);
  });

  test('files to save and images to look at', async () => {
    await post(
      discord,
      'alerts',
      { content: 'Whole list' },
      {
        files: [
          { name: 'alerts.txt', data: 'every alert', type: 'text/plain' },
          { name: 'graph.png', data: png, type: 'image/png' },
        ],
      },
    );
    const link = await screen.find('link', 'alerts.txt');
    const path = (await (await link.getProperty('href')).jsonValue()) as string;
    const file = await fetch(path);
    expect(await file.text()).toBe('every alert');
    expect(file.headers.get('content-disposition')).toContain('attachment');
    await screen.tab.waitForFunction(`document.querySelector('.picture img')?.naturalWidth === 1`);
  });

  test('a modal by the keyboard: it takes the focus, says what is wrong, gives the focus back', async () => {
    const button = { type: 2, style: 1, label: 'Silence', custom_id: 'ask' };
    await post(discord, 'alerts', { content: 'NodeDown', components: [row(button)] });
    const found = await screen.find('button', 'Silence');
    await found.focus();
    await screen.press('Enter');
    await screen.find('dialog', 'Silence NodeDown');
    expect(await screen.focused()).toContain('input');
    expect(await screen.axe()).toEqual([]);
    await screen.press('Escape');
    await screen.tab.waitForFunction(`document.querySelector('dialog') === null`);
    expect(await screen.focused()).toBe('button Silence');

    await screen.press('Enter');
    await screen.find('dialog', 'Silence NodeDown');
    await screen.type('2h');
    await screen.press('Tab');
    await screen.type('new disk');
    await screen.click('button', 'Submit');
    await screen.reads('.message.ephemeral', '2h', 'new disk', 'Only you can see this');
    await screen.click('button', 'Dismiss message');
    await screen.tab.waitForFunction(`document.querySelector('.message.ephemeral') === null`);
  });

  test('a select whose choice reaches the bot', async () => {
    const options = ['1h', '2h'].map((value) => ({ label: `For ${value}`, value }));
    await post(discord, 'alerts', {
      content: 'How long?',
      components: [row({ type: 3, custom_id: 'duration', placeholder: 'How long', options })],
    });
    const list = await screen.find('combobox', 'How long');
    await list.select('2h');
    await screen.click('button', 'Choose');
    await screen.reads('.message.ephemeral', 'Got 2h');
  });

  test('that the bot did not answer', async () => {
    const button = { type: 2, style: 4, label: 'Nothing', custom_id: 'silent' };
    await post(discord, 'alerts', { content: 'A button', components: [row(button)] });
    await screen.click('button', 'Nothing');
    await screen.reads('.remark', 'The application did not respond');
  });

  test('what people write, to each other too', async () => {
    await screen.press('/');
    await screen.press('Backspace');
    await screen.type('Is anyone looking at desktop-3?');
    await screen.press('Enter');
    await screen.reads('#messages', 'Otto', 'Is anyone looking at desktop-3?');
    discord.as('ada').say('alerts', 'I am');
    await screen.reads('#messages', 'Ada', 'I am');
  });

  test('nothing of a cluster that is not the sandbox’s', async () => {
    await screen.find('button', 'Fire NodeDown');
    expect(await screen.has('button', 'Stop desktop-3')).toBe(false);
  });
});
