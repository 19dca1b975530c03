import type { KeywordPassage } from '../lib/rag/ports/knowledge.ts';

/** Distinct words of the language, most common first; Zipf's law with the bend that it has once stop words are gone. */
const vocabularySize = 200_000;
const zipfShift = 50;

/** Words of a chunk that say something: 1.9 KB of text hold about so many beside their stop words. */
const wordsInChunk = 180;

/**
 * How fast a document comes to words that it has not used before (Pitman and Yor's process). Fitted to 27 long
 * manuals and readme files: 105 distinct terms in a chunk, 67 a chunk in 5 of them, 54 in 10, 43 in 20, 33 in 40.
 */
const growth = { discount: 0.68, strength: 17 };

/** A document of the synthetic corpus. */
export interface SyntheticDocument {
  id: string;
  passages: KeywordPassage[];
}

/** Words and documents that are the same for the same seed. */
export function createCorpus(seed: number) {
  const random = createRandom(seed);
  const sums = new Float64Array(vocabularySize);
  let total = 0;
  for (let rank = 0; rank < vocabularySize; rank += 1) {
    total += 1 / (rank + zipfShift);
    sums[rank] = total;
  }

  const drawWord = (): number => {
    const sought = random() * total;
    let low = 0;
    let high = vocabularySize - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < sought) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  /** The words of a document, in order: new ones from the language, others from what it has said before. */
  const drawDocument = (chunks: number): number[] => {
    const words: number[] = [];
    let distinct = 0;
    for (let at = 0; at < chunks * wordsInChunk; at += 1) {
      const isNew = random() < (growth.strength + growth.discount * distinct) / (growth.strength + at);
      if (isNew) distinct += 1;
      words.push(isNew ? drawWord() : (words[Math.floor(random() * at)] ?? 0));
    }
    return words;
  };

  return {
    random,
    document: (id: string, chunks: number): SyntheticDocument => {
      const words = drawDocument(chunks);
      return {
        id,
        passages: Array.from({ length: chunks }, (_, number) => ({
          ...{ number, title: wordAt(words[0] ?? 0), headings: [] },
          text: toText(words.slice(number * wordsInChunk, (number + 1) * wordsInChunk)),
        })),
      };
    },
    /** A question of so many words: of ten, two common ones, four that specialists use and four rare ones. */
    question: (words: number): string[] =>
      Array.from({ length: words }, (_, at) => {
        const bands = [200, 200, 5_000, 5_000, 5_000, 5_000, 60_000, 60_000, 60_000, 60_000];
        return wordAt(Math.floor(random() * (bands[at % bands.length] ?? 0)));
      }),
  };
}

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aiou';

/** The word of a rank: syllables, longer for rarer ones, and none that a stemmer would touch. */
function wordAt(rank: number): string {
  let word = '';
  for (let rest = rank + 64; rest > 0; rest = Math.floor(rest / 64)) {
    word += (consonants[rest % 16] ?? '') + (vowels[Math.floor(rest / 16) % 4] ?? '');
  }
  return `${word}k`;
}

/** Words as a text: between them what no index keeps. */
function toText(words: readonly number[]): string {
  const between = ['the', 'of', 'and', 'is', 'to', 'in'];
  return words.map((word, at) => `${wordAt(word)} ${between[at % 6]}`).join(' ');
}

/** Mulberry32: small, and good enough to draw words. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
