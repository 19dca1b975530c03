import { iconButton } from './button.ts';
import { element } from './dom.ts';
import { onPressBeside } from './press-beside.ts';

/** A part of the page that lies at its side, or over it where that is narrow. */
export interface Drawer {
  element: HTMLElement;
  open(this: void): void;
  /** Opens or closes it. */
  toggle(this: void): void;
}

export interface DrawerParts {
  content: HTMLElement;
  label: string;
  /** The rest of the page: usable beside it, and out of reach where it lies over that. */
  behind: readonly HTMLElement[];
  /** Takes the focus where what opened the drawer has gone meanwhile. */
  orphaned: () => void;
  onOpen: () => void;
  onClose: () => void;
}

/** Where there is no room for both (styles/over.css). */
const narrow = '(width < 75rem)';

/** Creates a drawer, closed. Esc closes it, and where it lies over the page, a press beside it. */
export function createDrawer(parts: DrawerParts): Drawer {
  let opener: Element | null = null;
  const room = matchMedia(narrow);
  const isOver = () => !drawer.hidden && room.matches;
  const shield = () => {
    const isModal = isOver();
    for (const one of parts.behind) one.inert = isModal;
    drawer.role = isModal ? 'dialog' : 'complementary';
    drawer.ariaModal = isModal ? 'true' : null;
  };
  // A phone that is turned may have room for both.
  room.addEventListener('change', shield);
  const close = () => {
    drawer.hidden = true;
    shield();
    parts.onClose();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    else parts.orphaned();
  };
  const closer = iconButton({ name: 'close', label: `Close: ${parts.label}` }, close);
  const drawer = element(
    'section',
    // To be pressed anywhere gives it the focus, so that it hears of Esc.
    { class: 'drawer', 'aria-label': parts.label, tabindex: -1, hidden: true },
    element('div', { class: 'drawer-top' }, closer),
    parts.content,
  );
  addEventListener('keydown', ({ key, target }) => {
    if (key !== 'Escape' || drawer.hidden || !(target instanceof Element)) return;
    // A dialog closes first, by itself.
    if (target.closest('dialog') === null && (isOver() || drawer.contains(target))) close();
  });
  // What is out of reach leaves presses to the page itself.
  const isBeside = (target: EventTarget | null) => target instanceof Element && target.contains(drawer);
  onPressBeside(globalThis, isBeside, () => {
    if (isOver()) close();
  });
  const open = () => {
    if (!drawer.hidden) return;
    opener = document.activeElement;
    drawer.hidden = false;
    shield();
    parts.onOpen();
    closer.focus();
  };
  return { element: drawer, open, toggle: () => (drawer.hidden ? open() : close()) };
}
