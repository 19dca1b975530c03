import { iconButton } from '../shell/button.ts';
import { element, replaceChildren } from '../shell/dom.ts';
import { icon } from '../shell/icons.ts';
import { titleOf } from './history/bounds.ts';
import type { Conversation } from './turn.ts';

/** Conversations at the side of the page. */
export interface ConversationList {
  element: HTMLElement;
  show(conversations: readonly Conversation[], currentId: string): void;
}

/** Creates the list, with a button for a new conversation above it. */
export function createConversationList(handlers: {
  startNew: (this: void) => void;
  open: (this: void, id: string) => void;
  remove: (this: void, id: string) => void;
}): ConversationList {
  const list = element('ul', { class: 'conversations' });
  const toItem = (conversation: Conversation, isCurrent: boolean) => {
    const { id } = conversation;
    const title = titleOf(conversation);
    const current = isCurrent ? { 'aria-current': 'true' } : {};
    return element(
      'li',
      {},
      element(
        'button',
        {
          type: 'button',
          class: 'conversation',
          title,
          dir: 'auto',
          ...current,
          on: { click: () => handlers.open(id) },
        },
        title,
      ),
      iconButton({ name: 'remove', label: `Delete: ${title}` }, () => handlers.remove(id)),
    );
  };
  const begin = element(
    'button',
    { type: 'button', class: 'new', on: { click: handlers.startNew } },
    icon('add'),
    'New conversation',
  );
  let shown = '';
  return {
    element: element(
      'div',
      { class: 'side' },
      begin,
      list,
      element('p', { class: 'kept' }, 'Kept in this browser only.'),
    ),
    show: (conversations, currentId) => {
      const all = conversations
        .map((one) => JSON.stringify([one.id, titleOf(one), one.id === currentId]))
        .join();
      // Made anew only where it changes, or whoever is in it with the keyboard would be thrown out.
      if (all === shown) return;
      shown = all;
      const focused = Array.from(list.querySelectorAll('button')).findIndex(
        (one) => one === document.activeElement,
      );
      replaceChildren(list, ...conversations.map((one) => toItem(one, one.id === currentId)));
      const buttons = list.querySelectorAll('button');
      if (focused !== -1) (buttons[Math.min(focused, buttons.length - 1)] ?? begin).focus();
    },
  };
}
