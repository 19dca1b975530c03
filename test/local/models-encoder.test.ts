import { afterEach, describe, expect, it } from 'vitest';
import { createEncoder } from '../../local/models/encoder.ts';
import type { Encoder } from '../../local/models/encoder.ts';
import { createRememberingEncoder } from '../../local/models/remembering.ts';

const signal = new AbortController().signal;
const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `text number ${n}`);

describe('the encoder with one thread', () => {
  let encoder: Encoder;
  afterEach(() => encoder.close());

  it('takes a question before batches that came earlier', async () => {
    encoder = createEncoder(1);
    const finished: string[] = [];
    const note = (name: string) => () => finished.push(name);
    await Promise.all([
      encoder.encode(texts(6), { lane: 'batch', signal }).then(note('first batch')),
      encoder.encode(texts(2), { lane: 'batch', signal }).then(note('second batch')),
      encoder.encode(texts(1), { lane: 'question', signal }).then(note('question')),
    ]);
    expect(finished).toEqual(['question', 'first batch', 'second batch']);
  });

  it('rejects with the reason of an abort at once and goes on with the rest', async () => {
    encoder = createEncoder(1);
    const leaving = new AbortController();
    const abandoned = encoder.encode(texts(4_000), { lane: 'batch', signal: leaving.signal });
    const kept = encoder.encode(texts(2), { lane: 'batch', signal });
    leaving.abort(new Error('gone'));
    await expect(abandoned).rejects.toThrow('gone');
    await expect(kept).resolves.toHaveLength(2);
  });

  it('rejects what waits when it is closed', async () => {
    encoder = createEncoder(1);
    const waiting = encoder.encode(texts(3), { lane: 'batch', signal });
    await Promise.all([expect(waiting).rejects.toThrow('closed'), encoder.close()]);
    await expect(encoder.encode(texts(1), { lane: 'batch', signal })).rejects.toThrow('do not run');
  });
});

describe('the remembering encoder', () => {
  it('asks only for short texts it does not know, and keeps the order', async () => {
    const asked: string[][] = [];
    const encoder = createRememberingEncoder({
      async encode(batch) {
        asked.push([...batch]);
        return batch.map((text) => Float32Array.of(text.length));
      },
      close: async () => undefined,
    });
    const long = 'x'.repeat(601);
    await encoder.encode(['one', long], { lane: 'batch', signal });
    const vectors = await encoder.encode(['three', 'one', long], { lane: 'question', signal });
    expect(vectors).toEqual([Float32Array.of(5), Float32Array.of(3), Float32Array.of(601)]);
    expect(asked).toEqual([
      ['one', long],
      ['three', long],
    ]);
  });
});
