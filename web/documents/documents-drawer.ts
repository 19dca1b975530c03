import type { ApiClient } from '../api/client.ts';
import { createDrawer, type Drawer, type DrawerParts } from '../shell/drawer.ts';
import type { Notify } from '../shell/notices.ts';
import { createDocumentsPanel } from './panel.ts';

/** The drawer with the documents of the collection that is asked. */
export interface DocumentsDrawer extends Drawer {
  /** Another collection may be asked: where the drawer is open, it has its documents. */
  follow(this: void): void;
}

export interface DocumentsDrawerParts extends Pick<DrawerParts, 'behind' | 'orphaned'> {
  api: ApiClient;
  notify: Notify;
  /** The collection that is asked. */
  collection: () => string;
  /** What is served is different, or may be soon. */
  onChanged: () => void;
}

/** Creates the drawer, closed. */
export function createDocumentsDrawer(parts: DocumentsDrawerParts): DocumentsDrawer {
  const { api, notify, onChanged, behind, orphaned } = parts;
  const panel = createDocumentsPanel({ api, notify, onChanged });
  let shown: string | undefined;
  const show = () => {
    const collection = parts.collection();
    if (collection === shown) return;
    shown = collection;
    panel.show(collection);
  };
  const drawer = createDrawer({
    ...{ content: panel.element, label: 'Documents', behind, orphaned },
    onOpen: show,
    onClose: () => {
      shown = undefined;
      panel.close();
      // Also what was put in and is not ready yet.
      onChanged();
    },
  });
  return {
    ...drawer,
    follow: () => {
      if (!drawer.element.hidden) show();
    },
  };
}
