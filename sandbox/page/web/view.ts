// What the page knows at a moment, and who wants to know when it has changed.
import type { PageHello, PageMessage, PagePerson } from './protocol.ts';

export interface View {
  hello: PageHello;
  /** Name of the channel that is shown. */
  channel: string;
  /** By id, oldest first. */
  readonly messages: Map<string, PageMessage>;
  /** Dismissed by the person; Discord forgets them too. */
  readonly dismissed: Set<string>;
  /** When each channel was last looked at, in milliseconds since 1970. */
  readonly readAt: Map<string, number>;
}

/** `channel` is shown first where the person sees it. */
export function createView(hello: PageHello, channel: string | null): View {
  const view: View = {
    hello,
    channel: channel ?? '',
    messages: new Map(),
    dismissed: new Set(),
    readAt: new Map(),
  };
  takeHello(view, hello);
  for (const { name } of hello.channels) view.readAt.set(name, hello.now);
  return view;
}

/** Everything anew: for another person, or after the stream was lost. */
export function takeHello(view: View, hello: PageHello): void {
  view.hello = hello;
  view.messages.clear();
  for (const message of hello.messages) view.messages.set(message.id, message);
  if (!hello.channels.some(({ name }) => name === view.channel)) view.channel = hello.channels[0]?.name ?? '';
}

export function messagesIn(view: View, channel: string): PageMessage[] {
  return [...view.messages.values()].filter(
    (message) => message.channel === channel && !view.dismissed.has(message.id),
  );
}

export interface Unread {
  readonly count: number;
  /** How many of them ring whoever is typing. */
  readonly pings: number;
}

export function unreadIn(view: View, channel: string): Unread {
  const since = view.readAt.get(channel) ?? 0;
  const me = person(view);
  const mine = new Set([
    me?.id,
    ...view.hello.roles.filter(({ name }) => me?.roles.includes(name)).map(({ id }) => id),
  ]);
  const news = messagesIn(view, channel).filter(({ createdAt, author }) => createdAt > since && author.id !== me?.id);
  return { count: news.length, pings: news.filter(({ rang }) => rang.some((id) => mine.has(id))).length };
}

/** Whoever is typing. */
export function person(view: View): PagePerson | undefined {
  return view.hello.people.find(({ username }) => username === view.hello.as);
}

export interface Level {
  readonly name: string;
  readonly may: string;
}

const levels: Readonly<Record<string, Level>> = {
  viewer: { name: 'viewer', may: 'may look' },
  operator: { name: 'operator', may: 'may deploy' },
  admin: { name: 'admin', may: 'may do all' },
};

/** The highest of the three roles that the sandbox's configuration gives a level. */
export function levelOf({ roles }: PagePerson): Level {
  const role = roles.find((name) => Object.hasOwn(levels, name));
  return (role === undefined ? undefined : levels[role]) ?? { name: 'no role', may: 'may nothing' };
}
