// One message as an element: who, when, what it says, its embeds, files, buttons, and who sees it.
import type { APIEmbed } from 'discord-api-types/v10';
import { avatar } from './avatar.ts';
import { type ComponentContext, componentRows } from './components.ts';
import { type Child, h } from './dom.ts';
import { icon } from './icons.ts';
import type { PageFile, PageMessage } from './protocol.ts';
import { previewLine, richLine, richText, time } from './rich-text.ts';
import { stampText, timeText } from './times.ts';

export interface MessageContext extends ComponentContext {
  readonly as: string;
  /** The message before it, of the same author and moment, so that its head need not be repeated. */
  readonly follows: boolean;
  readonly repliedTo: PageMessage | undefined;
  readonly dismiss: (message: PageMessage) => void;
  /** What to say below a refusal, where somebody else may do it. */
  readonly advice: Child;
}

export function messageElement(message: PageMessage, context: MessageContext): HTMLLIElement {
  const { author, invoked } = message;
  const shown = context.hello.people.find((person) => person.id === author.id);
  const name = author.bot ? author.username : (shown?.displayName ?? author.username);
  const isCompact = context.follows && invoked === null && message.replyTo === null;
  const head = h(
    'header',
    { class: 'head' },
    h('span', { class: 'author' }, name),
    author.bot && h('span', { class: 'badge' }, 'app'),
    stamp(message.createdAt),
  );
  const body = h(
    'div',
    { class: 'body' },
    isCompact ? h('span', { class: 'unseen' }, `${name}: `) : head,
    message.loading ? thinking(author.username) : contentOf(message, context),
    message.embeds.map((embed) => embedElement(embed, message, context)),
    filesElement(message, context),
    componentRows(message, context),
    context.advice,
    message.ephemeral && ephemeralNote(message, context),
  );
  const classes = ['message', isCompact && 'compact', message.ephemeral && 'ephemeral', rings(message) && 'rung'];
  return h(
    'li',
    { id: `message-${message.id}`, class: classes.filter(Boolean).join(' '), tabindex: -1 },
    above(message, context),
    h('div', { class: 'gutter' }, isCompact ? null : avatar({ ...author, displayName: name })),
    body,
  );
}

function rings({ rang }: PageMessage): boolean {
  return rang.length > 0;
}

function stamp(at: number): HTMLElement {
  const now = Date.now();
  const title = timeText('F', at, now);
  return h('time', { class: 'stamp', datetime: new Date(at).toISOString(), title }, stampText(at, now));
}

/** "vera used /nodes", or what is replied to. */
function above({ invoked, replyTo }: PageMessage, context: MessageContext): Child {
  if (invoked !== null) {
    const who = context.hello.people.find(({ username }) => username === invoked.username);
    const name = who?.displayName ?? invoked.username;
    return h('p', { class: 'above' }, icon('reply'), h('b', {}, name), ' used ', h('code', {}, `/${invoked.command}`));
  }
  if (replyTo === null) return null;
  const { repliedTo } = context;
  if (repliedTo === undefined) return h('p', { class: 'above' }, icon('reply'), 'A message that is gone');
  const onclick = (event: Event): void => {
    event.preventDefault();
    const channel = context.hello.channels.find(({ name }) => name === repliedTo.channel);
    if (channel !== undefined) context.goTo(channel.id, repliedTo.id);
  };
  const words = repliedTo.content || repliedTo.embeds[0]?.title || 'a message';
  return h(
    'p',
    { class: 'above' },
    icon('reply'),
    h('b', {}, repliedTo.author.username),
    ' ',
    h('a', { href: `#message-${repliedTo.id}`, 'data-key': repliedTo.id, onclick }, previewLine(words)),
  );
}

function thinking(username: string): HTMLElement {
  const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
  return h('p', { class: 'thinking' }, dots, `${username} is thinking…`);
}

function contentOf(message: PageMessage, context: MessageContext): Child[] {
  const edited = message.editedAt !== null && h('span', { class: 'edited', title: editedTitle(message) }, '(edited)');
  if (message.content === '') return [edited && h('p', { class: 'edited-line' }, edited)];
  const blocks = richText(message.content, context);
  const last = blocks.at(-1);
  if (edited && last instanceof HTMLParagraphElement) last.append(' ', edited);
  return [h('div', { class: 'content' }, blocks), edited && !(last instanceof HTMLParagraphElement) && edited];
}

function editedTitle({ editedAt }: PageMessage): string {
  return editedAt === null ? '' : timeText('F', editedAt, Date.now());
}

function embedElement(embed: APIEmbed, message: PageMessage, context: MessageContext): HTMLElement {
  const { title, url, author, description, fields = [], footer, timestamp } = embed;
  const isLinked = title !== undefined && url !== undefined && /^https?:\/\//.test(url);
  const titled = title === undefined ? null : richLine(title, context);
  const element = h(
    'div',
    { class: 'embed', role: 'group', 'aria-label': title ?? 'Embed' },
    author !== undefined && h('p', { class: 'embed-author' }, author.name),
    titled &&
      h(
        'p',
        { class: 'embed-title' },
        isLinked ? h('a', { href: url, target: '_blank', rel: 'noopener' }, titled) : titled,
      ),
    description !== undefined && h('div', { class: 'embed-text' }, richText(description, context)),
    fields.length > 0 &&
      h(
        'dl',
        { class: 'fields' },
        fields.map((field) => fieldElement(field, context)),
      ),
    imageOf(embed, message, context),
    (footer !== undefined || timestamp !== undefined) &&
      h(
        'p',
        { class: 'embed-footer' },
        footer?.text,
        footer !== undefined && timestamp !== undefined && ' · ',
        timestamp !== undefined && time(Date.parse(timestamp) / 1000, 'f'),
      ),
  );
  // The style sheet's tone where there is none.
  if (embed.color !== undefined) element.style.setProperty('--tone', `#${embed.color.toString(16).padStart(6, '0')}`);
  return element;
}

function fieldElement(
  { name, value, inline = false }: NonNullable<APIEmbed['fields']>[number],
  context: MessageContext,
) {
  return h(
    'div',
    { class: inline ? 'field field-inline' : 'field' },
    h('dt', {}, richLine(name, context)),
    h('dd', {}, richText(value, context)),
  );
}

/** Only images that the message carries: the page loads nothing from elsewhere. */
function imageOf({ image }: APIEmbed, { files }: PageMessage, { as }: MessageContext): Child {
  const file = files.find(
    ({ filename }) => image?.url === `attachment://${filename}` || image?.url.endsWith(`/${filename}`),
  );
  return file === undefined ? null : picture(file, as);
}

function picture({ path, description, filename }: PageFile, as: string): HTMLElement {
  const src = pathFor(path, as);
  const shown = h('img', { src, alt: description ?? filename, loading: 'lazy' });
  return h('a', { class: 'picture', href: src, target: '_blank', rel: 'noopener' }, shown);
}

function pathFor(path: string, as: string): string {
  return `${path}?as=${encodeURIComponent(as)}`;
}

function filesElement({ files, embeds }: PageMessage, { as }: MessageContext): Child {
  const inEmbeds = new Set(embeds.map(({ image }) => image?.url.split('/').at(-1)));
  const loose = files.filter(({ filename }) => !inEmbeds.has(filename));
  if (loose.length === 0) return null;
  return h(
    'ul',
    { class: 'files' },
    loose.map((file) => h('li', {}, file.contentType.startsWith('image/') ? picture(file, as) : download(file, as))),
  );
}

function download({ path, filename, size }: PageFile, as: string): HTMLElement {
  const link = h('a', { href: pathFor(path, as), download: filename }, filename);
  return h('div', { class: 'file' }, icon('file'), h('div', {}, link, h('span', { class: 'size' }, sizeText(size))));
}

function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function ephemeralNote(message: PageMessage, { dismiss }: MessageContext): HTMLElement {
  const onclick = (): void => dismiss(message);
  return h(
    'p',
    { class: 'only-you' },
    icon('eye'),
    'Only you can see this',
    ' · ',
    h('button', { type: 'button', class: 'linklike', 'data-key': 'dismiss', onclick }, 'Dismiss message'),
  );
}
