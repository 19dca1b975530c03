import type { ApiClient } from '../api/client.ts';
import { element } from '../shell/dom.ts';
import type { Notify } from '../shell/notices.ts';
import { createConfirm, type Confirm } from './confirm.ts';
import type { RowAction } from './describe.ts';
import { createFileEntry } from './file-entry.ts';
import { formatsInWords } from './formats.ts';
import { createLeftOut } from './left-out.ts';
import { createListView } from './list-view.ts';
import { problemOf } from './problem.ts';
import { putIn } from './put-in.ts';
import { summarise } from './rows.ts';
import type { Shelf } from './shelf.ts';
import { createShelves } from './shelves.ts';
import { createStateView } from './state-view.ts';
import type { ChosenFile } from './types.ts';

export interface DocumentsPanelOptions {
  api: ApiClient;
  notify: Notify;
  /** What is served is different, so answers may be. */
  onChanged: () => void;
}

/** The documents of a collection: what is there, what is on its way, and ways to put in and to delete. */
export interface DocumentsPanel {
  element: HTMLElement;
  /** Shows a collection. */
  show(collection: string): void;
  /** Nobody sees it any more: files on their way go on, but nothing is looked at until it is shown again. */
  close(): void;
}

/** Creates the panel, which shows nothing yet. */
export function createDocumentsPanel({ api, notify, onChanged }: DocumentsPanelOptions): DocumentsPanel {
  const panel = element('section', { class: 'documents', 'aria-labelledby': 'documents-title' });
  const summary = element('p', { class: 'documents-summary', 'aria-live': 'polite' });
  const refusal = element('p', { class: 'documents-refusal', role: 'status' });
  const confirm = createConfirm();
  const leftOut = createLeftOut(() => entry.focus());
  const say = (text: string) => notify({ text, tone: 'bad' });

  const shelves = createShelves({
    api,
    onChange: oncePerFrame(() => {
      const shelf = shelves.current();
      if (shelf) render(shelf);
    }),
    onServed: onChanged,
    onProblem: say,
  });
  const take = (files: () => Promise<ChosenFile[]>) => {
    const shelf = shelves.current();
    if (!shelf) return;
    putIn(shelf, files, { confirm, showLeftOut: leftOut.show }).catch((error: unknown) =>
      say(problemOf(error)),
    );
  };
  const act = (action: RowAction, id: string) => {
    const shelf = shelves.current();
    if (!shelf) return;
    askFirst(confirm, action, id).then(
      (isMeant) => (isMeant ? shelf.act(action, id) : undefined),
      (error: unknown) => say(problemOf(error)),
    );
  };
  const entry = createFileEntry(panel, take);
  const list = createListView(act, entry.focus);
  const state = createStateView(() => shelves.current()?.load());

  const render = (shelf: Shelf) => {
    const view = shelf.view();
    list.show(view.rows);
    state.show(view);
    setText(summary, view.hasMore === undefined ? '' : summarise(view.rows, { hasMore: view.hasMore }));
    setText(refusal, view.mayNotWrite === undefined ? '' : `Nothing can be put in here. ${view.mayNotWrite}`);
  };
  panel.append(
    element(
      'div',
      { class: 'documents-head' },
      element('h2', { id: 'documents-title' }, 'Documents'),
      summary,
      entry.element,
    ),
    element(
      'p',
      { class: 'documents-hint' },
      `Drop files or folders anywhere here: ${formatsInWords}, up to 100 MB each.`,
    ),
    ...[refusal, leftOut.element, list.element, state.element, confirm.element],
  );
  return {
    element: panel,
    show: (collection) => {
      leftOut.show([]);
      shelves.show(collection);
    },
    close: shelves.hide,
  };
}

/** What cannot be taken back is asked about. */
async function askFirst(confirm: Confirm, action: RowAction, id: string): Promise<boolean> {
  if (action !== 'remove') return true;
  return confirm.ask({
    title: 'Delete this document?',
    text: 'No answer will cite it any more. The file you put it in from is not touched.',
    items: [id],
    yes: 'Delete',
    no: 'Cancel',
  });
}

/** However much changes between two frames is shown at once. */
function oncePerFrame(show: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      show();
    });
  };
}

function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}
