import { element, replaceChildren } from '../shell/dom.ts';
import { describe, type RowAction, type RowInWords } from './describe.ts';
import type { Row } from './types.ts';

/** One line of the list on the page. */
export interface RowView {
  element: HTMLElement;
  update(row: Row): void;
}

/** What its button says, and what screen readers hear together with the document's name. */
const names: Readonly<Record<RowAction, string>> = {
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  sendAgain: 'Send again',
  retry: 'Retry',
  remove: 'Delete',
};

/** Creates the line of one document; `act` hears of its buttons. */
export function createRowView(id: string, act: (action: RowAction, id: string) => void): RowView {
  const badge = element('span', { class: 'document-state' });
  const detail = element('p', { class: 'document-detail' });
  const title = element('span', { class: 'document-title' });
  const progress = element('div', { class: 'document-progress' });
  const buttons = element('div', { class: 'document-actions' });
  const view = element(
    'li',
    { class: 'document', tabindex: -1 },
    element('div', { class: 'document-name' }, ...nameOf(id), title),
    badge,
    progress,
    detail,
    buttons,
  );
  let shownActions = '';
  return {
    element: view,
    update: (row) => {
      const words = describe(row);
      view.dataset['tone'] = words.tone;
      setText(badge, words.label);
      setText(detail, words.detail ?? '');
      setText(title, titleOf(row));
      showProgress(progress, id, words);
      if (shownActions !== words.actions.join()) {
        shownActions = words.actions.join();
        const hadFocus = buttons.contains(document.activeElement);
        replaceChildren(buttons, ...words.actions.map((action) => createButton(action, id, act)));
        // Not to another button: whoever presses Enter twice would do what it says.
        if (hadFocus) view.focus();
      }
      // A disabled button would lose the focus to nowhere.
      for (const button of buttons.children)
        button.setAttribute('aria-disabled', String(row.isBusy ?? false));
    },
  };
}

function nameOf(id: string): HTMLElement[] {
  const start = id.lastIndexOf('/') + 1;
  const name = element('span', { class: 'document-file' }, id.slice(start));
  return start === 0 ? [name] : [element('span', { class: 'document-folder' }, id.slice(0, start)), name];
}

/** A title that only says the name again is none. */
function titleOf({ id, document }: Row): string {
  return document === undefined || document.title === id ? '' : document.title;
}

function showProgress(place: HTMLElement, id: string, { progress, label }: RowInWords): void {
  if (progress === undefined) return place.replaceChildren();
  const shown = place.querySelector('progress') ?? element('progress', { max: 1 });
  shown.setAttribute('aria-label', `${label}: ${id}`);
  if (progress.value === undefined) shown.removeAttribute('value');
  else shown.value = progress.value;
  if (!shown.isConnected) place.append(shown);
}

function createButton(action: RowAction, id: string, act: (action: RowAction, id: string) => void) {
  const click = () => act(action, id);
  const attributes = { type: 'button', class: 'quiet', 'aria-label': `${names[action]} ${id}` };
  return element('button', { ...attributes, on: { click } }, names[action]);
}

function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}
