// The messages of the channel that is shown: built once, then changed one by one.
import { type Child, h } from './dom.ts';
import { icon } from './icons.ts';
import { type MessageContext, messageElement } from './message.ts';
import type { PageMessage } from './protocol.ts';
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
    const { become, ...rest } = actions;
    return messageElement(message, {
      ...rest,
      hello: view.hello,
      as: view.hello.as,
      follows: before !== undefined && isGrouped(before, message),
      repliedTo: message.replyTo === null ? undefined : view.messages.get(message.replyTo),
      advice: adviceFor(message, become),
    });
  }

  /** Who else may do what was refused. */
  function adviceFor(message: PageMessage, become: (username: string) => void): Child {
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
        { type: 'button', class: 'linklike', onclick: () => become(other.username) },
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

  function replace(old: HTMLElement, next: HTMLElement): void {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const label = focused?.getAttribute('data-label');
    old.replaceWith(next);
    if (focused === null) return;
    const again =
      label === null || label === undefined
        ? null
        : next.querySelector<HTMLElement>(`[data-label="${CSS.escape(label)}"]`);
    (again ?? next).focus({ preventScroll: true });
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
      item.classList.add(change === 'created' ? 'arrives' : 'changes');
      if (old === null) list.append(item);
      else replace(old, item);
      if (wasAtBottom) toBottom();
    },
    reveal(messageId) {
      const item = document.getElementById(`message-${messageId}`);
      if (item === null) return;
      item.scrollIntoView({ block: 'center' });
      item.classList.remove('changes');
      item.classList.add('pointed-at');
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
