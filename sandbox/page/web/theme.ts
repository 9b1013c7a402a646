// Light or dark: as the system says, until the person says otherwise.
import { byId } from './dom.ts';
import { icon } from './icons.ts';

const key = 'theme';

export function startTheme(): void {
  const button = byId('theme', HTMLButtonElement);
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = localStorage.getItem(key);

  function isDark(): boolean {
    return chosen === 'dark' || (chosen !== 'light' && system.matches);
  }

  function apply(): void {
    document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light';
    button.replaceChildren(icon(isDark() ? 'sun' : 'moon'));
    button.setAttribute('aria-label', isDark() ? 'Switch to light colours' : 'Switch to dark colours');
    button.title = isDark() ? 'Light colours' : 'Dark colours';
  }

  button.addEventListener('click', () => {
    chosen = isDark() ? 'light' : 'dark';
    localStorage.setItem(key, chosen);
    apply();
  });
  system.addEventListener('change', apply);
  apply();
}
