import { expect, it } from 'vitest';
import { countRefusals, readRefusals } from '../../../../lib/rag/cache/refusals.ts';

it('each reason of a question counts once, for all questions that it stands for', () => {
  expect(countRefusals(['negation', 'word', 'negation'], 10)).toEqual({
    'refused-negation': 10,
    'refused-word': 10,
  });
  // A counter that nothing is added to would be written all the same.
  expect(countRefusals(['negation'], 0)).toEqual({});
});

it('they are read by reason, and nothing else is', () => {
  expect(readRefusals({ 'refused-date': 3, asked4: 7, wrong4: 1 })).toEqual({ date: 3 });
});
