import { element, replaceChildren } from '../shell/dom.ts';
import type { ShelfView } from './shelf.ts';

/** What stands below the list: that it is empty, is being loaded, goes on, or could not be had. */
export interface StateView {
  element: HTMLElement;
  show(view: ShelfView): void;
}

/** Creates it; `load` brings the next page. */
export function createStateView(load: () => void): StateView {
  const place = element('div', { class: 'documents-state' });
  const problem = element('p', { role: 'alert' });
  const button = element('button', { type: 'button', class: 'quiet', on: { click: load } });
  let shown = '';
  return {
    element: place,
    show: (view) => {
      const kind = kindOf(view);
      if (kind === shown) return;
      shown = kind;
      // What is there already keeps the focus while the next page comes.
      button.textContent = view.problem === undefined ? 'Show more' : 'Try again';
      problem.textContent = view.problem ?? '';
      replaceChildren(place, ...partsOf(view, problem, button));
    },
  };
}

function kindOf({ rows, hasMore, isLoading, problem }: ShelfView): string {
  return [rows.length === 0, hasMore, isLoading, problem].join(' ');
}

function partsOf({ rows, hasMore, isLoading, problem }: ShelfView, alert: HTMLElement, button: HTMLElement) {
  if (problem !== undefined) return [alert, button];
  if (isLoading && rows.length === 0) return [element('p', {}, 'Loading …')];
  if (hasMore) return [button];
  if (rows.length > 0) return [];
  return [
    element('p', { class: 'documents-empty' }, 'There are no documents here yet.'),
    element(
      'p',
      {},
      'Drop files or folders, or choose them above. You can ask about them as soon as they are ready.',
    ),
  ];
}
