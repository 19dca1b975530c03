import { iconButton } from './button.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';

/** The page's top, and what in it depends on whether a key is kept. */
export interface Top {
  element: HTMLElement[];
  showKey(this: void, isKept: boolean): void;
}

/** Creates the top: the name, which documents are asked, and what the page can do beside asking. */
export function createTop(parts: {
  collections: HTMLElement;
  theme: HTMLElement;
  startNew: () => void;
  toggleDocuments: () => void;
  forgetKey: () => void;
}): Top {
  const menu = iconButton({
    name: 'menu',
    label: 'Conversations',
    popovertarget: 'sidebar',
    class: 'icon narrow-only',
  });
  const begin = iconButton(
    { name: 'add', label: 'New conversation', class: 'icon narrow-only' },
    parts.startNew,
  );
  const key = iconButton({ name: 'key', label: 'Forget the key' }, parts.forgetKey);
  const documents = element(
    'button',
    { type: 'button', class: 'quiet', on: { click: parts.toggleDocuments } },
    icon('documents'),
    element('span', {}, 'Documents'),
  );
  const actions = element(
    'div',
    { class: 'top-actions' },
    parts.collections,
    documents,
    begin,
    key,
    parts.theme,
  );
  return {
    element: [menu, element('h1', {}, 'Raglan'), actions],
    showKey: (isKept) => {
      key.hidden = !isKept;
    },
  };
}
