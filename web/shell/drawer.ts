import { iconButton } from './button.ts';
import { element } from './dom.ts';

/** A part of the page that lies at its side, or over it where that is narrow. The rest stays usable beside it. */
export interface Drawer {
  element: HTMLElement;
  open(this: void): void;
}

/** Creates a drawer, closed. `behind` is what a narrow page has no room for meanwhile. */
export function createDrawer(parts: {
  content: HTMLElement;
  label: string;
  behind: readonly HTMLElement[];
  onOpen: () => void;
  onClose: () => void;
}): Drawer {
  let opener: Element | null = null;
  const narrow = matchMedia('(max-width: 48rem)');
  const shield = () => {
    for (const one of parts.behind) one.inert = !drawer.hidden && narrow.matches;
  };
  // A phone that is turned has room for both.
  narrow.addEventListener('change', shield);
  const close = () => {
    drawer.hidden = true;
    shield();
    parts.onClose();
    if (opener instanceof HTMLElement) opener.focus();
  };
  const closer = iconButton({ name: 'close', label: `Close: ${parts.label}` }, close);
  const drawer = element(
    'aside',
    {
      ...{ class: 'drawer', 'aria-label': parts.label, hidden: true },
      on: {
        keydown: (event) => {
          // A dialog within closes first, by itself.
          const isWithin = event.target instanceof Element && event.target.closest('dialog') !== null;
          if (event.key === 'Escape' && !isWithin) close();
        },
      },
    },
    element('div', { class: 'drawer-top' }, closer),
    parts.content,
  );
  return {
    element: drawer,
    open: () => {
      if (!drawer.hidden) return;
      opener = document.activeElement;
      drawer.hidden = false;
      shield();
      parts.onOpen();
      closer.focus();
    },
  };
}
