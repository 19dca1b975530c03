import { describe, expect, it } from 'vitest';
import { bounds, titleOf, toHistory, withinBounds } from '../../../../../web/chat/history/bounds.ts';
import { createConversationStore } from '../../../../../web/chat/history/store.ts';
import { newTurn, type Conversation, type Turn } from '../../../../../web/chat/turn.ts';

const answered = (question: string, text = 'Because.'): Turn => ({
  ...newTurn(question),
  state: 'done',
  text,
});
const conversation = (number: number, turns: Turn[] = [answered('Why?')]): Conversation => ({
  ...{ id: `c${number}`, collection: 'main', turns },
  updatedAt: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(),
});

function storage(room = Infinity) {
  const items = new Map<string, string>();
  return {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => {
      if (value.length > room) throw new Error('QuotaExceededError');
      items.set(name, value);
    },
  };
}

describe('what the browser keeps', () => {
  it('is the newest conversations, newest first', () => {
    const kept = withinBounds(Array.from({ length: 40 }, (_, index) => conversation(index)));
    expect(kept).toHaveLength(bounds.conversations);
    expect(kept[0]?.id).toBe('c39');
  });

  it('is the latest turns of a long one', () => {
    const turns = Array.from({ length: 50 }, (_, index) => answered(`q${index}`));
    const [kept] = withinBounds([conversation(0, turns)]);
    expect(kept?.turns.map(({ question }) => question)).toEqual(
      turns.slice(10).map(({ question }) => question),
    );
  });

  it('is no more than so many characters', () => {
    const large = (number: number) =>
      conversation(number, [answered('q', 'x'.repeat(bounds.characters * 0.4))]);
    expect(withinBounds([large(1), large(2), large(3)]).map(({ id }) => id)).toEqual(['c3', 'c2']);
  });

  it('is what there is room for', () => {
    const store = createConversationStore(storage(500));
    for (let number = 0; number < 9; number += 1) store.save(conversation(number));
    const ids = store.list().map(({ id }) => id);
    expect(ids.length).toBeLessThan(5);
    expect(ids[0]).toBe('c8');
  });

  it('is nothing that cannot be read, and nothing fails by it', () => {
    const broken = storage();
    broken.setItem('raglan.conversations.1', '[{"id":1},{"id":"a"},null');
    expect(createConversationStore(broken).list()).toEqual([]);
    broken.setItem('raglan.conversations.1', '[{"id":1},null,"x"]');
    expect(createConversationStore(broken).list()).toEqual([]);
    const forbidden = () => {
      throw new Error('SecurityError');
    };
    const store = createConversationStore({ getItem: forbidden, setItem: forbidden });
    store.save(conversation(1));
    expect(store.list()).toEqual([]);
  });
});

it('replaces a conversation, and removes one', () => {
  const store = createConversationStore(storage());
  store.save(conversation(1));
  store.save({ ...conversation(1, [answered('Other?')]), updatedAt: conversation(3).updatedAt });
  store.save(conversation(2));
  expect(store.list().map((one) => [one.id, titleOf(one)])).toEqual([
    ['c1', 'Other?'],
    ['c2', 'Why?'],
  ]);
  store.remove('c1');
  expect(store.get('c1')).toBeUndefined();
});

it('keeps no half answer: it is read again from its start', () => {
  const store = createConversationStore(storage());
  store.save(conversation(1, [{ ...newTurn('q'), state: 'answering', answerId: 'a', text: 'half' }]));
  expect(store.get('c1')?.turns[0]).toMatchObject({ state: 'answering', answerId: 'a', text: '' });
});

it('sends the last twenty turns that were answered, cut to what the API takes', () => {
  const turns = Array.from({ length: 15 }, (_, index) => answered(`q${index}`, 'x'.repeat(9_000)));
  const history = toHistory([...turns, { ...newTurn('lost'), state: 'failed' }]);
  expect(history).toHaveLength(20);
  expect(history[0]).toEqual({ role: 'user', content: 'q5' });
  expect(history[1]?.content).toHaveLength(8_000);
});

it('is called by its first question, shortened', () => {
  expect(titleOf(conversation(1, [answered(`a\n b ${'c'.repeat(99)}`)]))).toMatch(/^a b c{65}…$/);
});
