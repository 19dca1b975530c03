import { createDialog } from './dialog.ts';
import { element } from './dom.ts';
import type { KeptValues } from './storage.ts';

/** The key that the page calls the API with, and the dialog that asks for it. */
export interface KeyKeeper {
  element: HTMLElement;
  key(this: void): string | undefined;
  /** Asks for a key; undefined if the dialog is closed without one. Who asks meanwhile gets the same answer. */
  ask(this: void): Promise<string | undefined>;
  forget(this: void): void;
}

const name = 'raglan.key';

/** Creates the keeper. `session` is a storage that is gone with the tab: a key is kept nowhere else. */
export function createKeyKeeper(session: KeptValues, onChange: () => void): KeyKeeper {
  let asking: PromiseWithResolvers<string | undefined> | undefined;
  const key = () => session.getItem(name) ?? undefined;
  const why = element('p', { id: 'key-why' });
  const field = element('input', {
    ...{
      id: 'key',
      type: 'password',
      required: true,
      // What is none of these does not fit into a header, and so is no key.
      pattern: String.raw`\s*[!-~]+\s*`,
      title: 'A key has letters, digits and signs of ASCII alone, and no spaces.',
      autocomplete: 'off',
      spellcheck: 'false',
    },
    ...{ placeholder: 'rgl_…', 'aria-describedby': 'key-why' },
  });
  const form = element(
    'form',
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          session.setItem(name, field.value.trim());
          onChange();
          end(key());
        },
      },
    },
    element('label', { for: 'key' }, 'Key'),
    field,
    why,
    element('button', { type: 'submit', class: 'main' }, 'Use this key'),
  );
  const dialog = createDialog('key-dialog', 'This server wants a key', form);
  const end = (given: string | undefined) => {
    field.value = '';
    asking?.resolve(given);
    asking = undefined;
    dialog.close();
  };
  // What was typed and not given is no key.
  dialog.element.addEventListener('close', () => end(undefined));
  return {
    element: dialog.element,
    key,
    ask: () => {
      if (asking) return asking.promise;
      asking = Promise.withResolvers();
      why.textContent =
        key() === undefined
          ? 'Ask whoever runs Raglan for one. It is kept until this tab is closed, and nowhere else.'
          : 'The key was not accepted: it is mistyped, or was revoked.';
      dialog.open();
      field.focus();
      return asking.promise;
    },
    forget: () => {
      session.removeItem(name);
      onChange();
    },
  };
}
