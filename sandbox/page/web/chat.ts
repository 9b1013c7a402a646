// The messages of the channel that is shown: built once, then changed one by one.
import { type Child, h } from './dom.ts';
import { icon } from './icons.ts';
import { type MessageContext, messageElement } from './message.ts';
import type { PageMessage } from './protocol.ts';
import { become } from './update.ts';
import { levelOf, messagesIn, person, type View } from './view.ts';

/** As in the chats that people know: within this time a head is not repeated. */
const groupMs = 5 * 60_000;

const nearBottom = 120;

export type ChatActions = Omit<MessageContext, 'hello' | 'as' | 'follows' | 'repliedTo' | 'advice'> & {
  readonly become: (username: string) => void;
};

export interface Chat {
  /** Everything of the channel anew. */
  show(): void;
  /** One message of it came, changed or went. */
  change(message: PageMessage, change: 'created' | 'edited' | 'deleted'): void;
  /** Scrolls to a message and marks it for a moment. */
  reveal(messageId: string): void;
  /** A line that the page itself says, as Discord's client does when the bot did not answer. */
  remark(text: string): void;
}

export function createChat(
  view: View,
  { log, list }: { log: HTMLElement; list: HTMLElement },
  actions: ChatActions,
): Chat {
  function build(message: PageMessage, before: PageMessage | undefined): HTMLLIElement {
    const { become: becomePerson, ...rest } = actions;
    return messageElement(message, {
      ...rest,
      hello: view.hello,
      as: view.hello.as,
      follows: before !== undefined && isGrouped(before, message),
      repliedTo: message.replyTo === null ? undefined : view.messages.get(message.replyTo),
      advice: adviceFor(message, becomePerson),
    });
  }

  /** Who else may do what was refused. */
  function adviceFor(message: PageMessage, becomePerson: (username: string) => void): Child {
    const text = [message.content, ...message.embeds.map((embed) => embed.description ?? '')].join('\n');
    const needed = /needs the level (viewer|operator|admin)/.exec(text)?.[1];
    const me = person(view);
    if (!message.ephemeral || needed === undefined || me === undefined) return null;
    const other = view.hello.people.find((one) => !one.bot && levelOf(one).name === needed);
    if (other === undefined || other.id === me.id) return null;
    return h(
      'p',
      { class: 'advice' },
      `${me.displayName} has ${levelOf(me).name === 'no role' ? 'no role' : `the role ${levelOf(me).name}`}. `,
      h(
        'button',
        { type: 'button', class: 'linklike', 'data-key': other.username, onclick: () => becomePerson(other.username) },
        `Type as ${other.displayName}, who is ${levelOf(other).name}`,
      ),
    );
  }

  function isAtBottom(): boolean {
    return log.scrollHeight - log.scrollTop - log.clientHeight < nearBottom;
  }

  function toBottom(): void {
    log.scrollTop = log.scrollHeight;
  }

  function empty(): HTMLElement {
    const channel = view.hello.channels.find(({ name }) => name === view.channel);
    return h(
      'li',
      { class: 'empty' },
      h('span', { class: 'empty-sign', 'aria-hidden': 'true' }, icon('channel')),
      h('p', { class: 'empty-title' }, `This is the beginning of #${view.channel}`),
      h('p', {}, hints[view.channel] ?? channel?.topic ?? ''),
    );
  }

  function show(): void {
    const messages = messagesIn(view, view.channel);
    const items = messages.map((message, index) => build(message, messages[index - 1]));
    list.replaceChildren(empty(), ...items);
    toBottom();
  }

  // So that the keyboard can scroll it.
  log.tabIndex = 0;
  // Whatever else takes room, the newest message stays in sight.
  let wasLast = true;
  log.addEventListener('scroll', () => {
    wasLast = isAtBottom();
  });
  new ResizeObserver(() => {
    if (wasLast) toBottom();
  }).observe(log);

  return {
    show,
    change(message, change) {
      const wasAtBottom = isAtBottom();
      const old = document.getElementById(`message-${message.id}`);
      if (change === 'deleted' || view.dismissed.has(message.id)) {
        old?.remove();
        return;
      }
      const messages = messagesIn(view, view.channel);
      const index = messages.findIndex(({ id }) => id === message.id);
      const item = build(message, messages[index - 1]);
      if (old === null) {
        item.classList.add('arrives');
        list.append(item);
      } else {
        become(old, item);
        flash(old);
      }
      if (wasAtBottom) toBottom();
    },
    reveal(messageId) {
      const item = document.getElementById(`message-${messageId}`);
      if (item === null) return;
      item.scrollIntoView({ block: 'center' });
      flash(item);
      item.focus({ preventScroll: true });
    },
    remark(text) {
      const wasAtBottom = isAtBottom();
      const line = h(
        'li',
        { class: 'remark', role: 'alert' },
        h('p', {}, text),
        h('button', { type: 'button', class: 'linklike', onclick: () => line.remove() }, 'Dismiss'),
      );
      list.append(line);
      if (wasAtBottom) toBottom();
    },
  };
}

/** Marks for a moment what has changed, for those who like motion. */
function flash(item: HTMLElement): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const marked = item.querySelector('.embed') ?? item;
  marked.animate(
    [{ outline: '2px solid currentColor', outlineOffset: '2px' }, { outline: '2px solid transparent' }],
    1_200,
  );
}

function isGrouped(before: PageMessage, message: PageMessage): boolean {
  return (
    before.author.id === message.author.id &&
    before.ephemeral === message.ephemeral &&
    message.createdAt - before.createdAt < groupMs &&
    before.embeds.length === 0
  );
}

const hints: Readonly<Record<string, string>> = {
  alerts: 'What Alertmanager tells appears here: one message an incident, edited as it changes. Fire one to see.',
  'alerts-critical': 'A route of the configuration can send critical alerts here. In this sandbox all go to #alerts.',
  operations: 'Ask the bot here: type / for its commands. Deploys show their progress here.',
  audit: 'Every change that somebody asked for is told here. Viewers do not see this channel.',
  general: 'The bot has nothing to say here until somebody asks.',
};
