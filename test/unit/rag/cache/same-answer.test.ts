import { expect, it } from 'vitest';
import { sameAnswer } from '../../../../lib/rag/cache/same-answer.ts';

const answer = (text: string, ...citations: string[]) => ({ text, citations });
const card = answer('Cards arrive within five days [1].', 'cards 0');

it('the same words from the same passages say the same, whatever the marks, the case and the numbers of citations', () => {
  expect(sameAnswer(card, answer('cards  arrive — within FIVE days [2, 3]', 'cards 0'))).toBe(true);
  expect(sameAnswer(card, answer(card.text, 'cards 1', 'cards 0'))).toBe(true);
});

it('answers that cite nothing in common do not, however alike they read', () => {
  expect(sameAnswer(card, answer(card.text, 'cards 1'), 1)).toBe(false);
  expect(sameAnswer(card, answer(card.text, 'refunds 0'), 1)).toBe(false);
  expect(sameAnswer(answer(card.text), answer(card.text), 1)).toBe(false);
});

it('answers that differ in a figure do not, however alike they read', () => {
  const fee = (amount: string) => answer(`The fee is ${amount} a month [1].`, 'fees 0');
  expect(sameAnswer(fee('5'), fee('50'), 0.99)).toBe(false);
  expect(sameAnswer(fee('1,000.50'), fee('1,000.5'), 0.99)).toBe(false);
  expect(sameAnswer(fee('5'), answer('Each month costs 5 [2].', 'fees 0'))).toBe('undecided');
});

it('other words of the same passages are decided by their embeddings, in doubt against', () => {
  const other = answer('It takes five days until a card arrives [1].', 'cards 0', 'cards 1');
  expect(sameAnswer(card, other)).toBe('undecided');
  expect(sameAnswer(card, other, 0.95)).toBe(true);
  expect(sameAnswer(card, other, 0.85)).toBe(false);
  expect(sameAnswer(card, other, Number.NaN)).toBe(false);
});
