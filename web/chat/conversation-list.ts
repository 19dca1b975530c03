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
        { type: 'button', class: 'conversation', ...current, on: { click: () => handlers.open(id) } },
        title,
      ),
      iconButton({ name: 'remove', label: `Delete: ${title}` }, () => handlers.remove(id)),
    );
  };
  const begin = { type: 'button', class: 'new', on: { click: handlers.startNew } };
  return {
    element: element(
      'div',
      { class: 'side' },
      element('button', begin, icon('add'), 'New conversation'),
      list,
      element('p', { class: 'kept' }, 'Kept in this browser only.'),
    ),
    show: (conversations, currentId) => {
      replaceChildren(list, ...conversations.map((one) => toItem(one, one.id === currentId)));
    },
  };
}
