// The list of suggestions above the message box: a listbox that the box commands while it keeps the focus.
import { h } from './dom.ts';

export interface Suggestion {
  readonly label: string;
  /** Empty for none. */
  readonly detail: string;
  readonly choose: () => void;
}

export interface Suggestions {
  readonly list: HTMLElement;
  readonly all: readonly Suggestion[];
  /** The one that Enter would choose. */
  readonly active: Suggestion | undefined;
  /** `first` is the place of the one that is active at first; -1 for none. */
  show(next: readonly Suggestion[], first: number): void;
  close(): void;
  /** Down with 1, up with -1; round at the ends. */
  move(step: number): void;
}

/** For an input of the role combobox, which names the active one. */
export function createSuggestions(id: string, input: HTMLInputElement): Suggestions {
  const list = h('ul', { id, class: 'suggestions', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
  let all: readonly Suggestion[] = [];
  let active = -1;

  function mark(): void {
    for (const [index, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(index === active));
      if (index === active) item.scrollIntoView({ block: 'nearest' });
    }
    if (active < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `suggestion-${active}`);
  }

  function item({ label, detail, choose }: Suggestion, index: number): HTMLElement {
    const onmousedown = (event: Event): void => {
      // The box keeps the focus.
      event.preventDefault();
      choose();
    };
    return h(
      'li',
      { id: `suggestion-${index}`, role: 'option', onmousedown },
      h('span', { class: 'suggestion-label' }, label),
      detail !== '' && h('span', { class: 'suggestion-detail' }, detail),
    );
  }

  function show(next: readonly Suggestion[], first: number): void {
    all = next;
    active = next.length === 0 ? -1 : first;
    list.replaceChildren(...next.map(item));
    list.hidden = next.length === 0;
    input.setAttribute('aria-expanded', String(next.length > 0));
    mark();
  }

  return {
    list,
    get all() {
      return all;
    },
    get active() {
      return all[active];
    },
    show,
    close: () => show([], -1),
    move(step) {
      if (all.length === 0) return;
      const from = active < 0 && step < 0 ? 0 : active;
      active = (from + step + all.length) % all.length;
      mark();
    },
  };
}
