import type { ApiClient } from '../api/client.ts';
import { openShelf, type Shelf, type ShelfOptions } from './shelf.ts';

/** The collections that were shown, of which one is. */
export interface Shelves {
  current: () => Shelf | undefined;
  show: (collection: string) => void;
  /** None is shown any more. What is on its way goes on. */
  hide: () => void;
}

type Heard = Pick<ShelfOptions, 'onChange' | 'onServed' | 'onProblem'>;

/** Creates it with none. */
export function createShelves({ api, onChange, ...heard }: Heard & { api: ApiClient }): Shelves {
  const shelves = new Map<string, Shelf>();
  let shown: string | undefined;
  const isVisible = (collection: string) => shown === collection && document.visibilityState === 'visible';
  const current = () => (shown === undefined ? undefined : shelves.get(shown));
  document.addEventListener('visibilitychange', () => current()?.wake());
  addEventListener('beforeunload', (event) => {
    // The browser asks whether to leave: what is being sent would end.
    if (Array.from(shelves.values()).some((shelf) => shelf.open() > 0)) event.preventDefault();
  });
  const open = (collection: string) => {
    shelves.get(collection)?.close();
    const shelf = openShelf({
      ...{ api, collection, ...heard },
      isVisible: () => isVisible(collection),
      onChange: () => {
        if (shown === collection) onChange();
      },
    });
    shelves.set(collection, shelf);
    shelf.load();
  };
  return {
    current,
    show: (collection) => {
      shown = collection;
      // The list may be another by now; files on their way are only known here.
      if ((shelves.get(collection)?.open() ?? 0) === 0) open(collection);
      current()?.wake();
      onChange();
    },
    hide: () => {
      shown = undefined;
    },
  };
}
