// The list of channels, with what is unread in each.
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { update } from './update.ts';
import { unreadIn, type View } from './view.ts';

export function renderChannels(view: View, list: HTMLElement, open: (name: string) => void): void {
  const items = view.hello.channels.map(({ name }) => {
    const isOpen = name === view.channel;
    const { count, pings } = isOpen ? { count: 0, pings: 0 } : unreadIn(view, name);
    const unread = count > 0 ? `, ${count} unread${pings > 0 ? `, ${pings} for you` : ''}` : '';
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: `channel${count > 0 ? ' unread' : ''}`,
          'data-channel': name,
          'data-key': name,
          'aria-current': isOpen ? 'page' : null,
          'aria-label': `${name}${unread}`,
          onclick: () => open(name),
        },
        icon('channel'),
        h('span', { class: 'channel-name' }, name),
        count > 0 && h('span', { class: pings > 0 ? 'count ping' : 'count', 'aria-hidden': 'true' }, String(count)),
      ),
    );
  });
  update(list, items);
}
