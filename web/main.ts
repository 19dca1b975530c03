import { createAnswersApi } from './api/answers.ts';
import { createApiClient } from './api/client.ts';
import { listCollections } from './api/collections.ts';
import { createReadPassage } from './api/passages.ts';
import { toProblem } from './api/problems.ts';
import { createChat } from './chat/chat.ts';
import { createComposer } from './chat/composer.ts';
import { createConversationList } from './chat/conversation-list.ts';
import { createEmptyState } from './chat/empty-state.ts';
import { titleOf } from './chat/history/bounds.ts';
import { createConversationStore, conversationsName } from './chat/history/store.ts';
import { createPassageDialog } from './chat/passage-dialog.ts';
import { invitationTo, openInvitation } from './chat/invitation.ts';
import { createTurnList } from './chat/turn-list.ts';
import { newConversation } from './chat/turn.ts';
import { createDocumentsApi } from './documents/documents-api.ts';
import { createGlance } from './documents/glance.ts';
import { createDocumentsPanel } from './documents/panel.ts';
import { createCollectionChooser } from './shell/collection-chooser.ts';
import { byId } from './shell/dom.ts';
import { createDrawer } from './shell/drawer.ts';
import { createKeyKeeper } from './shell/key.ts';
import { createNotices } from './shell/notices.ts';
import { openStorage, withoutFailure } from './shell/storage.ts';
import { createThemeSwitch } from './shell/theme.ts';
import { createTop } from './shell/top.ts';

/** Which conversation this tab has open, so that loading the page again opens it again. */
const openName = 'raglan.open';

const local = openStorage('localStorage');
const session = withoutFailure(openStorage('sessionStorage'));
const sidebar = byId('sidebar', HTMLElement);
const column = byId('column', HTMLElement);
const main = byId('main', HTMLElement);
const { element: notices, notify, announce } = createNotices();
const keys = createKeyKeeper(session, () => {
  showKey();
  // Another key may be for other collections.
  if (keys.key() !== undefined) offerCollections();
});
const baseUrl = document.querySelector<HTMLMetaElement>('meta[name="raglan-api"]')?.content ?? '';
const api = createApiClient({ baseUrl, key: keys.key, onUnauthorized: keys.ask });

const store = createConversationStore(local);
const passages = createPassageDialog(createReadPassage(api));
let shownDocuments: string | undefined;
let offering: Promise<void> | undefined;
const panel = createDocumentsPanel({ api, notify, onChanged: () => glance.again() });
const documents = createDrawer({
  ...{ content: panel.element, label: 'Documents', behind: [sidebar, column] },
  onOpen: () => showDocuments(),
  onClose: () => {
    shownDocuments = undefined;
    panel.close();
    // Also what was put in and is not ready yet.
    glance.again();
  },
});
const openDocuments = documents.open;
const startNew = () => {
  chat.open(newConversation(collections.current()));
  leaveSidebar();
};
const composer = createComposer({
  ask: (question) => chat.ask(question),
  stop: () => chat.stop(),
});
const empty = createEmptyState({
  ask: (question) => {
    chat.ask(question);
    // What was pressed is gone; the field would open the keyboard of a phone.
    main.focus({ preventScroll: true });
  },
  begin: composer.begin,
  openDocuments,
});
const list = createTurnList(empty.element);
const glance = createGlance({
  apiOf: (collection) => createDocumentsApi(api, collection),
  onSeen: (seen) => empty.show(seen ? invitationTo(seen) : openInvitation),
  isVisible: () => document.visibilityState === 'visible',
});
const conversations = createConversationList({
  startNew,
  open: (id) => {
    const conversation = store.get(id);
    if (conversation && id !== chat.current().id) chat.open(conversation);
    leaveSidebar();
  },
  remove: (id) => {
    const removed = store.get(id);
    store.remove(id);
    const putBack = () => {
      if (removed) store.save(removed);
      showConversations();
    };
    const action = { label: 'Undo', run: putBack };
    notify({ text: 'The conversation is deleted.', tone: 'info', action });
    if (id === chat.current().id) startNew();
    else showConversations();
  },
});
const collections = createCollectionChooser((collection) => chat.open(newConversation(collection)));
const { element: top, showKey: showKeyInTop } = createTop({
  collections: collections.element,
  theme: createThemeSwitch(withoutFailure(local)),
  ...{ startNew, openDocuments, forgetKey: keys.forget },
});
const chat = createChat({
  ...{ answers: createAnswersApi(api), store, list, composer, notify, announce },
  openCitation: passages.open,
  onChange: (conversation) => {
    session.setItem(openName, conversation.id);
    document.title = conversation.turns.length > 0 ? `${titleOf(conversation)} · Raglan` : 'Raglan';
    collections.show(conversation.collection);
    glanceWhereEmpty();
    showDocuments();
    showConversations();
  },
});

function showConversations(): void {
  conversations.show(store.list(), chat.current().id);
}

/** The drawer, where it is open, has the documents of the collection that is asked. */
function showDocuments(): void {
  const collection = collections.current();
  if (documents.element.hidden || collection === shownDocuments) return;
  shownDocuments = collection;
  panel.show(collection);
}

function showKey(): void {
  showKeyInTop(keys.key() !== undefined);
}

/** On narrow pages the conversations lie over the page. */
function leaveSidebar(): void {
  if (sidebar.matches(':popover-open')) sidebar.hidePopover();
  composer.focus();
}

sidebar.append(conversations.element);
byId('top', HTMLElement).append(...top);
main.append(list.element);
byId('ask', HTMLElement).append(composer.element);
document.body.append(documents.element, passages.element, keys.element, notices);
showKey();
offerCollections();
chat.open(store.get(session.getItem(openName) ?? '') ?? newConversation('main'));
composer.focus();
// Whoever brings files finds where they go.
addEventListener('dragenter', ({ dataTransfer }) => {
  if (dataTransfer?.types.includes('Files')) openDocuments();
});
// Other tabs keep their conversations at the same place.
addEventListener('storage', ({ key }) => {
  if (key !== conversationsName) return;
  chat.reread();
  showConversations();
});
addEventListener('online', () => chat.wake());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  chat.wake();
  glanceWhereEmpty();
});

/** Looks at the documents where nothing is asked yet, as soon as it is known which of them the key is for. */
function glanceWhereEmpty(): void {
  const { turns, collection } = chat.current();
  if (turns.length > 0) glance.stop();
  else if (!offering) glance.at(collection);
}

/** A request that waits for a key is repeated with it, so that none is made beside it. */
function offerCollections(): void {
  offering ??= listCollections(api)
    .then(
      (all) => {
        const [first = 'main'] = all;
        offering = undefined;
        collections.offer(all);
        glance.stop();
        const { turns, collection } = chat.current();
        // A key may be for other collections alone.
        if (turns.length === 0) chat.open(newConversation(all.includes(collection) ? collection : first));
      },
      (error: unknown) => {
        const { title, whatToDo } = toProblem(error);
        notify({ text: `${title} ${whatToDo}`, tone: 'bad' });
      },
    )
    .finally(() => {
      offering = undefined;
    });
}
