import { element } from '../shell/dom.ts';

/** What the project's own documents answer, which are what a first start has in it. */
const examples = [
  'What does Raglan cost while it is idle?',
  'How does the cache know that two questions mean the same?',
  'What happens to a document after it is put in?',
] as const;

/** What stands there before the first question. */
export function createEmptyState(handlers: {
  ask: (this: void, question: string) => void;
  openDocuments: (this: void) => void;
}): HTMLElement {
  const buttons = examples.map((question) =>
    element(
      'li',
      {},
      element('button', { type: 'button', on: { click: () => handlers.ask(question) } }, question),
    ),
  );
  return element(
    'section',
    { class: 'empty' },
    element('h2', {}, 'Ask your documents'),
    element(
      'p',
      {},
      'Every answer names the passages that it rests on. Press a number to check one in its document.',
    ),
    element('ul', { class: 'examples', 'aria-label': 'Examples' }, ...buttons),
    element(
      'p',
      {},
      'Nothing in it yet? ',
      element(
        'button',
        { type: 'button', class: 'link', on: { click: handlers.openDocuments } },
        'Put in documents',
      ),
      ' of your own.',
    ),
  );
}
