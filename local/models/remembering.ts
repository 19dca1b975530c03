import type { Encoder } from './encoder.ts';

/** Longer texts are passages, and those are asked for once. */
const longestChars = 600;
/** About 1.5 KB of vector each. */
const maxEntries = 4_096;

/**
 * An encoder that keeps the vectors of the short texts that were asked for last: the question that was embedded for search
 * is embedded again for the answer a moment later, and the same sentences are candidates again and again.
 */
export function createRememberingEncoder(encoder: Encoder): Encoder {
  const known = new Map<string, Float32Array>();

  const recall = (text: string): Float32Array | undefined => {
    const vector = known.get(text);
    if (!vector) return undefined;
    // A Map keeps the order of insertion: what was used last goes to its end.
    known.delete(text);
    known.set(text, vector);
    return vector;
  };
  const remember = (text: string, vector: Float32Array): void => {
    if (text.length > longestChars) return;
    known.set(text, vector);
    if (known.size > maxEntries) known.delete(known.keys().next().value ?? text);
  };

  return {
    async encode(texts, options) {
      const vectors = texts.map(recall);
      const missing = texts.filter((_, index) => !vectors[index]);
      const fresh = await encoder.encode(missing, options);
      missing.forEach((text, index) => {
        const vector = fresh[index];
        if (vector) remember(text, vector);
      });
      let next = 0;
      return vectors.map((vector) => vector ?? fresh[next++] ?? new Float32Array());
    },
    close: () => encoder.close(),
  };
}
