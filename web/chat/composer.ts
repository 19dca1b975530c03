import { element, replaceChildren } from '../shell/dom.ts';
import { icon } from '../shell/icons.ts';

/** Where questions are written. While an answer is made, its button stops that. */
export interface Composer {
  element: HTMLElement;
  focus(): void;
  /** Puts the beginning of a question there, for somebody to go on. */
  begin(this: void, text: string): void;
  setBusy(isBusy: boolean): void;
}

/** As long as `POST /ask` takes it. */
const maxQuestion = 4_000;

/** The field grows with its text, to so many pixels. */
const maxHeight = 240;

/** Creates the field and its button. `/` anywhere on the page leads here. */
export function createComposer(handlers: {
  ask: (this: void, question: string) => void;
  stop: (this: void) => void;
}): Composer {
  let isBusy = false;
  const field = element('textarea', {
    ...{
      id: 'question',
      rows: 1,
      maxlength: maxQuestion,
      dir: 'auto',
      placeholder: 'Ask your documents',
      enterkeyhint: 'send',
    },
    on: {
      input: () => grow(field),
      keydown: (event) => {
        // Enter ends a word in an input method before it ends a question.
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        send();
      },
    },
  });
  const send = () => {
    const question = field.value.trim();
    if (question === '' || isBusy) return;
    field.value = '';
    grow(field);
    handlers.ask(question);
  };
  const button = element('button', { type: 'submit', class: 'send' });
  const setBusy = (busy: boolean) => {
    isBusy = busy;
    button.setAttribute('aria-label', busy ? 'Stop' : 'Ask');
    button.title = busy ? 'Stop' : 'Ask (Enter)';
    replaceChildren(button, icon(busy ? 'stop' : 'send'));
  };
  setBusy(false);
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    event.preventDefault();
    field.focus();
  });
  const press = (event: Event) => {
    event.preventDefault();
    if (isBusy) handlers.stop();
    else send();
  };
  return {
    element: element(
      'form',
      { class: 'composer', on: { submit: press } },
      element('label', { for: 'question', class: 'for-screen-readers' }, 'Your question'),
      field,
      button,
    ),
    focus: () => field.focus(),
    begin: (text) => {
      field.value = text;
      grow(field);
      field.focus();
      field.setSelectionRange(text.length, text.length);
    },
    setBusy,
  };
}

function grow(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${Math.min(maxHeight, field.scrollHeight)}px`;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, dialog, [contenteditable]') !== null
  );
}
