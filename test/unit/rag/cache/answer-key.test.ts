import { expect, it } from 'vitest';
import { answerKey, answerShape } from '../../../../lib/rag/cache/answer-key.ts';
import { question } from '../../../fakes/world.ts';

const models = { chatModel: 'chat', embeddingModel: 'embedding' };

it('no answer that was shaped by instructions is taken for one that was not, or by others', () => {
  const shapes = [{}, { instructions: 'Be terse.' }, { instructions: 'Be kind.' }].map((more) =>
    answerShape(question('why?', more), models),
  );
  expect(new Set(shapes).size).toBe(3);
  const keys = ['Be terse.', 'Be kind.'].map((instructions) =>
    answerKey(question('why?', { instructions }), models),
  );
  expect(new Set(keys).size).toBe(2);
  expect(answerKey(question('why ', { instructions: 'Be kind.' }), models)).toBe(keys[1]);
});

it('what was said before is no instruction', () => {
  const said = question('why?', { history: [{ role: 'user', content: 'Be terse.' }] });
  const told = question('why?', { instructions: 'Be terse.' });
  expect(answerShape(said, models)).not.toBe(answerShape(told, models));
});
