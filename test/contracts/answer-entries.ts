import type { AnswerEntry } from '../../lib/rag/ports/answers.ts';
import type { CachedAnswer } from '../../lib/rag/types.ts';

/** An answer with all that one can have. */
export const answer: CachedAnswer = {
  text: 'It is red [1].\n\n“Really”.',
  finishReason: 'stop',
  sources: [
    {
      ...{ n: 1, document: 'guides/start.md', title: 'Start', uri: 's3://b/k', headings: ['A', 'B'] },
      ...{ chunk: 0, score: 0.8123, snippet: 'the red door' },
    },
    {
      ...{ n: 2, document: 'b', title: '', uri: '', page: 7, line: 3, headings: [] },
      ...{ chunk: 12, lastChunk: 14, score: -0.5, snippet: '' },
    },
  ],
  citations: [1],
  servedBy: 'm',
  createdAt: '2026-11-01T00:00:00.000Z',
  versions: { 'guides/start.md': 'v1', b: 'v2' },
  filtered: 'after',
};

/** An entry of that answer, found by its key only unless it is given a vector. */
export function entry(more: Partial<AnswerEntry> = {}): AnswerEntry {
  return { answer, question: 'Which door?', shape: 's', groups: ['g'], keptSeconds: 60, ...more };
}

/** A vector of the contracts' length, 4. */
export function vector(...numbers: number[]): Float32Array {
  return Float32Array.from([0, 1, 2, 3], (at) => numbers[at] ?? 0);
}
