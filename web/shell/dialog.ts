import { iconButton } from './button.ts';
import { element, type Child } from './dom.ts';
import { onPressBeside } from './press-beside.ts';

/** A dialog over the page with a title, which Esc, its button or a click beside it close. */
export interface Dialog {
  element: HTMLDialogElement;
  title: HTMLHeadingElement;
  open(): void;
  close(): void;
}

/** Creates a dialog, which has to be put into the page. `kind` is its class, and begins the ids of its parts. */
export function createDialog(kind: string, title: string, ...content: readonly Child[]): Dialog {
  const heading = element('h2', { id: `${kind}-title` }, title);
  const close = () => dialog.close();
  const closer = iconButton({ name: 'close', label: 'Close' }, close);
  const dialog = element(
    'dialog',
    { class: kind, 'aria-labelledby': heading.id },
    element(
      'div',
      { class: 'dialog-content' },
      element('div', { class: 'dialog-top' }, heading, closer),
      ...content,
    ),
  );
  // What is beside the content is the dialog itself: its backdrop.
  onPressBeside(dialog, (target) => target === dialog, close);
  return { element: dialog, title: heading, open: () => dialog.showModal(), close };
}
