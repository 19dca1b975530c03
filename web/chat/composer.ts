import { element, replaceChildren } from '../shell/dom.ts';
import { icon } from '../shell/icons.ts';

/** Where questions are written. While an answer is made, its button stops that. */
export interface Composer {
  element: HTMLElement;
  focus(this: void): void;
  /** Puts the beginning of a question there, for somebody to go on. */
  begin(this: void, text: string): void;
  /** Shows what becomes of the answer that is made, and what the button does about it. */
  show(this: void, state: ComposerState): void;
}

/** `busy` while an answer is made, `stopping` until the server has ended it. */
export type ComposerState = 'idle' | 'busy' | 'stopping';

const buttons = {
  idle: { label: 'Ask', title: 'Ask (Enter)', icon: 'send' },
  busy: { label: 'Stop', title: 'Stop', icon: 'stop' },
  stopping: { label: 'Stopping…', title: 'Stopping…', icon: 'stop' },
} as const;

/** As long as `POST /ask` takes it. */
const maxQuestion = 4_000;

/** The field grows with its text, to so many pixels. */
const maxHeight = 240;

/** Creates the field and its button. `/` anywhere on the page leads here. */
export function createComposer(handlers: {
  ask: (this: void, question: string) => void;
  stop: (this: void) => void;
}): Composer {
  let state: ComposerState = 'idle';
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
    if (question === '' || state !== 'idle') return;
    field.value = '';
    grow(field);
    handlers.ask(question);
  };
  const button = element('button', { type: 'submit', class: 'send' });
  const show = (next: ComposerState) => {
    state = next;
    const { label, title, icon: name } = buttons[next];
    button.setAttribute('aria-label', label);
    // A disabled button would lose the focus to nowhere.
    button.setAttribute('aria-disabled', String(next === 'stopping'));
    button.title = title;
    replaceChildren(button, icon(name));
  };
  show('idle');
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    event.preventDefault();
    field.focus();
  });
  const press = (event: Event) => {
    event.preventDefault();
    if (state === 'busy') handlers.stop();
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
    show,
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
