// The strip above the messages: Discord is away and for how long, or the sandbox does not answer.
import type { Announce } from './announcer.ts';
import { h } from './dom.ts';
import { countdownText } from './times.ts';

export interface Notice {
  /** `until` in milliseconds since 1970. */
  away(until: number | null): void;
  lost(isLost: boolean): void;
}

export function createNotice(strip: HTMLElement, bringBack: () => void, announce: Announce): Notice {
  let until: number | null = null;
  let isLost = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  const left = h('span', { class: 'countdown', role: 'timer', 'aria-live': 'off' });

  function tick(): void {
    left.textContent = until === null ? '' : countdownText(until - Date.now());
  }

  function render(): void {
    strip.hidden = until === null && !isLost;
    clearInterval(timer);
    if (isLost) {
      strip.replaceChildren(
        h(
          'p',
          {},
          'The sandbox does not answer. If it has ended, start it again with ',
          h('code', {}, 'npm start'),
          '.',
        ),
      );
    } else if (until !== null) {
      tick();
      timer = setInterval(tick, 500);
      strip.replaceChildren(
        h(
          'p',
          {},
          h('b', {}, 'Discord is away'),
          ' for ',
          left,
          '. The bot goes on taking alerts: fire one, and it appears once Discord is back.',
        ),
        h('button', { type: 'button', class: 'button secondary', onclick: bringBack }, 'Bring it back now'),
      );
    }
  }

  return {
    away(next) {
      if ((next === null) !== (until === null)) announce(next === null ? 'Discord is back' : 'Discord is away');
      until = next;
      render();
    },
    lost(next) {
      if (next === isLost) return;
      isLost = next;
      if (isLost) announce('The sandbox does not answer');
      render();
    },
  };
}
