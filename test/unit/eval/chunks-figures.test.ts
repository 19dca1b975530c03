import { describe, expect, it } from 'vitest';
import { compare, meanOf, questionFigures, type QuestionFigures } from '../../../eval/chunks-figures.ts';
import type { ScifactQuery } from '../../../eval/scifact.ts';
import type { Chunk, Hit } from '../../../lib/rag/types.ts';

const query: ScifactQuery = {
  id: '1',
  text: 'What is right?',
  vector: new Float32Array(),
  judged: new Map([['right', 1]]),
};

/** A passage of a document of its own: other words each time, so that none repeats another. */
function passage(document: string, characters = 1_000): Hit {
  const text = Array.from({ length: characters }, (_, at) => `${document}${at}`).join(' ');
  return {
    document,
    version: 'v1',
    number: 0,
    title: document,
    headings: [],
    text: text.slice(0, characters),
    score: 1,
  };
}

function figuresOf(found: readonly Hit[]): QuestionFigures {
  const chunks = new Map<string, Chunk>();
  const set = {
    shows: (_: ScifactQuery, { document }: Pick<Chunk, 'document'>) =>
      document.startsWith('empty') ? [] : [document],
  };
  return questionFigures(set, chunks, { query, keyword: [], dense: found, fused: found, served: found });
}

const wrong = (count: number, characters?: number) =>
  Array.from({ length: count }, (_, index) => passage(`wrong${index}`, characters));

describe('the figures of a question', () => {
  it('count what passages show once, at its best place', () => {
    const twice = [passage('wrong'), { ...passage('wrong'), number: 4 }, passage('right')];
    expect(figuresOf(twice).fused).toBeCloseTo(1 / Math.log2(3));
    expect(figuresOf(twice).keyword).toBe(0);
  });

  it('give a passage that shows nothing a place of its own', () => {
    const found = [passage('empty'), { ...passage('empty'), number: 1 }, passage('right')];
    expect(figuresOf(found).fused).toBe(0.5);
  });

  it('take five passages, eight sources and 6,000 characters', () => {
    const sixth = figuresOf([...wrong(5), passage('right')]);
    expect([sixth.inFirstFive, sixth.inEqualCharacters, sixth.inContext]).toEqual([0, 1, 1]);
    const ninth = figuresOf([...wrong(8, 500), passage('right')]);
    expect([ninth.inEqualCharacters, ninth.inContext]).toEqual([1, 0]);
    const behind = figuresOf([...wrong(4, 1_500), passage('right')]);
    expect([behind.inFirstFive, behind.inEqualCharacters, behind.inContext]).toEqual([1, 0, 1]);
  });

  it('count the characters of the context as the model gets it', () => {
    expect(figuresOf(wrong(9, 700)).contextCharacters).toBe(8 * 700);
  });
});

describe('two settings', () => {
  it('are compared question by question', () => {
    const fused = (...values: number[]) => values.map((value) => ({ ...figuresOf([]), fused: value }));
    const better = compare(fused(0.5, 1, 0.75), fused(0.25, 0.75, 0.5), 'fused');
    expect(better).toEqual({ difference: 0.25, error: 0 });
    expect(compare(fused(1, 0), fused(0, 1), 'fused')).toEqual({ difference: 0, error: 1 });
    expect(meanOf(fused(1, 0), 'fused')).toBe(0.5);
  });
});
