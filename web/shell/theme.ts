import { iconButton } from './button.ts';
import { replaceChildren } from './dom.ts';
import { icon } from './icons.ts';

const name = 'raglan.theme';

/** A button between light and dark. Until it is pressed, the page is as the system is; then this browser keeps the choice. */
export function createThemeSwitch(storage: Pick<Storage, 'getItem' | 'setItem'>): HTMLButtonElement {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const button = iconButton({ name: 'moon', label: 'Dark theme' }, () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    storage.setItem(name, root.dataset['theme']);
    show();
  });
  const show = () => {
    const label = isDark() ? 'Light theme' : 'Dark theme';
    button.setAttribute('aria-label', label);
    button.title = label;
    replaceChildren(button, icon(isDark() ? 'sun' : 'moon'));
  };
  const kept = storage.getItem(name);
  if (kept === 'light' || kept === 'dark') root.dataset['theme'] = kept;
  system.addEventListener('change', show);
  show();
  return button;
}
