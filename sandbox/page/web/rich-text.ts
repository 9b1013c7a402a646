// Discord's markdown as elements; every word of it becomes a text node.
import { type Child, h } from './dom.ts';
import { withEmoji } from './icons.ts';
import { type Block, type Inline, parseBlocks, parseInline } from './markdown.ts';
import type { PageHello } from './protocol.ts';
import { timeText } from './times.ts';

/** What mentions and links to messages need. */
export interface RichContext {
  readonly hello: PageHello;
  /** Shows a channel, and a message in it. */
  readonly goTo: (channelId: string, messageId: string | null) => void;
}

export function richText(text: string, context: RichContext): Node[] {
  return parseBlocks(text).map((block) => blockElement(block, context));
}

/** For titles and names of fields, which have no blocks. */
export function richLine(text: string, context: RichContext): Child[] {
  return inlines(parseInline(text), context);
}

/** One line of it for a preview that is itself a link: pictures and times, but nothing that can be pressed. */
export function previewLine(text: string): Child[] {
  return plain(parseInline(text.split('\n', 1)[0] ?? ''));
}

function plain(parts: readonly Inline[]): Child[] {
  return parts.flatMap((part) => {
    if (part.kind === 'text') return withEmoji(part.text);
    if (part.kind === 'code') return [part.text];
    if (part.kind === 'time') return [time(part.seconds, part.style)];
    if (part.kind === 'mention') return ['@…'];
    if (part.kind === 'command') return [`/${part.name}`];
    if (part.kind === 'spoiler') return ['…'];
    return part.kind === 'break' ? [' '] : plain(part.children);
  });
}

function blockElement(block: Block, context: RichContext): Node {
  switch (block.kind) {
    case 'paragraph':
      return h('p', {}, inlines(block.children, context));
    case 'heading':
      // The page has headings of its own; these are words of a message.
      return h('p', { class: `heading heading-${block.level}` }, inlines(block.children, context));
    case 'small':
      return h('p', { class: 'small' }, inlines(block.children, context));
    case 'quote':
      return h(
        'blockquote',
        {},
        block.blocks.map((inner) => blockElement(inner, context)),
      );
    case 'list':
      return h(
        block.ordered ? 'ol' : 'ul',
        {},
        block.items.map((item) => h('li', {}, inlines(item, context))),
      );
    case 'code':
      return h('pre', { tabindex: 0, role: 'region', 'aria-label': 'Code' }, h('code', {}, block.text));
  }
}

function inlines(parts: readonly Inline[], context: RichContext): Child[] {
  return parts.flatMap((part) => inlineNodes(part, context));
}

const tags = { strong: 'strong', em: 'em', underline: 'u', strike: 's' } as const;

function inlineNodes(part: Inline, context: RichContext): Child[] {
  switch (part.kind) {
    case 'text':
      return withEmoji(part.text);
    case 'break':
      return [h('br')];
    case 'code':
      return [h('code', {}, part.text)];
    case 'spoiler':
      return [spoiler(part.children, context)];
    case 'link':
      return [link(part.url, inlines(part.children, context), context)];
    case 'mention':
      return [mention(part, context)];
    case 'command':
      return [h('span', { class: 'mention' }, `/${part.name}`)];
    case 'time':
      return [time(part.seconds, part.style)];
    default:
      return [h(tags[part.kind], {}, inlines(part.children, context))];
  }
}

function spoiler(children: readonly Inline[], context: RichContext): Node {
  const shown = h('span', { class: 'spoiler-text', hidden: true }, inlines(children, context));
  const button = h(
    'button',
    {
      type: 'button',
      class: 'spoiler',
      onclick: () => {
        shown.hidden = false;
        button.remove();
      },
    },
    'Show spoiler',
  );
  return h('span', {}, button, shown);
}

const messageLink = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)(?:\/(\d+))?$/;

function link(url: string, children: Child[], context: RichContext): Node {
  const inside = messageLink.exec(url);
  if (inside !== null) {
    const [, channelId = '', messageId] = inside;
    const onclick = (event: Event): void => {
      event.preventDefault();
      context.goTo(channelId, messageId ?? null);
    };
    return h(
      'a',
      { href: messageId === undefined ? '#log' : `#message-${messageId}`, 'data-key': url, onclick },
      children,
    );
  }
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, children);
}

function mention({ what, id }: Extract<Inline, { kind: 'mention' }>, { hello, goTo }: RichContext): Node {
  if (what === 'channel') {
    const channel = hello.channels.find((one) => one.id === id);
    const onclick = (): void => goTo(id, null);
    if (channel !== undefined)
      return h('button', { type: 'button', class: 'mention', 'data-key': id, onclick }, `#${channel.name}`);
  }
  const names = {
    user: () => hello.people.find((one) => one.id === id)?.displayName,
    role: () => hello.roles.find((one) => one.id === id)?.name,
    channel: () => undefined,
    everyone: () => id,
  };
  return h('span', { class: 'mention' }, `${what === 'channel' ? '#' : '@'}${names[what]() ?? 'unknown'}`);
}

/** Its words are kept true by `refreshTimes`. */
export function time(seconds: number, style: string): HTMLElement {
  const at = seconds * 1000;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return h('span', {}, 'Invalid date');
  const words = timeText(style, at, Date.now());
  const title = timeText('F', at, Date.now());
  return h('time', { datetime: date.toISOString(), title, 'data-style': style }, words);
}

export function refreshTimes(within: ParentNode, now: number): void {
  for (const element of within.querySelectorAll<HTMLTimeElement>('time[data-style="R"]')) {
    const words = timeText('R', Date.parse(element.dateTime), now);
    if (element.textContent !== words) element.textContent = words;
  }
}
