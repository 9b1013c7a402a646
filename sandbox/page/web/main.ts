// The page: joins the stream, the chat, the message box and the homelab.
import { createAnnouncer } from './announcer.ts';
import { act, listen, type Stream } from './api.ts';
import { renderChannels } from './channels.ts';
import { type Chat, createChat } from './chat.ts';
import { type Composer, createComposer } from './composer.ts';
import { byId, h } from './dom.ts';
import { renderHomelab } from './homelab.ts';
import { icon } from './icons.ts';
import { showModal } from './modal.ts';
import { createNotice } from './notice.ts';
import { showPanel, startPanels } from './panels.ts';
import { renderPeople } from './people.ts';
import type { PageEvents, PageHello, PageMessage, PageOutcome } from './protocol.ts';
import { refreshTimes } from './rich-text.ts';
import { startTheme } from './theme.ts';
import { createView, messagesIn, takeHello, unreadIn, type View } from './view.ts';
import { renderWalk } from './walk.ts';

const timesMs = 5_000;

/** What a reload keeps. */
const remembered = { person: 'person', channel: 'channel' };

const place = (id: string): HTMLElement => byId(id, HTMLElement);
const announce = createAnnouncer();
const notice = createNotice(place('notice'), () => void tell(act('discord', { discord: 'back' })), announce);

interface Running {
  readonly view: View;
  readonly chat: Chat;
  readonly composer: Composer;
}

let running: Running | null = null;
let stream: Stream;
/** What to do once the stream says hello as somebody else. */
let afterHello: (() => void) | null = null;

startTheme();
startPanels();
join(sessionStorage.getItem(remembered.person) ?? 'otto');
setInterval(() => refreshTimes(document, Date.now()), timesMs);

function join(as: string): void {
  stream = listen(as, { hello, message, homelab, outage, walk }, () => notice.lost(true));
}

function hello(value: PageHello): void {
  notice.lost(false);
  sessionStorage.setItem(remembered.person, value.as);
  if (running === null) running = start(createView(value, sessionStorage.getItem(remembered.channel)));
  else takeHello(running.view, value);
  renderAll(running);
  notice.away(value.outage.until);
  afterHello?.();
  afterHello = null;
}

function start(view: View): Running {
  place('guild').replaceChildren(
    icon('home'),
    h('div', {}, h('b', {}, view.hello.guild), h('span', {}, 'a sandbox on this machine')),
  );
  const composer = createComposer(view, byId('composer', HTMLFormElement), {
    announce,
    say: (content) => act('say', { as: view.hello.as, channel: view.channel, content }),
    run: async ({ command, options }) => {
      const body = { as: view.hello.as, channel: view.channel, command: command.name, options };
      await settle(await act<PageOutcome>('command', body));
    },
  });
  const chat = createChat(
    view,
    { log: place('log'), list: place('messages') },
    {
      goTo,
      become,
      dismiss: (one) => {
        view.dismissed.add(one.id);
        chat.change(one, 'deleted');
        composer.focus();
      },
      press: (one, label) => tell(interact(act('press', { as: view.hello.as, message: one.id, label }))),
      select: (one, select, values) =>
        tell(interact(act('select', { as: view.hello.as, message: one.id, select, values }))),
    },
  );
  return { view, chat, composer };
}

/** Says in the chat what went wrong. */
async function tell(doing: Promise<unknown>): Promise<void> {
  try {
    await doing;
  } catch (error) {
    running?.chat.remark(error instanceof Error ? error.message : String(error));
  }
}

async function interact(asked: Promise<PageOutcome>): Promise<void> {
  await settle(await asked);
}

async function settle({ id, failure, modal }: PageOutcome): Promise<void> {
  if (running === null) return;
  const { view, chat } = running;
  if (failure !== null) chat.remark(failure);
  if (modal === null) return;
  void showModal(modal, { hello: view.hello, goTo }, async (values) => {
    await settle(await act<PageOutcome>('submit', { as: view.hello.as, opened: id, values }));
  });
}

function message({ change, message: one }: PageEvents['message']): void {
  if (running === null) return;
  const { view, chat } = running;
  if (change === 'deleted') view.messages.delete(one.id);
  else view.messages.set(one.id, one);
  const isShown = one.channel === view.channel;
  if (isShown) {
    chat.change(one, change);
    view.readAt.set(view.channel, Math.max(one.createdAt, view.readAt.get(view.channel) ?? 0));
  }
  renderNews(view);
  if (change !== 'deleted' && !one.loading) announce(`${one.author.username} in ${one.channel}: ${headline(one)}`);
}

function headline({ content, embeds }: PageMessage): string {
  return (content || embeds[0]?.title || embeds[0]?.description || 'a file').split('\n')[0]?.slice(0, 160) ?? '';
}

function homelab(value: PageEvents['homelab']): void {
  if (running === null) return;
  running.view.hello = { ...running.view.hello, homelab: value };
  renderBeside(running.view);
}

function outage(value: PageEvents['outage']): void {
  if (running === null) return;
  running.view.hello = { ...running.view.hello, outage: value };
  notice.away(value.until);
  running.composer.refresh(value.until !== null);
  renderBeside(running.view);
}

function walk(value: PageEvents['walk']): void {
  if (running === null) return;
  const before = running.view.hello.walk.length;
  running.view.hello = { ...running.view.hello, walk: value };
  if (value.length > before) announce(`Step done: ${value.length} of 7`);
  renderSteps(running.view);
}

function renderAll({ view, chat, composer }: Running): void {
  openedChannel(view);
  chat.show();
  composer.refresh(view.hello.outage.until !== null);
  renderNews(view);
  renderPeople(view, place('people'), become);
  renderBeside(view);
  renderSteps(view);
}

/** What is unread, in the list and in the tab's title. */
function renderNews(view: View): void {
  renderChannels(view, place('channels'), open);
  const others = view.hello.channels.filter(({ name }) => name !== view.channel);
  const count = others.reduce((sum, { name }) => sum + unreadIn(view, name).count, 0);
  document.title = `${count > 0 ? `(${count}) ` : ''}#${view.channel} · Homelab sandbox`;
}

function renderBeside(view: View): void {
  const { homelab: shown, outage: away } = view.hello;
  const places = {
    alerts: place('alerts'),
    faults: place('faults'),
    nodes: place('nodes'),
    shop: place('shop'),
    commits: place('commits'),
  };
  renderHomelab(shown, away.until !== null, places, {
    fire,
    worsen,
    resolve,
    node: (node, state) => void tell(act('node', { node, state })),
    push: (image) => void tell(act('push', { image })),
    discord: (wanted) => void tell(act('discord', { discord: wanted })),
    storm,
    watchdog: (wanted) => void tell(act('watchdog', { watchdog: wanted })),
  });
}

function renderSteps(view: View): void {
  renderWalk(
    view,
    { section: place('walk'), strip: place('next-step') },
    {
      fire,
      resolve,
      prepare,
      again: () => void tell(act('walk', { walk: 'again' })),
    },
  );
}

function fire(alert: string): void {
  open('alerts');
  void tell(act('fire', { alert }));
}

function worsen(alert: string): void {
  open('alerts');
  void tell(act('worsen', { alert }));
}

function storm(wanted: 'begin' | 'end'): void {
  open('alerts');
  void tell(act('storm', { storm: wanted }));
}

function resolve(alert: string): void {
  open('alerts');
  void tell(act('resolve', { alert }));
}

function prepare(username: string, channel: string, line: string): void {
  const write = (): void => {
    showPanel('chat');
    open(channel);
    running?.composer.write(line);
  };
  if (running?.view.hello.as === username) write();
  else become(username, write);
}

function become(username: string, then: (() => void) | null = null): void {
  if (running === null || running.view.hello.as === username) return;
  stream.close();
  afterHello = () => {
    const name = running?.view.hello.people.find((one) => one.username === username)?.displayName ?? username;
    announce(`You type as ${name}`);
    then?.();
  };
  join(username);
}

/** Shows a channel; what is in it is read then. */
function open(name: string): void {
  if (running === null) return;
  const { view, chat, composer } = running;
  const isOther = view.channel !== name;
  view.channel = name;
  openedChannel(view);
  if (isOther) chat.show();
  composer.refresh(view.hello.outage.until !== null);
  renderNews(view);
  showPanel('chat');
}

function openedChannel(view: View): void {
  const channel = view.hello.channels.find(({ name }) => name === view.channel);
  sessionStorage.setItem(remembered.channel, view.channel);
  place('channel-name').replaceChildren(icon('channel'), view.channel);
  place('channel-topic').textContent = channel?.topic ?? '';
  place('log').setAttribute('aria-label', `Messages in ${view.channel}`);
  const newest = messagesIn(view, view.channel).at(-1)?.createdAt ?? 0;
  view.readAt.set(view.channel, Math.max(newest, view.readAt.get(view.channel) ?? 0));
}

function goTo(channelId: string, messageId: string | null): void {
  const channel = running?.view.hello.channels.find(({ id }) => id === channelId);
  if (channel === undefined) return;
  open(channel.name);
  if (messageId !== null) running?.chat.reveal(messageId);
}

document.addEventListener('keydown', (event) => {
  if (running === null || event.defaultPrevented) return;
  const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && document.querySelector('dialog') === null) {
    event.preventDefault();
    showPanel('chat');
    running.composer.write('/');
  }
  if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    event.preventDefault();
    const names = running.view.hello.channels.map(({ name }) => name);
    const next = names.indexOf(running.view.channel) + (event.key === 'ArrowDown' ? 1 : -1);
    open(names[(next + names.length) % names.length] ?? running.view.channel);
  }
});
