// The switch for who is typing: a set of radio buttons, one for each person of the guild.
import { avatar } from './avatar.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { update } from './update.ts';
import { levelOf, type View } from './view.ts';

export function renderPeople(view: View, group: HTMLElement, become: (username: string) => void): void {
  const people = view.hello.people.filter(({ bot }) => !bot);
  const hadFocus = group.contains(document.activeElement);
  const buttons = people.map((person, index) => {
    const { username, displayName } = person;
    const isMe = username === view.hello.as;
    const level = levelOf(person);
    return h(
      'button',
      {
        type: 'button',
        role: 'radio',
        class: 'person',
        'aria-checked': isMe ? 'true' : 'false',
        'aria-label': `${displayName}, ${level.name}, ${level.may}`,
        tabindex: isMe ? 0 : -1,
        'data-person': username,
        'data-key': username,
        onclick: () => become(username),
        onkeydown: (event) => {
          const step = steps[(event as KeyboardEvent).key];
          if (step === undefined) return;
          event.preventDefault();
          const next = people[(index + step + people.length) % people.length];
          if (next !== undefined) become(next.username);
        },
      },
      avatar(person),
      h('span', { class: 'person-name' }, displayName),
      h('span', { class: 'person-level' }, `${level.name} · ${level.may}`),
      isMe && icon('check'),
    );
  });
  update(group, buttons);
  if (hadFocus) group.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
}

/** Arrow keys move the choice, as in any set of radio buttons. */
const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
