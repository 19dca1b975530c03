import { isOver, type Conversation, type Turn } from '../turn.ts';
import { withinBounds } from './bounds.ts';

/** Conversations that this browser keeps. Every tab of it has the same. */
export interface ConversationStore {
  /** Newest first. */
  list(): Conversation[];
  get(id: string): Conversation | undefined;
  /** Puts one in, in place of what it was. What is too much goes. */
  save(conversation: Conversation): void;
  remove(id: string): void;
}

/** Where they are. It says which form the data have, so that a later one can tell. */
export const conversationsName = 'raglan.conversations.1';

/** Creates the store over the browser's. Where that is full or forbidden, nothing is kept and nothing fails. */
export function createConversationStore(storage: Pick<Storage, 'getItem' | 'setItem'>): ConversationStore {
  const list = () => parse(read(storage));
  const write = (conversations: readonly Conversation[]) => {
    const kept = withinBounds(conversations);
    // Others may have filled the room that this origin has.
    while (kept.length > 0 && !isWritten(storage, kept)) kept.pop();
    if (kept.length === 0) isWritten(storage, []);
  };
  const others = (id: string) => list().filter((one) => one.id !== id);
  return {
    list,
    get: (id) => list().find((one) => one.id === id),
    save: (conversation) => write([toKept(conversation), ...others(conversation.id)]),
    remove: (id) => write(others(id)),
  };
}

/** An answer that is not over is read again from its start, so its text is not kept. */
function toKept(conversation: Conversation): Conversation {
  const turns = conversation.turns.map((turn): Turn => (isOver(turn) ? turn : { ...turn, text: '' }));
  return { ...conversation, turns };
}

function read(storage: Pick<Storage, 'getItem'>): string {
  try {
    return storage.getItem(conversationsName) ?? '[]';
  } catch {
    return '[]';
  }
}

function isWritten(storage: Pick<Storage, 'setItem'>, conversations: readonly Conversation[]): boolean {
  try {
    storage.setItem(conversationsName, JSON.stringify(conversations));
    return true;
  } catch {
    return false;
  }
}

function parse(text: string): Conversation[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isConversation) : [];
  } catch {
    return [];
  }
}

function isConversation(value: unknown): value is Conversation {
  if (typeof value !== 'object' || value === null) return false;
  const { id, collection, updatedAt, turns } = value as Partial<Conversation>;
  return [id, collection, updatedAt].every((one) => typeof one === 'string') && Array.isArray(turns);
}
