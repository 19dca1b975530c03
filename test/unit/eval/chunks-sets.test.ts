import { describe, expect, it } from 'vitest';
import { abstractSet, pagesSet, volumeSet } from '../../../eval/chunks-sets.ts';
import type { Scifact, ScifactQuery } from '../../../eval/scifact.ts';
import { chunkBlocks } from '../../../lib/rag/ingest/chunking.ts';

const vector = new Float32Array();

function abstract(id: number) {
  const sentences = Array.from(
    { length: 16 },
    (_, n) => `Finding ${n} of study ${id} is that it stands for itself.`,
  );
  return { id: String(id), title: `Study ${id}`, text: sentences.join(' '), vector };
}

const query = { id: '1', text: 'Which study?', vector, judged: new Map([['9', 1]]) };
const scifact: Scifact = { documents: Array.from({ length: 12 }, (_, n) => abstract(n)), queries: [query] };

describe('abstracts as documents', () => {
  it('show themselves', () => {
    const set = abstractSet(scifact, 3);
    // The judged one comes first.
    expect(set.documents.map(({ id }) => id)).toEqual(['9', '0', '1']);
    expect(set.shows(query, { document: '9', text: '' })).toEqual(['9']);
  });
});

describe('abstracts in long documents', () => {
  const set = volumeSet(scifact, 12);
  const passages = set.documents.flatMap(({ id, blocks }) =>
    chunkBlocks(blocks, { target: 400, max: 480 }).map((one) => ({ ...one, document: id })),
  );

  it('are eight to a document, without their titles', () => {
    expect(set.documents.map(({ blocks }) => blocks.length)).toEqual([8, 4]);
    expect(passages.some(({ text }) => text.includes('Study 9\n'))).toBe(false);
  });

  it('are shown by the passages that are cut from them', () => {
    for (const one of passages) {
      const [study] = /(?<=study )\d+/.exec(one.text)!;
      expect(set.shows(query, one)).toEqual([study]);
    }
    expect(new Set(passages.flatMap((one) => set.shows(query, one))).size).toBe(12);
  });

  it('are shown by a joined passage all together, but not by scraps', () => {
    const [first, second] = set.documents[0]!.blocks.map(({ text }) => text);
    const document = set.documents[0]!.id;
    expect(set.shows(query, { document, text: `${first}\n\n${second}` })).toEqual(['9', '0']);
    expect(set.shows(query, { document, text: `${first}\n\n${second!.slice(0, 60)}` })).toEqual(['9']);
    expect(set.shows(query, { document: set.documents[1]!.id, text: first! })).toEqual([]);
  });
});

describe('our own pages', () => {
  it('show an answer where the right page says it', async () => {
    const set = await pagesSet({
      missing: () => 0,
      of: async (texts) => texts.map(() => vector),
      close: async () => {},
    });
    const upload = set.questions.find(({ text }) => text.includes('presigned upload form'))!;
    expect(upload.judged).toEqual(new Map([['answer', 1]]));
    expect(set.shows(upload, { document: 'docs/api.md', text: 'It is valid for *five minutes*.' })).toEqual([
      'answer',
    ]);
    expect(set.shows(upload, { document: 'docs/api.md', text: 'It is valid for a while.' })).toEqual([]);
    expect(set.shows(upload, { document: 'docs/deploy.md', text: 'Five minutes.' })).toEqual([]);
    // What is asked for stands in the pages as they are.
    const isAnswered = (question: ScifactQuery) =>
      set.documents.some(({ id: document, blocks }) =>
        blocks.some(({ text }) => set.shows(question, { document, text }).length > 0),
      );
    expect(set.questions.filter((one) => !isAnswered(one)).map(({ text }) => text)).toEqual([]);
  });
});
