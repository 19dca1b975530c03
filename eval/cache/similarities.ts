import { setImmediate as othersTurn } from 'node:timers/promises';
import { dimensions } from '../vector-rows.ts';
import type { Intents } from './intents.ts';

/** Nearest questions that are kept of each. A cache of a few hundred is searched whole. */
const kept = 400;

/** Questions compared in one go, so that their vectors stay in the processor's cache. */
const block = 32;

/** A question in the cache, and its cosine. */
export interface Near {
  question: number;
  similarity: number;
}

/** Exact nearest neighbours among whatever is in the cache. */
export interface Similarities {
  between: (a: number, b: number) => number;
  /** The nearest of `present`, best first; `isPresent` tells the same. */
  nearest: (question: number, present: readonly number[], isPresent: Uint8Array, count: number) => Near[];
}

/** Compares all questions that are cached or asked with each other, once for all streams. */
export async function compareAll(
  { vectors, cached, asked }: Intents,
  onProgress: (done: number, total: number) => void,
): Promise<Similarities> {
  const all = [...cached, ...asked].toSorted((a, b) => a - b);
  const between = (a: number, b: number) => dot(vectors, a * dimensions, b * dimensions);
  const lists = new Map(all.map((question) => [question, createNearestList(kept)]));
  for (let row = 0; row < all.length; row += block) {
    for (let column = 0; column <= row; column += block) compareBlocks(row, column);
    onProgress((row / all.length) ** 2 * all.length, all.length);
    await othersTurn();
  }
  const sorted = new Map(all.map((question) => [question, lists.get(question)?.sorted() ?? []]));
  return {
    between,
    nearest: (question, present, isPresent, count) => {
      const found: Near[] = [];
      for (const near of sorted.get(question) ?? []) {
        if (isPresent[near.question]) found.push(near);
        if (found.length === count) return found;
      }
      return present
        .map((other) => ({ question: other, similarity: between(question, other) }))
        .toSorted((a, b) => b.similarity - a.similarity)
        .slice(0, count);
    },
  };

  function compareBlocks(row: number, column: number): void {
    for (let i = row; i < Math.min(row + block, all.length); i += 1) {
      const a = all[i] ?? 0;
      for (let j = column; j < Math.min(column + block, i); j += 1) {
        const b = all[j] ?? 0;
        const similarity = between(a, b);
        lists.get(a)?.offer(b, similarity);
        lists.get(b)?.offer(a, similarity);
      }
    }
  }
}

function dot(vectors: Float32Array, a: number, b: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let at = 0; at < dimensions; at += 4) {
    first += vectors[a + at]! * vectors[b + at]!;
    second += vectors[a + at + 1]! * vectors[b + at + 1]!;
    third += vectors[a + at + 2]! * vectors[b + at + 2]!;
    fourth += vectors[a + at + 3]! * vectors[b + at + 3]!;
  }
  return first + second + third + fourth;
}

/** Keeps the best of what it is offered: gathers twice as many, then forgets the worse half. */
function createNearestList(size: number) {
  let gathered: Near[] = [];
  let least = -Infinity;
  const sorted = () => gathered.toSorted((a, b) => b.similarity - a.similarity).slice(0, size);
  return {
    offer(question: number, similarity: number): void {
      if (similarity <= least) return;
      gathered.push({ question, similarity });
      if (gathered.length < 2 * size) return;
      gathered = sorted();
      least = gathered.at(-1)?.similarity ?? least;
    },
    sorted,
  };
}
