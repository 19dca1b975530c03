import type { Embeddings } from '../../lib/rag/ports/models.ts';
import type { Calls } from './calls.ts';

/** Length of the fake's vectors. */
export const fakeDimensions = 16;

/** Unit vectors of the words in a text: texts that share words are near each other. */
export function createFakeEmbeddings(calls: Calls): Embeddings {
  return {
    model: 'fake-embedding',
    dimensions: fakeDimensions,
    embed: (texts, { signal }) => calls.take('embed', texts, signal, () => texts.map(toVector)),
  };
}

/** The vector of a text. */
export function toVector(text: string): Float32Array {
  const vector = new Float32Array(fakeDimensions);
  for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
    let hash = 7;
    for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
    vector[hash % fakeDimensions] = (vector[hash % fakeDimensions] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
