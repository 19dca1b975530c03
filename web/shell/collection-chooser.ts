import { element, replaceChildren } from './dom.ts';

/** Chooses which documents are asked. Where there is one collection alone, there is nothing to see. */
export interface CollectionChooser {
  element: HTMLElement;
  current(): string;
  /** Shows a collection as chosen, without telling `onChoose`. */
  show(collection: string): void;
  /** What can be chosen. */
  offer(collections: readonly string[]): void;
}

/** Creates the chooser. */
export function createCollectionChooser(onChoose: (collection: string) => void): CollectionChooser {
  let current = 'main';
  let offered: readonly string[] = [];
  const select = element('select', {
    id: 'collection',
    on: {
      change: () => {
        current = select.value;
        onChoose(current);
      },
    },
  });
  const whole = element(
    'div',
    { class: 'collections' },
    element('label', { for: 'collection' }, 'Collection'),
    select,
  );
  const render = () => {
    const all = offered.includes(current) ? offered : [current, ...offered];
    replaceChildren(select, ...all.map((one) => element('option', { value: one }, one)));
    select.value = current;
    whole.hidden = all.length < 2;
  };
  render();
  return {
    element: whole,
    current: () => current,
    show: (collection) => {
      current = collection;
      render();
    },
    offer: (collections) => {
      offered = collections;
      render();
    },
  };
}
