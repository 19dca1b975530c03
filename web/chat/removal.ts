import type { Notify } from '../shell/notices.ts';
import type { ConversationStore } from './history/store.ts';

/** Deletes a kept conversation at once, and offers to put it back; `onChange` hears of both. */
export function removeConversation(
  id: string,
  { store, notify, onChange }: { store: ConversationStore; notify: Notify; onChange: () => void },
): void {
  const removed = store.get(id);
  store.remove(id);
  const putBack = () => {
    if (removed) store.save(removed);
    onChange();
  };
  notify({
    ...{ text: 'The conversation is deleted.', tone: 'info' },
    action: { label: 'Undo', run: putBack },
  });
  onChange();
}
