import { element } from '../shell/dom.ts';
import type { RowAction } from './describe.ts';
import { createRowView, type RowView } from './row-view.ts';
import type { Row } from './types.ts';

/** The list on the page. */
export interface ListView {
  element: HTMLElement;
  /** Shows these rows in this order; what is there stays the same element. */
  show(rows: readonly Row[]): void;
}

/** Creates the list; `orphaned` takes the focus when the last row goes that had it. */
export function createListView(act: (action: RowAction, id: string) => void, orphaned: () => void): ListView {
  const list = element('ul', { class: 'document-list', 'aria-label': 'Documents' });
  const views = new Map<string, { view: RowView; row: Row }>();

  const viewOf = (row: Row): HTMLElement => {
    const known = views.get(row.id);
    if (known?.row === row) return known.view.element;
    const view = known?.view ?? createRowView(row.id, act);
    view.update(row);
    views.set(row.id, { view, row });
    return view.element;
  };
  const forget = (id: string, { view }: { view: RowView }) => {
    const hadFocus = view.element.contains(document.activeElement);
    const neighbour = (view.element.nextElementSibling ??
      view.element.previousElementSibling) as HTMLElement | null;
    view.element.remove();
    views.delete(id);
    if (!hadFocus) return;
    if (neighbour) neighbour.focus();
    else orphaned();
  };
  return {
    element: list,
    show: (rows) => {
      const wanted = new Set(rows.map(({ id }) => id));
      for (const [id, known] of views) if (!wanted.has(id)) forget(id, known);
      rows.forEach((row, index) => {
        const shown = viewOf(row);
        const place = list.children[index];
        // Moving an element takes the focus from it, so only what stands elsewhere is moved.
        if (place !== shown) list.insertBefore(shown, place ?? null);
      });
    },
  };
}
