// The guided walk: seven steps that tick themselves once they have really happened.
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { type WalkStep, walkSteps } from './protocol.ts';
import { update } from './update.ts';
import type { View } from './view.ts';

export interface WalkActions {
  readonly fire: (alert: string) => void;
  readonly resolve: (alert: string) => void;
  /** Becomes the person, shows the channel, and writes the line for them to send. */
  readonly prepare: (person: string, channel: string, line: string) => void;
  readonly again: () => void;
}

interface Step {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly run: (view: View, actions: WalkActions) => void;
}

const steps: Readonly<Record<WalkStep, Step>> = {
  fire: {
    title: 'Fire an alert',
    text: 'Prometheus notices that desktop-3 is down, Alertmanager posts it, and it appears in #alerts.',
    button: 'Fire NodeDown',
    run: (_view, { fire }) => fire('nodeDown'),
  },
  grow: {
    title: 'Watch it grow',
    text: 'desktop-2 goes down too. No second message: the first one is edited.',
    button: 'Take desktop-2 down too',
    run: (_view, { fire }) => fire('nodeDown'),
  },
  resolve: {
    title: 'See it resolve',
    text: 'Both come back. The same message says so, with both times.',
    button: 'Resolve NodeDown',
    run: (_view, { resolve }) => resolve('nodeDown'),
  },
  nodes: {
    title: 'Ask for the nodes as Vera',
    text: 'She is a viewer: she may look. Only she sees the answer. Press Enter to send it.',
    button: 'Write /nodes as Vera',
    run: (_view, { prepare }) => prepare('vera', 'operations', '/nodes '),
  },
  refused: {
    title: 'Be refused as Nils',
    text: 'He has no role. The bot says which level is missing, and the audit trail remembers.',
    button: 'Write /nodes as Nils',
    run: (_view, { prepare }) => prepare('nils', 'operations', '/nodes '),
  },
  deploy: {
    title: 'Deploy as Otto',
    text: 'He is an operator. The tag goes into git, then into the cluster; one card shows how it goes.',
    button: 'Write /deploy as Otto',
    run: (view, { prepare }) => prepare('otto', 'operations', `/deploy sha:${goodTag(view)} reason:new prices`),
  },
  undone: {
    title: 'Break it',
    text: 'This image crashes. The deploy gives up early and undoes itself by a git revert.',
    button: 'Write one that crashes',
    run: (view, { prepare }) => prepare('otto', 'operations', `/deploy sha:${brokenTag(view)}`),
  },
};

/** The newest that does not run. */
function goodTag({ hello: { homelab } }: View): string {
  return homelab.tags.findLast((tag) => /^[0-9a-f]{40}$/.test(tag) && tag !== homelab.app?.tag) ?? '';
}

function brokenTag({ hello: { homelab } }: View): string {
  return homelab.tags.findLast((tag) => tag.startsWith('broken') && tag !== homelab.app?.tag) ?? 'broken';
}

/** `strip` shows the next step alone, beside the chat where there is no room for the whole walk. */
export function renderWalk(
  view: View,
  { section, strip }: { readonly section: HTMLElement; readonly strip: HTMLElement },
  actions: WalkActions,
): void {
  const taken = new Set(view.hello.walk);
  const current = walkSteps.find((step) => !taken.has(step));
  const hadFocus = section.contains(document.activeElement);
  const items = walkSteps.map((name) => {
    const { title, text, button, run } = steps[name];
    const isDone = taken.has(name);
    const isCurrent = name === current;
    return h(
      'li',
      {
        class: `step${isDone ? ' done' : ''}${isCurrent ? ' current' : ''}`,
        'aria-current': isCurrent ? 'step' : null,
      },
      h('span', { class: 'tick' }, isDone && icon('check')),
      h(
        'div',
        {},
        h('p', { class: 'step-title' }, title, isDone && h('span', { class: 'unseen' }, ', done')),
        isCurrent && h('p', { class: 'step-text' }, text),
        isCurrent &&
          h(
            'button',
            { type: 'button', class: 'button primary', 'data-key': name, onclick: () => run(view, actions) },
            button,
          ),
      ),
    );
  });
  update(section, [
    h(
      'header',
      { class: 'card-head' },
      h('h3', { id: 'walk-title' }, 'A walk in seven steps'),
      h('span', { class: 'progress' }, `${taken.size} of ${walkSteps.length}`),
    ),
    ...(current === undefined ? [over(actions)] : []),
    ...(current === undefined ? [] : [h('ol', { class: 'steps' }, items)]),
  ]);
  strip.hidden = current === undefined;
  if (current !== undefined) update(strip, nextStep(view, current, actions));
  if (hadFocus) section.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
}

function over({ again }: WalkActions): HTMLElement {
  const button = h('button', { type: 'button', class: 'linklike', onclick: again }, 'Walk again');
  return h(
    'p',
    { class: 'walk-over' },
    'That was the main job. Now play: let a warning get worse, acknowledge nothing for a minute, take Discord away, stop a node, roll back. ',
    button,
  );
}

function nextStep(view: View, current: WalkStep, actions: WalkActions): HTMLElement[] {
  const { title, button, run } = steps[current];
  return [
    h(
      'p',
      {},
      h('span', { class: 'progress' }, `Step ${walkSteps.indexOf(current) + 1} of ${walkSteps.length}`),
      ' ',
      h('b', {}, title),
    ),
    h(
      'button',
      { type: 'button', class: 'button primary', 'data-key': current, onclick: () => run(view, actions) },
      button,
    ),
  ];
}
