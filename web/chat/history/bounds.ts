import type { Turn as HistoryTurn } from '../../../lib/rag/types.ts';
import type { Conversation, Turn } from '../turn.ts';

/** What the browser keeps at most. Browsers give a page some five million characters. */
export const bounds = { conversations: 30, turns: 40, characters: 2_000_000 } as const;

/** What `POST /ask` takes as history at most (docs/api.md). */
const sent = { turns: 20, characters: 8_000 } as const;

/** The conversations that are kept, newest first. Of a long one its latest turns stay; what is too much goes, oldest first. */
export function withinBounds(conversations: readonly Conversation[]): Conversation[] {
  const kept: Conversation[] = [];
  let characters = 0;
  for (const conversation of conversations.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))) {
    const one = { ...conversation, turns: conversation.turns.slice(-bounds.turns) };
    characters += JSON.stringify(one).length;
    if (kept.length === bounds.conversations || characters > bounds.characters) break;
    kept.push(one);
  }
  return kept;
}

/** Earlier turns as the API takes them: those that were answered, the latest ones, cut to what it allows. */
export function toHistory(turns: readonly Turn[]): HistoryTurn[] {
  return turns
    .filter(({ state, text }) => state === 'done' && text !== '')
    .flatMap(({ question, text }): HistoryTurn[] => [
      { role: 'user', content: question.slice(0, sent.characters) },
      { role: 'assistant', content: text.slice(0, sent.characters) },
    ])
    .slice(-sent.turns);
}

/** What a conversation is called: the beginning of its first question. */
export function titleOf({ turns }: Conversation): string {
  const question = turns[0]?.question.replaceAll(/\s+/g, ' ').trim() ?? '';
  return question.length > 70 ? `${question.slice(0, 69).trimEnd()}…` : question || 'New conversation';
}
