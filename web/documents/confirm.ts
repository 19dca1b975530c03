import { element, replaceChildren } from '../shell/dom.ts';

/** A question that is answered by yes or no. */
export interface Question {
  title: string;
  text: string;
  /** What it is about, one line each. */
  items?: readonly string[];
  yes: string;
  no: string;
}

/** Asks before something that cannot be taken back. */
export interface Confirm {
  element: HTMLElement;
  ask(question: Question): Promise<boolean>;
}

/** A longer list is cut, and says by how much. */
const mostItems = 10;

/** Creates the dialog. The browser gives the focus back to where it was. */
export function createConfirm(): Confirm {
  const dialog = element('dialog', { class: 'confirm', 'aria-labelledby': 'confirm-title' });
  return {
    element: dialog,
    ask: (question) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const end = (isYes: boolean) => () => {
        resolve(isYes);
        dialog.close();
      };
      replaceChildren(
        dialog,
        element('h2', { id: 'confirm-title' }, question.title),
        element('p', {}, question.text),
        question.items && createItems(question.items),
        element(
          'div',
          { class: 'confirm-buttons' },
          element(
            'button',
            { type: 'button', class: 'quiet', autofocus: true, on: { click: end(false) } },
            question.no,
          ),
          element('button', { type: 'button', class: 'danger', on: { click: end(true) } }, question.yes),
        ),
      );
      dialog.addEventListener('close', () => resolve(false), { once: true });
      dialog.showModal();
      return promise;
    },
  };
}

function createItems(items: readonly string[]): HTMLElement {
  const lines = items.slice(0, mostItems).map((item) => element('li', {}, item));
  if (items.length > mostItems) lines.push(element('li', {}, `and ${items.length - mostItems} more`));
  return element('ul', {}, ...lines);
}
