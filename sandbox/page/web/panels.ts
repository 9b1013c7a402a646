// Which panel is shown where there is not room for all: channels, chat or homelab.
import { byId } from './dom.ts';

export type Panel = 'channels' | 'chat' | 'homelab';

const panels = ['channels', 'chat', 'homelab'] as const satisfies readonly Panel[];

export function showPanel(panel: Panel): void {
  const app = byId('app', HTMLElement);
  app.dataset['panel'] = panel;
  for (const button of app.querySelectorAll<HTMLElement>('.tabs [data-to]')) {
    if (button.dataset['to'] === panel) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
  }
}

export function startPanels(): void {
  const app = byId('app', HTMLElement);
  for (const panel of panels) {
    app.querySelector(`.tabs [data-to="${panel}"]`)?.addEventListener('click', () => showPanel(panel));
  }
  byId('show-homelab', HTMLButtonElement).addEventListener('click', () => {
    showPanel('homelab');
    byId('hide-homelab', HTMLButtonElement).focus();
  });
  byId('hide-homelab', HTMLButtonElement).addEventListener('click', () => {
    showPanel('chat');
    byId('show-homelab', HTMLButtonElement).focus();
  });
  // The message box can have the focus only where it is shown.
  byId('skip', HTMLAnchorElement).addEventListener('click', () => showPanel('chat'));
  showPanel('chat');
}
