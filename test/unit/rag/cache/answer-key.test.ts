import { expect, it, vi } from 'vitest';
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

it('who said it counts, too', () => {
  const keys = (['user', 'assistant'] as const).map((role) =>
    answerKey(question('why?', { history: [{ role, content: 'Because.' }] }), models),
  );
  expect(new Set(keys).size).toBe(2);
});

it('white space, Unicode composition and the end do not count; what is nothing but an end stays', () => {
  const keyOf = (text: string) => answerKey(question(text), models);
  expect(keyOf('  Where is the\n cafe\u0301 ?!')).toBe(keyOf('Where is the caf\u00e9'));
  expect(new Set(['?', '??', '!', 'where?', 'Where?'].map(keyOf)).size).toBe(5);
});

it('an answer to another prompt is another', async () => {
  const own = answerShape(question('why?'), models);
  vi.doMock('../../../../lib/rag/answer/prompt.ts', () => ({ promptVersion: 'another' }));
  vi.resetModules();
  const other = await import('../../../../lib/rag/cache/answer-key.ts');
  vi.doUnmock('../../../../lib/rag/answer/prompt.ts');
  expect(other.answerShape(question('why?'), models)).not.toBe(own);
});
