import { element } from '../shell/dom.ts';
import { takeChosen, takeDrop } from './dropped-files.ts';
import { endings } from './formats.ts';
import type { ChosenFile } from './types.ts';

/** Ways for files to come in. */
export interface FileEntry {
  /** The buttons, for a keyboard as for a mouse. */
  element: HTMLElement;
  focus: () => void;
}

/** Files that were chosen or dropped; reading a folder takes a while, and may fail. */
export type OnFiles = (files: () => Promise<ChosenFile[]>) => void;

/** Creates the buttons that choose files or a folder, and lets files be dropped anywhere on `target`. */
export function createFileEntry(target: HTMLElement, onFiles: OnFiles): FileEntry {
  const accept = endings.map((ending) => `.${ending}`).join();
  const files = createInput({ accept }, onFiles);
  const folder = createInput({ webkitdirectory: true }, onFiles);
  const add = createButton('Add files', 'main', files);
  takeDrops(target, onFiles);
  return {
    element: element(
      'div',
      { class: 'file-entry' },
      add,
      createButton('Add a folder', 'quiet', folder),
      files,
      folder,
    ),
    focus: () => add.focus(),
  };
}

function createInput(attributes: Record<string, string | boolean>, onFiles: OnFiles): HTMLInputElement {
  const input = element('input', {
    ...{ type: 'file', multiple: true, hidden: true, ...attributes },
    on: {
      change: () => {
        const chosen = takeChosen(input.files);
        // Or the same file chosen again would be no change.
        input.value = '';
        onFiles(async () => chosen);
      },
    },
  });
  return input;
}

function createButton(label: string, kind: string, input: HTMLInputElement): HTMLButtonElement {
  return element('button', { type: 'button', class: kind, on: { click: () => input.click() } }, label);
}

function takeDrops(target: HTMLElement, onFiles: OnFiles): void {
  // Entering a child comes before leaving its parent.
  let depth = 0;
  const enter = (change: number) => {
    depth = change === 0 ? 0 : depth + change;
    target.classList.toggle('is-over', depth > 0);
  };
  const onDrag = (listener: (event: DragEvent) => void) => (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files')) listener(event);
  };
  target.addEventListener(
    'dragenter',
    onDrag(() => enter(1)),
  );
  target.addEventListener(
    'dragleave',
    onDrag(() => enter(-1)),
  );
  target.addEventListener(
    'drop',
    onDrag((event) => {
      enter(0);
      if (event.dataTransfer) onFiles(takeDrop(event.dataTransfer));
    }),
  );
  // What is dropped beside it would be opened by the browser in the place of the page.
  for (const type of ['dragover', 'drop'] as const) {
    addEventListener(
      type,
      onDrag((event) => event.preventDefault()),
    );
  }
}
