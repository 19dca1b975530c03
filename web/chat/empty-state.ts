import { element, replaceChildren, type Child } from '../shell/dom.ts';
import { openInvitation, type Invitation } from './invitation.ts';

/** What stands there before the first question. */
export interface EmptyState {
  element: HTMLElement;
  show(this: void, invitation: Invitation): void;
}

/** Creates it, inviting to nothing in particular yet. */
export function createEmptyState(handlers: {
  ask: (this: void, question: string) => void;
  /** Begins a question for somebody to finish. */
  begin: (this: void, question: string) => void;
  openDocuments: (this: void) => void;
}): EmptyState {
  const { ask, begin, openDocuments } = handlers;
  const note = element('p', { class: 'note', role: 'status' });
  const offers = element('div', { class: 'offers' });
  const show = ({ questions, titles, note: text = '', isEmpty }: Invitation) => {
    if (note.textContent !== text) note.textContent = text;
    replaceChildren(
      offers,
      ...toList(
        'Examples',
        questions.map((question) => ({ text: question, press: () => ask(question) })),
      ),
      ...toList(
        'Ask about',
        titles.map((title) => ({ text: title, press: () => begin(`About “${title}”: `) })),
      ),
      createWayIn(isEmpty, openDocuments),
    );
  };
  show(openInvitation);
  return {
    element: element(
      'section',
      { class: 'empty' },
      element('h2', {}, 'Ask your documents'),
      element(
        'p',
        {},
        'Every answer names the passages that it rests on. Press a number to check one in its document.',
      ),
      note,
      offers,
    ),
    show,
  };
}

function toList(name: string, offers: readonly { text: string; press: () => void }[]): Child[] {
  if (offers.length === 0) return [];
  const items = offers.map(({ text, press }) =>
    element('li', {}, element('button', { type: 'button', dir: 'auto', on: { click: press } }, text)),
  );
  return [element('h3', {}, name), element('ul', { class: 'examples', 'aria-label': name }, ...items)];
}

/** Where there is nothing to ask, putting in documents is what there is to do. */
function createWayIn(isEmpty: boolean, openDocuments: () => void): HTMLElement {
  const button = { type: 'button', class: isEmpty ? 'main' : 'link', on: { click: openDocuments } };
  return element(
    'p',
    {},
    element('button', button, 'Put in documents'),
    isEmpty ? undefined : ' of your own.',
  );
}
