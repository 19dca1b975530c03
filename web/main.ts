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
import { removeConversation } from './chat/removal.ts';
import { createTurnList } from './chat/turn-list.ts';
import { newConversation } from './chat/turn.ts';
import { createDocumentsApi } from './documents/documents-api.ts';
import { createDocumentsDrawer } from './documents/documents-drawer.ts';
import { createGlance } from './documents/glance.ts';
import { createCollectionChooser } from './shell/collection-chooser.ts';
import { createCollectionOffer } from './shell/collection-offer.ts';
import { byId } from './shell/dom.ts';
import { createKeyKeeper } from './shell/key.ts';
import { createNotices } from './shell/notices.ts';
import { openStorage, withoutFailure } from './shell/storage.ts';
import { createThemeSwitch } from './shell/theme.ts';
import { createTop } from './shell/top.ts';

/** Which conversation this tab has open, so that loading the page again opens it again. */
const openName = 'raglan.open';

const local = openStorage('localStorage');
const session = withoutFailure(openStorage('sessionStorage'));
const skipLink = byId('skip', HTMLElement);
const sidebar = byId('sidebar', HTMLElement);
const column = byId('column', HTMLElement);
const main = byId('main', HTMLElement);
const { element: notices, notify, announce } = createNotices();
const keys = createKeyKeeper(session, () => {
  showKey();
  // Another key may be for other collections.
  if (keys.key() !== undefined) offer.renew();
});
const baseUrl = document.querySelector<HTMLMetaElement>('meta[name="raglan-api"]')?.content ?? '';
const api = createApiClient({ baseUrl, key: keys.key, onUnauthorized: keys.ask });

const store = createConversationStore(local);
const passages = createPassageDialog(createReadPassage(api));
const composer = createComposer({
  ask: (question) => chat.ask(question),
  stop: () => chat.stop(),
});
const documents = createDocumentsDrawer({
  ...{ api, notify, collection: () => collections.current(), behind: [skipLink, sidebar, column] },
  orphaned: composer.focus,
  onChanged: () => glance.again(),
});
const startNew = () => {
  chat.open(newConversation(collections.current()));
  leaveSidebar();
};
const empty = createEmptyState({
  ask: (question) => {
    chat.ask(question);
    // What was pressed is gone; the field would open the keyboard of a phone.
    main.focus({ preventScroll: true });
  },
  begin: composer.begin,
  openDocuments: documents.open,
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
    removeConversation(id, { store, notify, onChange: showConversations });
    if (id === chat.current().id) startNew();
  },
});
const collections = createCollectionChooser((collection) => chat.open(newConversation(collection)));
const offer = createCollectionOffer({
  list: () => listCollections(api),
  onKnown: (all) => {
    collections.offer(all);
    glance.stop();
    const { turns, collection } = chat.current();
    const [first = 'main'] = all;
    // A key may be for other collections alone.
    if (turns.length === 0) chat.open(newConversation(all.includes(collection) ? collection : first));
  },
  onProblem: (error) => {
    const { title, whatToDo } = toProblem(error);
    notify({ text: `${title} ${whatToDo}`, tone: 'bad' });
  },
});
const { element: top, showKey: showKeyInTop } = createTop({
  collections: collections.element,
  theme: createThemeSwitch(withoutFailure(local)),
  ...{ startNew, toggleDocuments: documents.toggle, forgetKey: keys.forget },
});
const chat = createChat({
  ...{ answers: createAnswersApi(api), store, list, composer, notify, announce },
  openCitation: passages.open,
  onChange: (conversation) => {
    session.setItem(openName, conversation.id);
    document.title = conversation.turns.length > 0 ? `${titleOf(conversation)} · Raglan` : 'Raglan';
    collections.show(conversation.collection);
    glanceWhereEmpty();
    documents.follow();
    showConversations();
  },
});

function showConversations(): void {
  conversations.show(store.list(), chat.current().id);
}

function showKey(): void {
  showKeyInTop(keys.key() !== undefined);
}

/** On narrow pages the conversations lie over the page. */
function leaveSidebar(): void {
  if (sidebar.matches(':popover-open')) sidebar.hidePopover();
  composer.focus();
}

/** Looks at the documents where nothing is asked yet, as soon as it is known which of them the key is for. */
function glanceWhereEmpty(): void {
  const { turns, collection } = chat.current();
  if (turns.length > 0) glance.stop();
  else if (!offer.isUnderWay()) glance.at(collection);
}

sidebar.append(conversations.element);
byId('top', HTMLElement).append(...top);
main.append(list.element);
byId('ask', HTMLElement).append(composer.element);
document.body.append(documents.element, passages.element, keys.element, notices);
showKey();
offer.renew();
chat.open(store.get(session.getItem(openName) ?? '') ?? newConversation('main'));
composer.focus();
// Whoever brings files finds where they go.
addEventListener('dragenter', ({ dataTransfer }) => {
  if (dataTransfer?.types.includes('Files')) documents.open();
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
